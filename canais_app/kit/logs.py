"""What the process writes down of itself: what failed and where, and nothing about a person.

A traceback with its local variables, the words of an exception, an event as Reflex prints it:
each may hold a password, a complaint or a cookie. So of a failure the places are written, and
of its words only the beginning, up to the first thing they quote.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterable
from types import TracebackType
from typing import Any, TextIO

import structlog

from canais_app.kit.text import mask_personal_data

ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]
MAX_FRAMES = 12
MAX_MESSAGE_LENGTH = 200
_QUOTED = re.compile(r"['\"{\[].*")
_TOLD = re.compile(r"[(:].*")  # where Reflex's own sentences begin to repeat an event


def redact(words: str, *, of: str = "") -> str:
    """Return the first line of a message up to the first thing it quotes; `of` is its module."""
    line = _QUOTED.sub("…", words.strip().partition("\n")[0])
    if of.startswith("reflex"):
        line = _TOLD.sub("…", line)
    return mask_personal_data(line)[:MAX_MESSAGE_LENGTH]


def _describe_chain(wrong: BaseException | None) -> Iterable[str]:
    while wrong is not None:
        for frame in traceback.extract_tb(wrong.__traceback__)[-MAX_FRAMES:]:
            yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
        yield f"  {type(wrong).__name__}: {redact(str(wrong), of=type(wrong).__module__)}"
        wrong = wrong.__cause__ or (None if wrong.__suppress_context__ else wrong.__context__)


def describe_exception(wrong: BaseException | None) -> str:
    """Return where an exception came from, its class and the bare beginning of its words."""
    return "\n".join(_describe_chain(wrong))


def _record(*args: Any, **kwargs: Any) -> logging.LogRecord:  # noqa: ANN401 (logging's own)
    """Make the record of a logger of others; Reflex's print whole events, with their cookies."""
    made = logging.LogRecord(*args, **kwargs)
    said = made.getMessage()
    if made.name.startswith("reflex"):
        said = redact(said, of=made.name)
    if made.exc_info:
        said, made.exc_info = f"{said}\n{describe_exception(made.exc_info[1])}", None
    made.msg, made.args = said, None
    return made


def _render(out: TextIO, exc_info: ExcInfo) -> None:
    out.write("\n" + describe_exception(exc_info[1]))


def configure_logging() -> None:
    """Write to standard error, in plain lines, from now on."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=_render),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.setLogRecordFactory(_record)
    logging.basicConfig(format="%(asctime)s [%(levelname)s] %(name)s: %(message)s")
