"""A child process that opens what may be a bomb: winmail.dat, .docx, .odt, .pdf, workbooks (ruling 11 on SAFE-4 and MIME-9).

Run as `python -I -S unpack.py KIND PLACE-OF-THE-READER < octets`; it limits its own memory, time and files before it
imports a reader, and prints one JSON object. It stands alone on purpose: it imports nothing of ours, so it starts
fast and holds nothing worth taking. Its caller is `unpacked.py`.
"""

from __future__ import annotations

import base64
import json
import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MEMORY = 600_000_000
SECONDS = 1
LIST_MEMORY, LIST_SECONDS = 1_500_000_000, 15  # 200,000 lines of a workbook
PDF_SECONDS = 10  # some hundred pages
MAX_IN = 40_000_000
MAX_FILES = 50
MAX_OUT = 45_000_000  # octets of all files together
MAX_TEXT = 500_000
MAX_XML = 30_000_000  # unpacked octets of one document
MAX_SHEETS, MAX_ROWS = 20, 200_001
MAX_CELLS, MAX_CELL = 60, 2_000  # cells of a line, characters of a cell

_PARAGRAPH = re.compile(rb"</(?:w:p|text:p|text:h)>|<(?:w:br|w:cr|text:line-break)\b[^>]{0,500}/?>")
_TAB = re.compile(rb"<(?:w:tab|text:tab)\b[^>]{0,500}/?>")
_TAG = re.compile(rb"<[^>]{0,20000}>")


def main() -> None:
    kind = sys.argv[1] if len(sys.argv) > 1 else ""
    if len(sys.argv) > 2 and sys.argv[2]:
        sys.path.append(sys.argv[2])
    limits = {"workbook": (LIST_MEMORY, LIST_SECONDS), "pdf": (LIST_MEMORY, PDF_SECONDS)}
    limit(*limits.get(kind, (MEMORY, SECONDS)))
    octets = sys.stdin.buffer.read(MAX_IN)
    readers = {"tnef": tnef, "docx": docx, "odt": odt, "workbook": workbook, "pdf": pdf}
    print(json.dumps(readers[kind](octets)))


def limit(memory: int, seconds: int) -> None:
    """No more memory, time, files or processes than a letter may need."""
    try:
        import resource
    except ImportError:  # not on this system; the caller's time limit still holds
        return
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def tnef(octets: bytes) -> dict[str, Any]:
    """Message class, text, HTML and files of a TNEF stream (MS-OXTNEF)."""
    sys.modules |= {name: _Silent(name) for name in ("logging", "zipfile")}  # its log, and the writing of zip files
    from tnefparse import TNEF

    stream = TNEF(octets, do_checksum=False)
    page = stream.codepage or "cp1252"
    found: dict[str, Any] = {"class": "", "text": "", "html": "", "files": [], "uid": "", "start": ""}
    for item in stream.objects:
        if item.name == TNEF.ATTMESSAGECLASS:
            found["class"] = _string(item.data, "latin-1").strip("\x00 ")
    for item in stream.mapiprops:
        name = getattr(item, "name", 0)
        if name == 0x1A and _string(item.data, page):
            found["class"] = _string(item.data, page).strip("\x00 ")
        elif name in (0x0003, 0x0023, 0x8003) and isinstance(item.data, bytes) and b"vCal-Uid" in item.data:
            found["uid"] = item.data.partition(b"vCal-Uid")[2][4:].split(b"\x00")[0].decode("utf-8", "replace")[:300]
    found["text"] = _string(_quiet(lambda: stream.body), page)[:MAX_TEXT]
    found["html"] = _string(_quiet(lambda: stream.htmlbody), page)[:MAX_TEXT]
    if not found["text"] and not found["html"]:
        rtf = _quiet(lambda: stream.rtfbody)
        if rtf:
            found["text"] = rtf_text(
                rtf[: 4 * MAX_TEXT] if isinstance(rtf, bytes) else str(rtf).encode("latin-1", "replace"), page
            )[:MAX_TEXT]
    left = MAX_OUT
    for item in stream.attachments[:MAX_FILES]:
        content = item.data if isinstance(item.data, bytes) else b""
        left -= len(content)
        if left < 0:
            break
        name = _string(_quiet(lambda item=item: item.long_filename()), page) or _string(item.name, page)
        found["files"].append({"name": name.strip("\x00"), "content": base64.b64encode(content).decode("ascii")})
    return found


class _Silent(type(sys)):  # type: ignore[misc]
    """Stands for a module whose import would cost half of the reader's start, and which does nothing here that is wanted."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: self


def _quiet(ask: Any) -> Any:
    """A reader's property, or nothing if reading it fails."""
    try:
        return ask()
    except Exception:
        return None


def _string(value: Any, page: str) -> str:
    if isinstance(value, (list, tuple)):
        value = value[0] if value else ""
    if isinstance(value, bytes):
        try:
            value = value.decode(page, "replace")
        except LookupError:
            value = value.decode("cp1252", "replace")
    return value if isinstance(value, str) else ""


_RTF = re.compile(
    rb"\\([A-Za-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|([^\\{}\r\n]+)|[\r\n]+", re.DOTALL
)
_SKIPPED = {
    b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer", b"generator", b"themedata", b"datastore", b"listtable",
    b"listoverridetable", b"latentstyles", b"rsidtbl", b"mmathPr", b"xmlnstbl", b"colorschememapping", b"htmltag", b"fldinst", b"pntext", b"listtext",
}  # fmt: skip


def rtf_text(octets: bytes, page: str) -> str:
    """The words of an RTF body; formatting, tables of fonts and HTML tags are left out."""
    out: list[str] = []
    stack: list[tuple[bool, int]] = []
    skip, after, left = False, 1, 0
    for found in _RTF.finditer(octets):
        word, number, hexed, symbol, brace, plain = found.groups()
        if brace == b"{":
            stack.append((skip, after))
        elif brace == b"}":
            skip, after = stack.pop() if stack else (False, 1)
        elif symbol == b"*":
            skip = True
        elif word:
            if word in _SKIPPED or (word == b"htmlrtf" and number != b"0"):
                skip = True
            elif word == b"htmlrtf":
                skip = False
            elif word == b"uc":
                after = int(number or 1)
            elif skip:
                continue
            elif word in (b"par", b"line", b"row", b"sect", b"page"):
                out.append("\n")
            elif word in (b"tab", b"cell"):
                out.append("\t")
            elif word == b"u" and number:
                code = int(number) % 65536
                out.append(chr(code) if not 0xD800 <= code < 0xE000 else "")
                left = after
            else:
                out.append(
                    {
                        b"rquote": "’",
                        b"lquote": "‘",
                        b"ldblquote": "“",
                        b"rdblquote": "”",
                        b"endash": "–",
                        b"emdash": "—",
                        b"bullet": "•",
                    }.get(word, "")
                )
        elif skip:
            continue
        elif hexed:
            if left:
                left -= 1
            else:
                out.append(_string(bytes([int(hexed, 16)]), page))
        elif symbol:
            out.append(
                {b"~": " ", b"_": "-", b"-": ""}.get(symbol, symbol.decode("latin-1") if symbol in b"\\{}" else "")
            )
        elif plain:
            text = _string(plain, page)
            out.append(text[left:])
            left = max(0, left - len(text))
    return "".join(out).strip("\x00\n ")


def _xml_text(octets: bytes, member: str) -> str:
    import io
    import zipfile
    from html import unescape

    with zipfile.ZipFile(io.BytesIO(octets)) as packed:
        if packed.getinfo(member).file_size > MAX_XML:
            return ""
        with packed.open(member) as opened:
            xml = opened.read(MAX_XML)
    if b"<!DOCTYPE" in xml[:2000] or b"<!ENTITY" in xml:
        return ""
    text = _TAG.sub(b"", _TAB.sub(b"\t", _PARAGRAPH.sub(b"\n", xml)))
    return unescape(text.decode("utf-8", "replace")).strip()[:MAX_TEXT]


def docx(octets: bytes) -> dict[str, Any]:
    """The words of a .docx, a line for each paragraph."""
    return {"text": _xml_text(octets, "word/document.xml")}


def odt(octets: bytes) -> dict[str, Any]:
    """The words of an .odt, a line for each paragraph."""
    return {"text": _xml_text(octets, "content.xml")}


def workbook(octets: bytes) -> dict[str, Any]:
    """The cells of every visible sheet as text, each line with its number; nothing is calculated or fetched."""
    import io

    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_object(io.BytesIO(octets))
    sheets: list[dict[str, Any]] = []
    for about in book.sheets_metadata[:MAX_SHEETS]:
        if about.visible != SheetVisibleEnum.Visible or about.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(about.name)
        first = (sheet.start or (0, 0))[0] + 1
        lines: list[list[Any]] = []
        cut = False
        for number, row in enumerate(sheet.to_python(), first):
            cells = [_cell(value) for value in row[:MAX_CELLS]]
            if any(cells):
                cut = len(lines) == MAX_ROWS
                if cut:
                    break
                lines.append([number, cells])
        sheets.append({"name": about.name[:100], "lines": lines, "cut": cut})
    return {"sheets": sheets}


def pdf(octets: bytes) -> dict[str, Any]:
    """The words on its pages and in its objects (notes, links, forms, properties), and the files in it; `closed` if a page is a picture or a
    limit was met, so that not all of it could be read."""
    import io
    import logging

    from pypdf import PdfReader

    logging.disable()
    reader = PdfReader(io.BytesIO(octets))
    texts = [page.extract_text() for page in reader.pages]
    closed = any(not text.strip() and len(page.images) for text, page in zip(texts, reader.pages))  # noqa: B905
    files: list[dict[str, str]] = []
    seen: set[int] = set()
    todo: list[Any] = [reader.trailer]
    left = MAX_OUT
    while todo:
        one = todo.pop()
        number = getattr(one, "idnum", None)  # a reference
        if number is not None:
            if number in seen:
                continue
            seen.add(number)
            one = one.get_object()
        if isinstance(one, dict):
            if one.get("/Type") in ("/EmbeddedFile", "/Metadata") and hasattr(one, "get_data"):
                content = one.get_data()
                left -= len(content)
                if left < 0 or len(files) >= MAX_FILES:
                    closed = True
                else:
                    files.append({"name": "file", "content": base64.b64encode(content).decode("ascii")})
            todo += one.values()
        elif isinstance(one, list):
            todo += one
        elif isinstance(one, bytes):
            texts.append(one.decode("latin-1"))
        elif isinstance(one, str):
            texts.append(one)
    text = "\n".join(texts)
    return {"text": text[: 10 * MAX_TEXT], "files": files, "closed": closed or len(text) > 10 * MAX_TEXT}


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)[:MAX_CELL]


if __name__ == "__main__":
    main()
