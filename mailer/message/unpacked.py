"""winmail.dat, .docx, .odt, .pdf and workbooks by way of a limited child process; see `unpack.py`.

A process is spent only where such a file is there. Whatever goes wrong in it, the file stays as it came.
"""

from __future__ import annotations

import base64
import binascii
import importlib.util
import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mailer.message import encoded, fields
from mailer.message.values import Attachment, CalendarAnswer

SECONDS = 5.0
LIST_SECONDS = 20.0  # of a workbook
PDF_SECONDS = 15.0
MAX_IN = 40_000_000
TNEF_TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
_SIGNATURE = b"\x78\x9f\x3e\x22"  # MS-OXTNEF 2.1.3.2
_CHILD = str(Path(__file__).with_name("unpack.py"))

# message class of a meeting response -> PARTSTAT (MS-OXOCAL 2.2.7)
RESPONSES = {
    "ipm.schedule.meeting.resp.pos": "ACCEPTED",
    "ipm.schedule.meeting.resp.neg": "DECLINED",
    "ipm.schedule.meeting.resp.tent": "TENTATIVE",
    "ipm.microsoft schedule.mtgrespp": "ACCEPTED",
    "ipm.microsoft schedule.mtgrespn": "DECLINED",
    "ipm.microsoft schedule.mtgrespa": "TENTATIVE",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """What was inside: message class, text, HTML, files; `defect` in words if it could not be opened."""

    message_class: str = ""
    text: str = ""
    html: str = ""
    uid: str = ""
    files: tuple[Attachment, ...] = ()
    defect: str = ""


def is_tnef(attachment: Attachment) -> bool:
    return attachment.type in TNEF_TYPES or (
        attachment.name.lower() == "winmail.dat" and attachment.content[:4] == _SIGNATURE
    )


def open_tnef(content: bytes) -> Opened:
    """What a winmail.dat holds; never raises."""
    if content[:4] != _SIGNATURE:
        return Opened(defect="winmail.dat is none: it lacks its signature")
    said = _ask("tnef", content)
    if said is None:
        return Opened(defect="winmail.dat could not be opened")
    files = tuple(file for entry in said.get("files", [])[:50] if (file := _file(entry)))
    return Opened(
        encoded.clean(str(said.get("class", "")))[:100],
        encoded.printable(str(said.get("text", "")).replace("\r\n", "\n").replace("\r", "\n")),
        encoded.printable(str(said.get("html", ""))),
        encoded.clean(str(said.get("uid", "")))[:300],
        files,
    )


def document_text(content: bytes, name: str) -> str | None:
    """The words of a .docx or .odt file, None for another file or one that cannot be read; spends a process."""
    ending = name.lower().rpartition(".")[2]
    if ending not in ("docx", "odt") or content[:2] != b"PK":
        return None
    said = _ask(ending, content)
    return encoded.printable(str(said.get("text", ""))) if said else None


def open_pdf(content: bytes) -> Opened:
    """The words of a PDF and the files in it; never raises. A defect: not all of it could be read, such as a scanned page."""
    said = _ask("pdf", content, "pypdf", PDF_SECONDS)
    if said is None:
        return Opened(defect="the PDF could not be opened")
    files = tuple(file for entry in said.get("files", []) if (file := _file(entry)))
    return Opened(text=str(said.get("text", "")), files=files, defect="some of the PDF could not be read" if said.get("closed") else "")


@dataclass(frozen=True, slots=True)
class Page:
    """One visible sheet of a workbook: its lines that hold anything, with their numbers. `cut`: it had more."""

    name: str
    lines: tuple[tuple[int, list[str]], ...]
    cut: bool


def workbook(content: bytes) -> tuple[Page, ...] | None:
    """The sheets of an .xlsx, .xls or .ods; None if it cannot be opened (a password, a bomb); spends a process."""
    said = _ask("workbook", content, "python_calamine", LIST_SECONDS)
    try:
        return None if said is None else tuple(_page(one) for one in said["sheets"])
    except (KeyError, TypeError, ValueError):
        return None


def answer(opened: Opened, sender: str, sender_name: str) -> CalendarAnswer | None:
    """The calendar answer that an Exchange response in TNEF is."""
    partstat = RESPONSES.get(opened.message_class.lower())
    if partstat is None:
        return None
    return CalendarAnswer(
        "REPLY", opened.uid, sender, partstat, opened.text.strip()[:4000], attendee_name=sender_name, attendees=1
    )


def _ask(kind: str, content: bytes, reader: str = "tnefparse", seconds: float = SECONDS) -> dict[str, Any] | None:
    if len(content) > MAX_IN:
        return None
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-S", _CHILD, kind, _place_of(reader)],
            input=content,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={},
        )
        said = json.loads(done.stdout) if done.returncode == 0 else None
    except (OSError, subprocess.SubprocessError, ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


@cache
def _place_of(reader: str) -> str:
    """Where a reader is installed: the child is told, as looking for it would be half of its time."""
    found = importlib.util.find_spec(reader)
    return str(Path(found.origin).parent.parent) if found and found.origin else ""


def _page(one: Any) -> Page:
    lines = tuple((int(number), [encoded.clean(str(cell)) for cell in cells]) for number, cells in one["lines"])
    return Page(encoded.clean(str(one["name"])), lines, bool(one["cut"]))


def _file(entry: Any) -> Attachment | None:
    try:
        name = fields.safe_name(str(entry["name"])) or "file"
        return Attachment(name, "application/octet-stream", base64.b64decode(entry["content"]))
    except (KeyError, TypeError, binascii.Error, ValueError):
        return None
