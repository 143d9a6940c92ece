"""Logging without personal data.

In production each entry is one line of JSON, with the id of its request; in the demonstration it is
plain text. Of equal entries, `SAMPLE` in `SAMPLE_SECONDS` are written, so that a flood of errors
fills no disk; the first afterwards says how many were left out.

Local variables, exception messages and Reflex's printed events may hold a password, a complaint
or a cookie. So the log has the places of a traceback, and of each message only the beginning, up
to the first quotation.
"""

import json
import logging
import re
import sys
import time
import traceback
from collections.abc import Hashable, Iterable, MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog

from canais_app.kit.personal_data import mask_personal_data
from canais_app.settings import settings

ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]
MAX_FRAMES = 12
MAX_MESSAGE_LENGTH = 200
SAMPLE, SAMPLE_SECONDS = 20, 10.0
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


class Sampler:
    """Lets through `SAMPLE` equal entries in each `SAMPLE_SECONDS`."""

    def __init__(self) -> None:
        self._seen: dict[Hashable, tuple[float, int]] = {}  # by key: since when, how many

    def count(self, key: Hashable, now: float) -> tuple[bool, int]:
        """Count an entry; return whether it is written, and how many were left out before it."""
        since, count = self._seen.get(key, (now, 0))
        if now - since < SAMPLE_SECONDS:
            self._seen[key] = (since, count + 1)
            return count < SAMPLE, 0
        self._seen[key] = (now, 1)
        return True, max(0, count - SAMPLE)


class _SampleRecords(logging.Filter):
    """The same for entries of libraries; equal ones come from one place in the code."""

    def __init__(self, sampler: Sampler) -> None:
        super().__init__()
        self.sampler = sampler

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is written."""
        place = (record.name, record.levelno, record.pathname, record.lineno)
        is_written, left_out = self.sampler.count(place, time.monotonic())
        if left_out:
            record.msg = f"{record.msg} [{left_out} left out]"
        return is_written


class _JsonFormatter(logging.Formatter):
    """One line of JSON for an entry of a library."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        entry = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
        }
        return json.dumps(entry, ensure_ascii=False)


def _describe_error(
    _logger: object, _name: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace an exception by its redacted places, for JSON."""
    given = entry.pop("exc_info", None)
    wrong = given if isinstance(given, BaseException) else sys.exc_info()[1]
    if given:
        entry["exception"] = describe_exception(wrong).splitlines()
    return entry


def configure_logging() -> None:
    """Log to standard error: JSON in production, else plain text."""
    sampler = Sampler()

    def sample(
        _logger: object, _name: str, entry: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        key = (entry.get("event"), entry.get("job"), entry.get("route"), entry.get("topic"))
        is_written, left_out = sampler.count(key, time.monotonic())
        if not is_written:
            raise structlog.DropEvent
        return {**entry, "left_out": left_out} if left_out else entry

    is_json = settings().is_production
    renderers = (
        [_describe_error, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if is_json
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=_render)]
    )
    structlog.configure(
        processors=[
            sample,
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *renderers,
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.setLogRecordFactory(_record)
    logging.basicConfig(format="%(asctime)s [%(levelname)s] %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(_SampleRecords(sampler))
        if is_json:
            handler.setFormatter(_JsonFormatter())
