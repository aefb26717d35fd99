"""A message cut into fields and parts, from octets, under caps (MIME-1, MIME-2).

Written by hand rather than with the standard parser because that one raises on hostile fields, recurses, and
takes its time; here every step is a linear scan over octets and every excess is a defect in words. Line ends
are brought to LF first; what came as bare CR or LF is thus read the same way by every later step (ruling 10).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailer.message import charset, fields
from mailer.message.transfer import unencoded

MAX_INPUT = 60_000_000
MAX_HEADER = 400_000  # octets of one header section that are read
MAX_FIELDS = 1_000
MAX_FIELD = 100_000
MAX_PARTS = 1_000
MAX_DEPTH = 40
SCAN_BUDGET = 100_000_000  # octets looked at for boundaries, all levels together
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_KNOWN = re.compile(
    rb"(?i)(?:from|to|cc|subject|date|message-id|received|mime-version|content-[a-z-]+|return-path|reply-to|x-[a-z-]+)[ \t]*:"
)
_BLANK = re.compile(rb"(?:[ \t]*\n)+")


@dataclass(slots=True)
class Part:
    """One MIME part: its fields (lower-case name, unfolded value), its type, and its body still encoded."""

    fields: tuple[tuple[str, str], ...]
    type: str
    params: dict[str, str]
    raw: bytes
    children: list[Part] = field(default_factory=list)
    depth: int = 0
    _content: bytes | None = None

    def get(self, name: str) -> str | None:
        """The first field of this name (lower case), unfolded, not decoded."""
        for have, value in self.fields:
            if have == name:
                return value
        return None

    def all(self, name: str) -> list[str]:
        return [value for have, value in self.fields if have == name]

    @property
    def encoding(self) -> str:
        return (self.get("content-transfer-encoding") or "").strip().strip("\"';").lower()

    @property
    def content(self) -> bytes:
        """The body with its transfer encoding taken off."""
        if self._content is None:
            self._content = unencoded(self.raw, self.encoding)
        return self._content

    @property
    def text(self) -> str:
        return charset.decode(self.content, self.params.get("charset"))

    @property
    def disposition(self) -> str:
        return fields.disposition(self.get("content-disposition") or "")[0]

    @property
    def filename(self) -> str:
        value = self.get("content-disposition")
        named = fields.disposition(value)[1].get("filename") if value else None
        return named or self.params.get("name") or ""

    def walk(self, into_messages: bool = True) -> Iterator[Part]:
        """This part and all below, in order; without `into_messages` the inside of message/* stays closed."""
        stack = [self]
        while stack:
            part = stack.pop()
            yield part
            if into_messages or not part.type.startswith("message/") or part is self:
                stack.extend(reversed(part.children))


class Cutter:
    """One reading of one message: counts what it has used and notes what it found wrong."""

    def __init__(self) -> None:
        self.defects: list[str] = []
        self.parts = 0
        self.budget = SCAN_BUDGET

    def note(self, defect: str) -> None:
        if defect not in self.defects and len(self.defects) < 50:
            self.defects.append(defect)

    def message(self, octets: bytes, depth: int = 0, default: str = "text/plain") -> Part:
        """A part with its children; never raises for any octets."""
        self.parts += 1
        head, body = self.split(octets)
        value = next((v for n, v in head if n == "content-type"), "")
        kind, params = fields.media_type(value) if value else (default, {})
        if not kind:
            low = value.strip().lower()
            self.note("Content-Type cannot be read")
            kind = {"text": "text/plain", "html": "text/html"}.get(low, "text/plain" if depth == 0 else default)
        part = Part(tuple(head), kind, params, body, depth=depth)
        if kind.startswith("multipart/"):
            self._multipart(part)
        elif kind in ("message/rfc822", "message/global", "message/news"):
            inner = part.content if part.encoding not in ("", "7bit", "8bit", "binary") else body
            if inner.strip() and self._room(part):
                part.children.append(self.message(inner.lstrip(b"\n"), depth + 1))
        return part

    def split(self, octets: bytes) -> tuple[list[tuple[str, str]], bytes]:
        """Fields and body. A line that is no field ends the section, unless known fields follow it (RFC 7103 7)."""
        found: list[tuple[str, bytes]] = []
        current: list[bytes] = []
        name = b""
        at, size = 0, len(octets)
        limit = min(size, MAX_HEADER)
        while at < size:
            end = octets.find(b"\n", at)
            end = size if end < 0 else end
            line = octets[at : min(end, at + MAX_FIELD)]
            if at >= limit or len(found) >= MAX_FIELDS:
                self.note("the header section is over its cap")
                blank = octets.find(b"\n\n", at)
                end = blank + 1 if blank >= 0 else size
                at = end + 1
                break
            if not line.strip():
                if not line or not _KNOWN.match(octets, end + 1):
                    at = end + 1
                    break
            elif line[:1] in b" \t" and name:
                current.append(line)
            elif match := _FIELD.match(line):
                if name:
                    found.append((name.decode("ascii").lower(), b"".join(current)))
                name, current = match[1], [line[match.end() :]]
            elif at == 0 and line.startswith((b"From ", b">From ")):
                pass  # an mbox separator
            elif (found and line.startswith(b">From ")) or _KNOWN.match(octets, end + 1):
                self.note("a line in the header section is no field")
            else:
                self.note("no empty line between header and body" if found or name else "no header")
                break
            at = end + 1
        if name:
            found.append((name.decode("ascii").lower(), b"".join(current)))
        return [(n, charset.decode(v[:MAX_FIELD], "utf-8").strip(" \t\n")) for n, v in found], octets[at:]

    def _room(self, part: Part) -> bool:
        if part.depth >= MAX_DEPTH:
            self.note("parts are nested too deep")
        elif self.parts >= MAX_PARTS:
            self.note("too many parts")
        elif self.budget <= 0:
            self.note("too much to look through")
        else:
            return True
        return False

    def _multipart(self, part: Part) -> None:
        boundary = part.params.get("boundary", "").rstrip()
        body = part.raw
        if part.encoding in ("base64", "quoted-printable"):
            self.note("a multipart is itself encoded")  # RFC 2045 6.4 forbids it
            if b"--" + boundary.encode("utf-8", "replace") not in body:
                body = part.content
        if not boundary:
            first = re.search(rb"(?:^|\n)--([^\s-][^\n]{0,80})\n[Cc]ontent-", body[:100_000])
            self.note("a multipart has no boundary")
            if not first:
                part.type = "text/plain"
                return
            boundary = first[1].rstrip().decode("latin-1")
        if not self._room(part):
            return
        self.budget -= len(body)
        mark = b"--" + boundary.encode("latin-1" if _latin(boundary) else "utf-8", "replace")
        default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        closed = False
        start = -1
        for begin, end, last in _delimiters(body, mark):
            if start >= 0:
                part.children.append(self.message(body[start:begin], part.depth + 1, default))
            start = end
            closed = closed or last
            if last:
                break
            if self.parts >= MAX_PARTS:
                self.note("too many parts")
                return
        if start < 0:
            self.note("a multipart without its boundary")
            part.type = "text/plain"
        elif not closed:
            self.note("a multipart is cut off")
            if body[start:].strip():
                part.children.append(self.message(body[start:], part.depth + 1, default))


def _latin(text: str) -> bool:
    return all(c < "\u0100" for c in text)


_REMARK = re.compile(rb"(-?-?)[ \t]+\S")


def _delimiters(body: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """(where the line end before the delimiter stands, where the next part starts, is it the closing one)."""
    at = 0
    while (at := body.find(mark, at)) >= 0:
        after = at + len(mark)
        if at and body[at - 1] != 10:
            at = after
            continue
        end = body.find(b"\n", after)
        end = len(body) if end < 0 else end
        rest = body[after : min(end, after + 200)]
        if len(mark) > 7 and (remark := _REMARK.match(rest)):
            rest = remark[1]  # RFC 2046 5.1.1: a delimiter line counts whatever follows it
        rest = rest.strip()
        if rest in (b"", b"--"):
            yield max(at - 1, 0), end + 1, rest == b"--"
        at = after


def parse(raw: bytes) -> tuple[Part, list[str]]:
    """The part tree of a whole message and what was wrong with it, in words."""
    cutter = Cutter()
    if len(raw) > MAX_INPUT:
        cutter.note("the message is over the size that is read")
        raw = raw[:MAX_INPUT]
    if b"\r" in raw:
        raw = raw.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b"\x00" in raw[:MAX_HEADER]:
        cutter.note("NUL in the message")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    blank = _BLANK.match(raw)
    if blank:
        raw = raw[blank.end() :]
    return cutter.message(raw), cutter.defects
