"""Lists of people as people have them: as Excel saves them, as other lists export them, as phones write cards."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.errors import Refused
from mailer.people import people, sheet, spreadsheet
from tests.people.books import xlsx

A = [(2, "a@x.example", "Jane Doe", "")]
TABLES: list[tuple[str, bytes, list[tuple[int, str, str, str]]]] = [
    ("plain", b"email,name\na@x.example,Jane Doe\n", A),
    ("byte order mark", "\ufeffemail,name\na@x.example,Siân\n".encode(), [(2, "a@x.example", "Siân", "")]),
    ("UTF-16 of Excel", "Email\tName\na@x.example\tSiân\n".encode("utf-16"), [(2, "a@x.example", "Siân", "")]),
    ("UTF-16 without its mark", "Email\tName\na@x.example\tSiân\n".encode("utf-16-le"), [(2, "a@x.example", "Siân", "")]),
    ("UTF-16 big end first", "Email\tName\na@x.example\tSiân\n".encode("utf-16-be"), [(2, "a@x.example", "Siân", "")]),
    ("cp1252", "email;name\r\na@x.example;Siân\r\n".encode("cp1252"), [(2, "a@x.example", "Siân", "")]),
    ("semicolons and roles in quotes", b'email;roles\na@x.example;"member;organiser"\n', [(2, "a@x.example", "", "")]),
    ("sep line", b"sep=;\nemail;name\na@x.example;J\n", [(2, "a@x.example", "J", "")]),
    ("any order", b"Name,E-Mail Address\nJ,a@x.example\n", [(2, "a@x.example", "J", "")]),
    ("split names", b"First name,Surname,Email\nJane,Doe,a@x.example\n", A),
    ("no headings", b"a@x.example\nb@x.example\n", [(1, "a@x.example", "", ""), (2, "b@x.example", "", "")]),
    ("spaces and blank lines", b"email , name \n\n  a@x.example , J \n\n", [(3, "a@x.example", "J", "")]),
    ("spaces that do not break, and none at all", "email,name\n\u200ba@x.example\u00a0,\u00a0Jane Doe\n".encode(), A),
    ("an address with its name", b"email\nJane Doe <a@x.example>\n", A),
    ("no address", b"email,name\n,Jane\n", [(2, "", "Jane", "There is no address in this line.")]),
    ("no address at all", b"email\njane\n", [(2, "jane", "", "“jane” is not an email address.")]),
    ("a repeat", b"email\na@x.example\nA@X.example\n", [(2, "a@x.example", "", ""), (3, "A@X.example", "", "Line 2 has this address already.")]),
    ("two people in a cell", b'email\n"Jane Doe <a@x.example>, Joe <b@x.example>"\n', [*A, (2, "b@x.example", "Joe", "")]),
    ("addresses on the lines of a cell", b'email,school\n"a@x.example\nb@x.example",Hill\n', [(3, "a@x.example", "", ""), (3, "b@x.example", "", "")]),
    ("a / b, c or d", b'email\n"a@x.example / b@x.example, c@x.example or d@x.example"\n', [(2, f"{who}@x.example", "", "") for who in "abcd"]),
    ("one person with two addresses", b'name,email\nJane Doe,a@x.example; home@x.example\n', A),
    ("half of a cell is none", b'email\n"a@x.example, jane"\n', [(2, "a@x.example, jane", "", "“a@x.example, jane” is not an email address.")]),
    ("a title above the headings", b"Mendip technicians,,\n,,\nName,School,E-mail\nJane Doe,Hill,a@x.example\n", [(4, "a@x.example", "Jane Doe", "")]),
    ("a heading that says nothing", b"Name,How to reach\nJane Doe,a@x.example\nJoe,b@x.example\n", [*A, (3, "b@x.example", "Joe", "")]),
    ("a street in Address", b"Address,Email,Name\n1 Hill Road,a@x.example,Jane Doe\n", A),
    ("Google contacts", b"First Name,Last Name,Organization Name,E-mail 1 - Label,E-mail 1 - Value\nJane,Doe,Hill,Work,a@x.example\n", A),
    ("Outlook contacts", b'"Title","First Name","Last Name","Company","E-mail Address","E-mail Display Name"\n"Ms","Jane","Doe","Hill","a@x.example","Jane Doe (a@x.example)"\n', [(2, "a@x.example", "Jane Doe", "")]),
    ("Mailman 3, members", b'"Doe, Jane" <a@x.example>\nb@x.example\n', [(1, "a@x.example", "Doe, Jane", ""), (2, "b@x.example", "", "")]),
    ("Mailman 3, page of members", b"Subscribed Addresses\na@x.example\n", [(2, "a@x.example", "", "")]),
    ("Welsh headings", "Enw,Ysgol,Cyfeiriad e-bost\nSiân Rees,Ysgol y Bryn,a@x.example\n".encode(), [(2, "a@x.example", "Siân Rees", "")]),
    ("a form that asks for the address itself", b"ID,Email,Name,Your email address,Name of school\n1,anonymous,,a@x.example,Hill\n", [(2, "a@x.example", "", "")]),
    ("names of a form", b"Timestamp,Email Address,What is your name?\n2026/01/01,a@x.example,Jane Doe\n", A),
    ("old Macintosh", b"Email,Name\ra@x.example,Jane Doe\r", A),
    ("a line out of a mail program", b'Jane Doe <a@x.example>; Joe Bloggs <b@x.example>; "Lee, Ann" <c@x.example>', [(1, "a@x.example", "Jane Doe", ""), (1, "b@x.example", "Joe Bloggs", ""), (1, "c@x.example", "Lee, Ann", "")]),
    ("a sum below", b"Surname,Forename,Email\nDoe,Jane,a@x.example\nTotal,1,\n", [*A, (3, "", "1 Total", "There is no address in this line.")]),
    ("two lines of headings", b"People,,\n,Contact,\nName,E-mail,School\nJane Doe,a@x.example,Hill\n", [(4, "a@x.example", "Jane Doe", "")]),
    ("line breaks in other cells", b'Name,Notes,Email\n"Jane\nDoe","one\ntwo",a@x.example\n', [(4, "a@x.example", "Jane Doe", "")]),
    ("lines of unlike length", b"Name,Email,School\nJane Doe,a@x.example\nJoe,b@x.example,Mill,extra,more\n", [*A, (3, "b@x.example", "Joe", "")]),
    ("a note behind the address", b"Email,Name\na@x.example (work),Jane Doe\n", A),
    ("Mailchimp", b'"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME\na@x.example,Jane,Doe,2,"2020-01-01 10:00:00"\n', A),
    ("Outlook without an address", b"Display Name,E-mail Address,E-mail Type\nJane Doe,a@x.example,SMTP\nJoe,/o=ExchangeLabs/cn=joe,EX\n", [*A, (3, "/o=ExchangeLabs/cn=joe", "Joe", "“/o=ExchangeLabs/cn=joe” is not an email address.")]),
    ("a cell that an export made safe", b"email,name\n'+a@x.example,Jane Doe\n", [(2, "+a@x.example", "Jane Doe", "")]),
]  # fmt: skip


@pytest.mark.parametrize(("content", "rows"), [t[1:] for t in TABLES], ids=[t[0] for t in TABLES])
def test_read(content: bytes, rows: list[tuple[int, str, str, str]]) -> None:
    read = sheet.read(content)
    assert [(row.line, row.email, row.name, row.problem) for row in read.rows] == rows


# heading, cell -> name as it is kept
NAMES = [
    *((heading, "Lee, Ann", "Ann Lee") for heading in ("Surname, First", "Surname, First name", "Surname, Forename", "Last, First", "Last name, First name", "Name (Surname, First)", "Technician (Surname, Forename)", "Surname First Name", "Name")),
    ("Surname, First", "Lee Ann", "Ann Lee"),
    ("Last name first", "Lee Ann", "Ann Lee"),
    ("Surname/First", "Lee/Ann", "Ann Lee"),
    ("First name and surname", "Ann Lee", "Ann Lee"),
    ("Name (first, last)", "Ann Lee", "Ann Lee"),
    ("Surname, First", "van der Lee Ann", "van der Lee Ann"),
    *((heading, "Lee", "Lee") for heading in ("Staff surname", "Your surname", "Surname / Cyfenw", "Legal surname", "Contact surname")),
    *((heading, "123456", "") for heading in ("URN", "School URN", "Last first aid course", "Maiden surname", "Head teacher (surname, first name)")),
]  # fmt: skip


@pytest.mark.parametrize(("heading", "cell", "name"), NAMES, ids=[f"{one[0]}: {one[1]}" for one in NAMES])
def test_whose_name_it_is_however_the_column_is_called(heading: str, cell: str, name: str) -> None:
    [row] = sheet.read(f'"{heading}",Email\n"{cell}",ann@x.example\n'.encode()).rows
    assert people.tidy(row.name) == name


def test_a_surname_in_a_column_of_its_own_is_heard_with_its_first_name() -> None:
    [row] = sheet.read(b"Staff forename,Staff surname,Work email\nAnn,Lee,ann@x.example\n").rows
    assert row.name == "Ann Lee"


# heading, cell -> left, and what counts as evidence
WISHES = [
    ("Unsubscribed", "Y", True, ""),
    ("Unsubscribed", "12/03/2025", True, ""),
    ("Unsubscribed", "", False, ""),
    ("Opted out?", "yes", True, ""),
    ("Opted out?", "no", False, ""),
    ("Do not contact", "x", True, ""),
    ("Left", "-", False, ""),
    ("Date left", "July 2025", True, ""),
    ("Subscribed", "FALSE", True, ""),
    ("Active", "Y", False, ""),
    ("I agree to be contacted", "No", True, ""),
    ("Consent", "N", True, ""),
    ("Marketing consent", "N", True, ""),
    ("Consent", "No", True, ""),
    ("Consent", "form of 3 May", False, "form of 3 May"),
    ("Evidence", "form of 3 May", False, "form of 3 May"),
    ("Evidence", "none", False, ""),
]


@pytest.mark.parametrize(("heading", "cell", "left", "evidence"), WISHES, ids=[f"{w[0]} {w[1]}" for w in WISHES])
def test_who_does_not_want_mail_stays_out_however_the_column_is_called(
    heading: str, cell: str, left: bool, evidence: str
) -> None:
    """A leaver is never revived, and a no is no evidence (DP-5, DP-8)."""
    read = sheet.read(f"Email,Name,{heading}\na@x.example,Jane Doe,{cell}\n".encode())
    assert [(row.left, row.evidence, row.name) for row in read.rows] == [(left, evidence, "Jane Doe")]
    assert read.ignored == ()


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


def test_the_second_address_of_a_person_is_told() -> None:
    [row] = sheet.read(b"name,email\nJane Doe,a@x.example; home@x.example\n").rows
    assert row.note == "Only the first address of this line is taken, not home@x.example."


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"email\n", "\ufeffEmail;Name\r\n;\r\n".encode(), b"name,school\nJane,Hill\n", b"[]", b'{"data": {"results": []}}', b"{", b"BEGIN:VCARD\nFN:Jane"],
)
def test_files_without_addresses_are_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        sheet.read(content)


LISTMONK_CSV = b"""uuid,email,name,attributes,status,created_at,updated_at
1-2,a@x.example,Jane Doe,"{""school"": ""Hill""}",enabled,2025-01-01,2025-01-01
1-3,b@x.example,Joe,{},blocklisted,2025-01-01,2025-01-01
1-4,c@x.example,Kim,{},disabled,2025-01-01,2025-01-01
"""
LISTMONK = {
    "data": {
        "results": [
            {"id": 1, "email": "a@x.example", "name": "Jane Doe", "attribs": {"school": "Hill"}, "status": "enabled", "lists": [{"name": "News", "subscription_status": "confirmed"}]},
            {"id": 2, "email": "b@x.example", "name": "Joe", "attribs": {}, "status": "blocklisted", "lists": []},
            {"id": 3, "email": "c@x.example", "name": "Kim", "attribs": {}, "status": "enabled", "lists": [{"name": "News", "subscription_status": "unsubscribed"}]},
        ],
        "total": 3,
    }
}  # fmt: skip


@pytest.mark.parametrize("content", [LISTMONK_CSV, json.dumps(LISTMONK).encode()], ids=["csv", "json"])
def test_listmonk_says_who_left_there(content: bytes) -> None:
    rows = sheet.read(content).rows
    assert [(row.email, row.name, row.organisation, row.left) for row in rows] == [
        ("a@x.example", "Jane Doe", "Hill", False),
        ("b@x.example", "Joe", "", True),
        ("c@x.example", "Kim", "", True),
    ]


@pytest.mark.parametrize(
    ("own", "lists", "left", "unconfirmed"),
    [
        ("enabled", ["unsubscribed", "unconfirmed"], True, False),
        ("active", ["unsubscribed"], True, False),
        ("enabled", ["unconfirmed", "confirmed", "unsubscribed"], False, False),
        ("blocklisted", ["confirmed"], True, False),
        ("enabled", ["unconfirmed", "unconfirmed"], False, True),
        ("enabled", [], False, False),
    ],
)
def test_listmonk_says_of_several_lists_who_is_to_be_written_to(
    own: str, lists: list[str], left: bool, unconfirmed: bool
) -> None:
    one = {"email": "a@x.example", "status": own, "lists": [{"subscription_status": each} for each in lists]}
    [row] = sheet.read(json.dumps([one]).encode()).rows
    assert (row.left, row.unconfirmed) == (left, unconfirmed)


@pytest.mark.parametrize(
    ("status", "left"), [("enabled", False), ("by_user", True), ("by_moderator", True), ("by_bounces", True)]
)
def test_mailman_says_whose_mail_is_switched_off(status: str, left: bool) -> None:
    one = {"email": "a@x.example", "role": "member", "delivery_status": status}
    [row] = sheet.read(json.dumps({"entries": [one]}).encode()).rows
    assert row.left is left


def test_listmonk_says_who_never_confirmed() -> None:
    one = {"email": "a@x.example", "status": "enabled", "lists": [{"subscription_status": "unconfirmed"}]}
    [row] = sheet.read(json.dumps([one]).encode()).rows
    assert (row.left, row.unconfirmed) == (False, True)


def test_mailman_members_are_read_by_their_address_not_by_its_link() -> None:
    entries = [
        {"address": "http://localhost:8001/3.1/addresses/a@x.example", "email": "a@x.example", "display_name": "Jane Doe", "role": "member"},
        {"address": "http://localhost:8001/3.1/addresses/b@x.example", "email": "b@x.example", "display_name": "", "role": "owner"},
        {"address": "http://localhost:8001/3.1/addresses/c@x.example", "email": "c@x.example", "display_name": "", "role": "nonmember"},
    ]  # fmt: skip
    rows = sheet.read(json.dumps({"start": 0, "total_size": 3, "entries": entries}).encode()).rows
    assert [(row.line, row.email, row.name, row.roles) for row in rows] == [(1, "a@x.example", "Jane Doe", ""), (2, "b@x.example", "", "")]  # fmt: skip


CARD_2 = """BEGIN:VCARD\r
VERSION:2.1\r
N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Rees;Si=E2n\r
ORG;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Ysgol y=\r
 Bryn;Gwyddoniaeth\r
EMAIL;INTERNET:home@x.example\r
EMAIL;PREF;INTERNET:sian@x.example\r
AGENT:\r
BEGIN:VCARD\r
EMAIL:agent@x.example\r
END:VCARD\r
PHOTO;ENCODING=BASE64:AAAA\r
 BBBB\r
\r
END:VCARD\r
"""
CARD_3 = "BEGIN:VCARD\nVERSION:3.0\nFN:Jane\n  Doe\nN:Doe;Jane;;;\nitem1.EMAIL;TYPE=INTERNET;TYPE=pref:a@x.example\nORG:Hill\\, Dale\\; and Wood;Lab\nEND:VCARD\n"
CARD_4 = 'BEGIN:VCARD\nVERSION:4.0\nFN:Joe Bloggs\nEMAIL;PREF=50:old@x.example\nEMAIL;TYPE="work:2";PREF=1:mailto:joe@x.example\nEND:VCARD\n'
CARD_WITHOUT = "BEGIN:VCARD\nVERSION:4.0\nFN:Nobody\nTEL:1\nEND:VCARD\n"


def test_cards_of_every_version_in_one_file() -> None:
    rows = sheet.read((CARD_2 + CARD_3 + CARD_4 + CARD_WITHOUT).encode()).rows
    assert [(row.email, row.name, row.organisation, row.problem) for row in rows] == [
        ("sian@x.example", "Siân Rees", "Ysgol y Bryn", ""),
        ("a@x.example", "Jane Doe", "Hill, Dale; and Wood", ""),
        ("joe@x.example", "Joe Bloggs", "", ""),
        ("", "Nobody", "", "There is no address in this line."),
    ]
    assert rows[0].note == "Only the first address of this line is taken, not home@x.example."
    assert rows[1].line == len(CARD_2.splitlines()) + 1


def test_a_workbook_is_read_as_its_first_sheet_with_addresses() -> None:
    people = [
        ["Members 2026"],
        [],
        ["Surname", "First name", "E-mail", "School", "Room"],
        ["Doe", "Jane", " a@x.example ", "Hill", 12],
    ]
    book = xlsx(
        {
            "Notes": [["nothing"]],
            "Secret": [["email"], ["s@x.example"]],
            "People": people,
            "Leavers": [["b@x.example"]],
        },
        hidden=["Secret"],
    )
    read = sheet.read(book)
    assert [(row.line, row.email, row.name, row.organisation) for row in read.rows] == [
        (4, "a@x.example", "Jane Doe", "Hill")
    ]
    assert read.ignored == ("Room", "the sheet Leavers")


def _bomb(part: str, content: bytes) -> bytes:
    return xlsx({"People": [["email"], ["a@x.example"]]}, **{part: content})


MAIN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
BOMBS = [
    ("not a workbook", b"PK\x03\x04 nothing"),
    ("with a password", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)),
    ("300 megabytes of blanks", _bomb("sheet1", MAIN + b"<row>" + b" " * 300_000_000)),
    ("a cell in the last corner", _bomb("sheet1", MAIN + b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>')),
    ("entities in entities", _bomb("sheet1", b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 1000 + b'">' + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a;" * 10 if not n else b"&a%d;" % (n - 1) * 10) for n in range(9)) + b"]>" + MAIN + b'<row r="1"><c r="A1" t="inlineStr"><is><t>&a8;@x.example</t></is></c></row></sheetData></worksheet>')),
]  # fmt: skip


@pytest.mark.parametrize("content", [b[1] for b in BOMBS], ids=[b[0] for b in BOMBS])
def test_a_hostile_workbook_is_refused_soon(content: bytes) -> None:
    """SAFE-4: in a process of its own, with limits."""
    began = time.monotonic()
    with pytest.raises(Refused):
        sheet.read(content)
    assert time.monotonic() - began < 25


@settings(max_examples=60)
@given(st.binary(max_size=400), st.sampled_from([b"BEGIN:VCARD\n", b"dn: cn=a\n", b"<table><tr>", b"Name|Email\n", b'"Doe, Jane",a@x.example,', b"[", b'{"email":', b"email;name\n", b""]))
def test_whatever_comes_is_read_or_refused(content: bytes, start: bytes) -> None:
    try:
        sheet.read(start + content)
    except Refused:
        return


@given(st.text(max_size=40))
def test_safe5_a_cell_of_ours_comes_back_as_it_was(text: str) -> None:
    safe = spreadsheet.cell(text)
    assert not safe.lstrip()[:1] or safe.lstrip()[0] not in "=+-@\t\r＝＋－＠|%"
    if not text.startswith("'"):
        assert spreadsheet.uncell(safe) == text
