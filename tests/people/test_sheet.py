"""Lists of people as Excel saves them."""

from __future__ import annotations

import pytest

from mailer.errors import Refused
from mailer.people import sheet

TABLES: list[tuple[str, bytes, list[tuple[int, str, str, str]]]] = [
    ("plain", b"email,name\na@x.example,Jane Doe\n", [(2, "a@x.example", "Jane Doe", "")]),
    ("byte order mark", "\ufeffemail,name\na@x.example,Siân\n".encode(), [(2, "a@x.example", "Siân", "")]),
    ("UTF-16 of Excel", "Email\tName\na@x.example\tSiân\n".encode("utf-16"), [(2, "a@x.example", "Siân", "")]),
    ("cp1252", "email;name\r\na@x.example;Siân\r\n".encode("cp1252"), [(2, "a@x.example", "Siân", "")]),
    ("semicolons and roles in quotes", b'email;roles\na@x.example;"member;organiser"\n', [(2, "a@x.example", "", "")]),
    ("sep line", b"sep=;\nemail;name\na@x.example;J\n", [(2, "a@x.example", "J", "")]),
    ("any order", b"Name,E-Mail Address\nJ,a@x.example\n", [(2, "a@x.example", "J", "")]),
    ("split names", b"First name,Surname,Email\nJane,Doe,a@x.example\n", [(2, "a@x.example", "Jane Doe", "")]),
    ("no headings", b"a@x.example\nb@x.example\n", [(1, "a@x.example", "", ""), (2, "b@x.example", "", "")]),
    ("spaces and blank lines", b"email , name \n\n  a@x.example , J \n\n", [(3, "a@x.example", "J", "")]),
    ("an address with its name", b'email\nJane Doe <a@x.example>\n', [(2, "a@x.example", "Jane Doe", "")]),
    ("no address", b"email,name\n,Jane\n", [(2, "", "Jane", "There is no address in this line.")]),
    ("two addresses", b'email\n"a@x.example, b@x.example"\n', [(2, "a@x.example, b@x.example", "", "There is more than one address in this line.")]),
    ("no address at all", b"email\njane\n", [(2, "jane", "", "“jane” is not an email address.")]),
    ("a repeat", b"email\na@x.example\nA@X.example\n", [(2, "a@x.example", "", ""), (3, "A@X.example", "", "Line 2 has this address already.")]),
]  # fmt: skip


@pytest.mark.parametrize(("content", "rows"), [t[1:] for t in TABLES], ids=[t[0] for t in TABLES])
def test_read(content: bytes, rows: list[tuple[int, str, str, str]]) -> None:
    read = sheet.read(content)
    assert [(row.line, row.email, row.name, row.problem) for row in read.rows] == rows


def test_strange_columns_are_named_and_other_ones_read() -> None:
    read = sheet.read(
        b"Email,Shoe size,School,Roles,Purposes,Evidence\na@x.example,9,Hill School,member,meetings,form of 3 May\n"
    )
    assert read.ignored == ("Shoe size",)
    [row] = read.rows
    assert (row.organisation, row.roles, row.purposes, row.evidence) == (
        "Hill School",
        "member",
        "meetings",
        "form of 3 May",
    )


@pytest.mark.parametrize("content", [b"", b"\n\n", b"name,school\nJane,Hill\n"])
def test_files_without_addresses_are_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        sheet.read(content)
