"""Values of structured header fields: `type/subtype; name=value` with all its bent forms.

RFC 2045 5.1, RFC 2183 and RFC 2231 (continuations, charset, language), and encoded words inside parameters,
which RFC 2047 5 forbids and everyone sends (MIME-4).
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from mailer.message import charset, encoded

MAX_VALUE = 20_000
MAX_PARAMETERS = 60

_NAME = re.compile(r"([^\s=;\"()]{1,80})\s*=\s*")
_BARE = re.compile(r"[^;\s\"]*(?:\s+(?![^\s=;]{1,80}\s*=)[^;\s\"]+)*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"?', re.DOTALL)
_TYPE = re.compile(r"\s*([A-Za-z0-9!#$&^_.+\-]+)\s*/\s*([A-Za-z0-9!#$&^_.+*\-]+)")
_DEVICE = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)")
_UNSAFE_IN_NAME = re.compile(r'[\\/:*?"<>|]')
NAME_LENGTH = 100


def media_type(value: str) -> tuple[str, dict[str, str]]:
    """(`type/subtype` in lower case or empty, parameters by lower-case name)."""
    value = value[:MAX_VALUE]
    found = _TYPE.match(value)
    if not found:
        return "", parameters(value.partition(";")[2])
    return f"{found[1]}/{found[2]}".lower(), parameters(value[found.end() :])


def disposition(value: str) -> tuple[str, dict[str, str]]:
    """(`attachment`, `inline` or another word in lower case, parameters)."""
    word, _, rest = value[:MAX_VALUE].partition(";")
    return word.strip().lower(), parameters(rest)


def parameters(rest: str) -> dict[str, str]:
    """The parameters after the first word, continuations joined and charsets applied; the first of a name wins."""
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    at = 0
    for _ in range(MAX_PARAMETERS):
        found = _NAME.search(rest, at)
        if not found:
            break
        name = found[1].lower()
        quoted = _QUOTED.match(rest, found.end())
        if quoted:
            value, at = re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL), quoted.end()
        else:
            bare = _BARE.match(rest, found.end())
            value, at = (bare[0].strip(), bare.end()) if bare else ("", found.end())
        base, star, tail = name.partition("*")
        if star:
            number = tail.rstrip("*")
            pieces.setdefault(base, []).append(
                (
                    int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0,
                    name.endswith("*"),
                    value,
                )
            )
        else:
            plain.setdefault(base, encoded.words(value))
    for base, found_pieces in pieces.items():
        plain[base] = _joined(sorted(found_pieces, key=lambda piece: piece[0]))
    return plain


def _joined(pieces: list[tuple[int, bool, str]]) -> str:
    octets = bytearray()
    label = ""
    for i, (_, coded, value) in enumerate(pieces):
        if coded and i == 0 and value.count("'") >= 2:
            label, _, value = value.split("'", 2)
        raw = value.encode("utf-8", "replace")
        octets += unquote_to_bytes(raw) if coded else raw
    return charset.decode(bytes(octets), label or "utf-8")


def safe_name(name: str) -> str:
    """A base name that is safe to show and to store (MIME-4): no path, control, bidi or device name, at most 100."""
    name = encoded.clean(name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    name = _UNSAFE_IN_NAME.sub("_", name).strip(". ")
    if _DEVICE.match(name):
        name = "_" + name
    if len(name) > NAME_LENGTH:
        stem, dot, ending = name.rpartition(".")
        name = stem[: NAME_LENGTH - len(ending) - 1] + dot + ending if dot and len(ending) <= 10 else name[:NAME_LENGTH]
    return name


_ID = re.compile(r"<([^<>\s]{1,900})>")


def message_ids(value: str) -> tuple[str, ...]:
    """The ids of a Message-ID, In-Reply-To or References field, without brackets, in order, each once."""
    found = _ID.findall(value[:MAX_VALUE])
    if not found and "<" not in value:
        found = [w for w in value[:1000].split() if "@" in w[1:-1]][:1]
    return tuple(dict.fromkeys(encoded.clean(i) for i in found))
