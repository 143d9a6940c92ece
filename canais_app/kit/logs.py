"""Logging without personal data.

Local variables, exception messages and Reflex's printed events may hold a password, a complaint
or a cookie. So the log has the places of a traceback, and of each message only the beginning, up
to the first quotation.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterable
from types import TracebackType
from typing import Any, TextIO

import structlog

from canais_app.kit.personal_data import mask_personal_data

ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]
MAX_FRAMES = 12
MAX_MESSAGE_LENGTH = 200
_QUOTED = re.compile(r"['\"{\[].*")
_REFLEX_DETAILS = re.compile(r"[(:].*")  # where Reflex's messages begin to repeat an event


def redact(message: str, *, module: str = "") -> str:
    """Return the first line of a message of `module` up to the first quotation, masked."""
    line = _QUOTED.sub("…", message.strip().partition("\n")[0])
    if module.startswith("reflex"):
        line = _REFLEX_DETAILS.sub("…", line)
    return mask_personal_data(line[: 2 * MAX_MESSAGE_LENGTH])[:MAX_MESSAGE_LENGTH]


def _describe_chain(wrong: BaseException | None) -> Iterable[str]:
    while wrong is not None:
        for frame in traceback.extract_tb(wrong.__traceback__)[-MAX_FRAMES:]:
            yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
        yield f"  {type(wrong).__name__}: {redact(str(wrong), module=type(wrong).__module__)}"
        wrong = wrong.__cause__ or (None if wrong.__suppress_context__ else wrong.__context__)


def describe_exception(wrong: BaseException | None) -> str:
    """Return the places, classes and redacted messages of an exception and its causes."""
    return "\n".join(_describe_chain(wrong))


def _record(*args: Any, **kwargs: Any) -> logging.LogRecord:  # noqa: ANN401 (logging's own)
    """Make a redacted record: Reflex's loggers print whole events, with their cookies."""
    made = logging.LogRecord(*args, **kwargs)
    message = made.getMessage()
    if made.name.startswith("reflex"):
        message = redact(message, module=made.name)
    if made.exc_info:
        message, made.exc_info = f"{message}\n{describe_exception(made.exc_info[1])}", None
    made.msg, made.args = message, None
    return made


def _render(out: TextIO, exc_info: ExcInfo) -> None:
    out.write("\n" + describe_exception(exc_info[1]))


def configure_logging() -> None:
    """Log to standard error, in plain lines."""
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
