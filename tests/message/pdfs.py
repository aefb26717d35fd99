"""PDF files for tests, written by hand (ISO 32000-1): letters as Word sets them, links, properties, a scanned page."""

from __future__ import annotations

import zlib


def pdf(*lines: str, link: str = "", author: str = "", scanned: bool = False, inside: bytes = b"") -> bytes:
    """One page with these lines, each letter by its number in a font of its own (as Word and LibreOffice write), kerned apart."""
    letters = sorted(set("".join(lines)))
    codes = {letter: f"{at:04X}" for at, letter in enumerate(letters, 1)}
    shown = "".join(
        f"1 0 0 1 40 {800 - 14 * at} Tm [{' -7 '.join(f'<{codes[letter]}>' for letter in line)}] TJ\n" for at, line in enumerate(lines)
    )
    content = "BT /F1 11 Tf\n" + shown + "ET" if lines else ""
    unicode = "".join(f"<{code}> <{ord(letter):04X}>\n" for letter, code in codes.items())
    cmap = f"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n{len(codes)} beginbfchar\n{unicode}endbfchar endcmap end end"
    picture = "/XObject << /I1 9 0 R >>" if scanned else ""
    note = f"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI ({link}) >> >>]" if link else ""
    names = "/Names << /EmbeddedFiles << /Names [(a) << /Type /Filespec /F (a) /EF << /F 10 0 R >> >>] >> >>" if inside else ""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {names} >>".encode(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> {picture} >> {note} >>".encode(),
        _stream((content + ("\n/I1 Do" if scanned else "")).encode()),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /AAAAAA+Carlito /Encoding /Identity-H /DescendantFonts [6 0 R] /ToUnicode 7 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /AAAAAA+Carlito /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 500 >>",
        _stream(cmap.encode()),
        f"<< /Author ({author}) >>".encode(),
        _stream(bytes(12), "/Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceRGB /BitsPerComponent 8"),
        _stream(inside, "/Type /EmbeddedFile"),
    ]
    out, places = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R /Info 8 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + head + table + trailer


def _stream(content: bytes, more: str = "") -> bytes:
    packed = zlib.compress(content)
    return f"<< {more} /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream"
