"""Reading a form, urlencoded or multipart (RFC 8058 3.2 names both), without files and within limits."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message, Receive

from mailer.web.asking import Form

LARGEST = 64 * 1024  # octets of a whole form
MOST_FIELDS = 60
TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


class _TooLarge(Exception):
    pass


async def read(request: Request) -> Form:
    """The fields; an empty form with a `defect` when it cannot be read. Never raises for what the sender wrote."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in TYPES:
        return Form(defect="not-a-form")
    limited = Request(request.scope, _limited(request))
    fields: dict[str, list[str]] = {}
    try:
        async with limited.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=LARGEST) as form:
            for name, value in form.multi_items():
                if isinstance(value, str):
                    fields.setdefault(name, []).append(value)
    except _TooLarge:
        return Form(defect="too-large")
    except (HTTPException, MultiPartException, ValueError, KeyError):
        return Form(defect="unreadable")
    return Form({name: tuple(values) for name, values in fields.items()})


def _limited(request: Request) -> Receive:
    seen = 0

    async def receive() -> Message:
        nonlocal seen
        message = await request.receive()
        seen += len(message.get("body", b""))
        if seen > LARGEST:
            raise _TooLarge
        return message

    return receive
