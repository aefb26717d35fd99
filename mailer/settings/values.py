"""How a setting is written down: durations, sizes, doors, peers, lists. Text in, values out, ValueError with a sentence."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SIZES = {"": 1, "b": 1, "kb": 1000, "mb": 1000**2, "gb": 1000**3, "kib": 1024, "mib": 1024**2, "gib": 1024**3}

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Listen:
    """One door: a host and port, or a Unix socket at `path`."""

    host: str = ""
    port: int = 0
    path: str = ""

    @property
    def is_loopback(self) -> bool:
        """True where only this machine can knock. A Unix socket counts: whoever puts it on the net does so knowingly."""
        return bool(self.path) or is_loopback(self.host)

    def __str__(self) -> str:
        if self.path:
            return self.path
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine. Names other than localhost are not looked up."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_EACH_URL = re.compile(r",(?=\s*[a-z][a-z0-9+.-]*:)", re.IGNORECASE)


def mask_url(url: str) -> str:
    """The URL, or several by comma, with each password replaced by `***`; rather too much is hidden than too little."""
    return ",".join(_mask_one(part) for part in _EACH_URL.split(url))


def _mask_one(url: str) -> str:
    hidden = re.sub(r"(://[^:/@]*):.*@", r"\1:***@", url)
    return re.sub(r"([?&](?:password|passwd|pass)=)[^&]*", r"\1***", hidden, flags=re.IGNORECASE)


def _duration(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    text = str(value).strip().lower()
    found = re.fullmatch(r"(\d+)\s*([smhd]?)", text)
    if not found or isinstance(value, bool):
        raise ValueError(f"{text!r} is not a duration; write 90s, 10m, 2h or 1d")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2] or "s"])


def _size(value: Any) -> Any:
    found = re.fullmatch(r"(\d+)\s*([kmg]?i?b?)", str(value).strip().lower())
    if not found or found[2] not in _SIZES or isinstance(value, bool):
        raise ValueError(f"{value!r} is not a size; write 25MB, 512KB or a number of bytes")
    return int(found[1]) * _SIZES[found[2]]


def listen_of(value: Any) -> Listen | None:
    """A door as it is written, or None for off. Raises ValueError."""
    if value is None or isinstance(value, Listen):
        return value
    text = str(value).strip()
    if text.lower() == "off":
        return None
    if "/" in text:
        return Listen(path=text)
    host, colon, port = text.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not colon or not bare or not port.isdecimal() or int(port) > 65535 or (":" in bare and bare == host):
        raise ValueError(f"{text!r} is not a door; write HOST:PORT, [IPv6]:PORT, the path of a Unix socket, or off")
    return Listen(host=bare, port=int(port))


def _rate(value: Any) -> Any:
    text = str(value).strip().lower()
    if value is None or text == "off":
        return None
    if not text.isdecimal() or int(text) == 0:
        raise ValueError(f"{text!r} is not a rate; write a number of messages a minute, or off")
    return int(text)


def _words(value: Any) -> Any:
    """A list from TOML, or words by comma from the environment."""
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


def _networks(value: Any) -> Any:
    peers = _words(value)
    try:
        return tuple(ipaddress.ip_network(peer) for peer in peers)
    except ValueError as error:
        raise ValueError(f"{error}; write addresses or networks by comma, such as 127.0.0.0/8,10.1.2.3") from error


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Size = Annotated[int, BeforeValidator(_size)]
Door = Annotated[Listen | None, BeforeValidator(listen_of)]
Rate = Annotated[int | None, BeforeValidator(_rate)]
Peers = Annotated[tuple[Network, ...], BeforeValidator(_networks)]
Words = BeforeValidator(_words)


def written(value: object) -> str:
    """A value as it would be written in the settings, for the table that people read."""
    match value:
        case None:
            return "none"
        case timedelta():
            return _written_duration(int(value.total_seconds()))
        case frozenset() | tuple():
            return ",".join(sorted(str(each) for each in value)) or "none"
        case Path():
            return str(value)
        case dict():
            return ",".join(f"{name}={each}" for name, each in value.items())
        case _:
            return str(value)


def _written_duration(seconds: int) -> str:
    for unit in ("d", "h", "m"):
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{seconds // _UNITS[unit]}{unit}"
    return f"{seconds}s"
