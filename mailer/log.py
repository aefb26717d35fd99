"""Logging: structlog through the standard library, one line a fact, with ids instead of people.

    log = log_module.get(__name__)
    log.info("stored", inbox_id="42", bytes=5120)

JSON when a program reads it, plain lines when a person does. Ids that belong to a whole piece of work are bound once,
`with bind(inbox_id="42"):`, and stand in every line until the block ends. Threads do not inherit them: bind again.

Logs hold ids, not addresses, bodies or tags (DP-23). Callers keep to that; as a last line of defence every value, the
message and the traceback pass through `mask`, which hides whatever looks like an address or one of our tags.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Hashable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TextIO, cast

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from mailer import clock

TELL_EVERY = 60.0  # seconds between two lines of one trouble that lasts, and after which it is over

# What stands before and after @ in an address, also when the sign is percent-encoded.
_ADDRESS = re.compile(
    r"""[^\s<>()\[\]{}",;:=@|\\/]{1,256}(?:@|%40)[^\s<>()\[\]{}"',;:@|\\/?&#]{1,255}""", re.IGNORECASE
)
# use (1) + key id (1) + row id (9) + MAC (26) in base32, as contract 1 says.
_TAG = re.compile(r"(?<![a-z0-9])[a-z2-7]{37}(?![a-z0-9])", re.IGNORECASE)


def mask(text: str) -> str:
    """The text with addresses and tags hidden."""
    return _TAG.sub("[tag]", _ADDRESS.sub("[address]", text))


def _masked(value: Any) -> Any:
    match value:
        case str():
            return mask(value)
        case None | bool() | int() | float():
            return value
        case bytes():
            return f"[{len(value)} bytes]"
        case Mapping():
            return {mask(str(key)): _masked(each) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(each) for each in value]
        case _:
            return mask(str(value))


def _mask_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: value if key.startswith("_") else _masked(value) for key, value in event.items()}


def _host_time(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["at"] = clock.of_host().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return event


def _plainly(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """`12:41:07  warning: no relay can be had (reason connect, put_off 3)`: what a person at a terminal reads."""
    level = event.pop("level", "info")
    at = str(event.pop("at", ""))[11:19]
    said, trace = event.pop("event", ""), event.pop("exception", "")
    event.pop("logger", None)
    facts = ", ".join(f"{name} {value}" for name, value in event.items() if value not in (None, ""))
    line = f"{at}  {'' if level == 'info' else f'{level}: '}{said}{f' ({facts})' if facts else ''}"
    return f"{line}\n{trace}" if trace else line


_FIRST: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    _host_time,
]


def setup(level: str = "info", stream: TextIO | None = None, json: bool | None = None) -> None:
    """Send all logging, other libraries' too, to `stream` (standard error). `json` is chosen by whether that is a terminal."""
    out = stream or sys.stderr
    as_json = not out.isatty() if json is None else json
    last: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if not as_json:
        last = _plainly
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_FIRST, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.StackInfoRenderer(),
                structlog.processors.format_exc_info,
                _mask_values,
                last,
            ],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old.formatter, structlog.stdlib.ProcessorFormatter):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for chatty in ("alembic", "dramatiq", "uvicorn.error", "mail.log"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_FIRST,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def get(name: str) -> FilteringBoundLogger:
    """A logger that takes `log.info("what happened", key=value)`."""
    return cast(FilteringBoundLogger, structlog.stdlib.get_logger(name))


def bind(**ids: object) -> AbstractContextManager[None]:
    """Put these ids into every line logged in this thread or task until the block ends."""
    return cast(AbstractContextManager[None], structlog.contextvars.bound_contextvars(**ids))


class Lasting:
    """Trouble of something that is tried again all the time: with its traceback when it begins or becomes another, and in one
    line a minute while it lasts. After a minute without it, it begins anew. A full disk must not be filled by what is said of it.

        trouble = Lasting(_log, "the work failed; tried again in a moment")
        trouble.met(error)      each time, in the `except`
    """

    def __init__(self, logger: FilteringBoundLogger, failed: str) -> None:
        self._logger, self._failed = logger, failed
        self._known: dict[Hashable, _Known] = {}  # by what is tried

    def met(self, error: Exception, what: Hashable = None, **ids: object) -> None:
        """It has failed. `what` tells apart what is tried, where that is more than one."""
        cause, now = getattr(error, "orig", None) or error, clock.monotonic()
        known = self._known.get(what)
        if known is None or known.kind is not type(cause) or now - known.met_at > TELL_EVERY:
            lasting = {other: one for other, one in self._known.items() if now - one.met_at <= TELL_EVERY}
            self._known = {**lasting, what: _Known(type(cause), now, now)}
            self._logger.exception(self._failed, **ids)
            return
        known.times, known.met_at = known.times + 1, now
        if now - known.told_at >= TELL_EVERY:
            self._logger.error(self._failed, cause=str(cause), times=known.times, **ids)
            known.times, known.told_at = 0, now


@dataclass
class _Known:
    kind: type
    told_at: float  # monotonic
    met_at: float  # monotonic
    times: int = 0  # since it was told
