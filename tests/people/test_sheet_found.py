"""Lists as they were found: without headings, out of other programs, with remarks; nobody who left there comes along (DP-5, DP-8)."""

from __future__ import annotations

import base64

import pytest

from mailer.errors import Refused
from mailer.people import sheet
from tests.people.books import xlsx

JANE = ("a@x.example", "Jane Doe", "Hill School")
ANN = ("b@x.example", "Ann Lee", "Mill Academy")
OUTLOOK = b"""Name,E-mail Address,E-mail Type,E-mail Display Name,E-mail 2 Address,Company
Jane Doe,a@x.example,SMTP,Jane Doe (a@x.example),home@y.example,Hill School
Ann Lee,,,,b@x.example,Mill Academy
"""
GOOGLE = b"""Name Prefix,First Name,Last Name,Organization Name,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value
Ms,Jane,Doe,Hill School,Work,a@x.example ::: old@x.example,Home,home@y.example
,Ann,Lee,Mill Academy,Home,,Work,b@x.example
"""
PAGE = b"<html><style>td{}</style><table><tr><th>Name<th>E-mail<th>School</tr><tr><td>Jane Doe<td><a href='mailto:a@x.example'>a@x.example</a><td>Hill&#32;School</table>"
XML = b'<?xml version="1.0"?><Workbook><Worksheet><Table><Row><Cell><Data>Name</Data></Cell><Cell><Data>Email</Data></Cell><Cell><Data>School</Data></Cell></Row><Row><Cell><Data>Jane Doe</Data></Cell><Cell><Data>a@x.example</Data></Cell><Cell><Data>Hill School</Data></Cell></Row></Table></Worksheet></Workbook>'
LDIF = b"dn: cn=Jane Doe,mail=a@x.example\nobjectclass: person\ncn:: SmFuZSBEb2U=\nmail: a@x.example\no: Hill\n  School\n\ndn: cn=Ann Lee,mail=b@x.example\ncn: Ann Lee\nmail: b@x.example\no: Mill Academy\n"
CARDS = b"BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:All of us\nEND:VCARD\nBEGIN:VCARD\nVERSION:2.1\nFN;ENCODING=BASE64:SmFuZSBEb2U=\nORG:\"Hill School\";Lab\nEMAIL;INTERNET:a@x.example\nEND:VCARD\n"
TITLED = xlsx({"S": [["Questions to boss@y.example"], [], ["Surname", "First name", "School", "E-mail", "Role"], ["Doe", "Jane", "Hill School", "a@x.example", "Technician"]]})

FOUND: list[tuple[str, bytes, list[tuple[str, str, str]]]] = [
    ("name, address, school", b'"Doe, Jane",a@x.example,Hill School\n"Lee, Ann",b@x.example,Mill Academy\n', [("a@x.example", "Doe, Jane", "Hill School"), ("b@x.example", "Lee, Ann", "Mill Academy")]),
    ("address, school, name", b"a@x.example,Hill School,Jane Doe\nb@x.example,Mill Academy,Ann Lee\n", [JANE, ANN]),
    ("school, name, address", b"Hill School;Jane Doe;a@x.example\nMill Academy;Ann Lee;b@x.example\n", [JANE, ANN]),
    ("a school that is not called one", b"Jane Doe,Hillside,a@x.example\nAnn Lee,Priory,b@x.example\n", [("a@x.example", "Jane Doe", "Hillside"), ("b@x.example", "Ann Lee", "Priory")]),
    ("address and school, nobody's name", b"a@x.example,Hill School\nb@x.example,Mill Academy\n", [("a@x.example", "", "Hill School"), ("b@x.example", "", "Mill Academy")]),
    ("number, name, telephone, address, school", b"1,Jane Doe,01234 567890,a@x.example,Hill School\n2,Ann Lee,,b@x.example,Mill Academy\n", [JANE, ANN]),
    ("name, job, address, school", b"Jane Doe,Senior Technician,a@x.example,Hill School\nAnn Lee,Lab Manager,b@x.example,Mill Academy\n", [JANE, ANN]),
    ("first name and surname apart", b"Jane,Doe,a@x.example,Hill School\nAnn,Lee,b@x.example,Mill Academy\n", [JANE, ANN]),
    ("surname first, as the addresses say", b"Doe,Jane,jdoe@x.example\nLee,Ann,ann.lee@x.example\n", [("jdoe@x.example", "Jane Doe", ""), ("ann.lee@x.example", "Ann Lee", "")]),
    ("surname, first name, not quoted", b"Doe, Jane, a@x.example\nLee, Ann, b@x.example\n", [("a@x.example", "Jane Doe", ""), ("b@x.example", "Ann Lee", "")]),
    ("bars", b"Name|Email|School\nJane Doe|a@x.example|Hill School\n", [JANE]),
    ("a table of a wiki", b"| Name | Email | School |\n|------|:-----:|---|\n| Jane Doe | a@x.example | Hill School |\n", [JANE]),
    ("a title with commas above semicolons", b"Members, as of May, 2026\nName;Email;School\nDoe, Jane;a@x.example;Hill School\n", [("a@x.example", "Doe, Jane", "Hill School")]),
    ("each line quoted as one cell", b'"Name,Email,School"\n"Jane Doe,a@x.example,Hill School"\n', [JANE]),
    ("headings with remarks", b"Name (full),Email (work),Name of school or college\nJane Doe,a@x.example,Hill School\n", [JANE]),
    ("job titles in a column called Role", b"Name,Email,Role,School\nJane Doe,a@x.example,Chair,Hill School\nAnn Lee,b@x.example,Lab Manager,Mill Academy\n", [JANE, ANN]),
    ("a title with an address in it", TITLED, [JANE]),
    ("Outlook, the address in the second column for it", OUTLOOK, [JANE, ANN]),
    ("Google, several addresses in a cell", GOOGLE, [JANE, ANN]),
    ("Exchange", b'"DisplayName","EmailAddresses","Company"\n"Jane Doe","smtp:old@x.example;SMTP:a@x.example;X500:/o=ex/cn=j","Hill School"\n', [JANE]),
    ("a name and an address in brackets", b"Contact,School\nJane Doe (a@x.example),Hill School\nAnn Lee <b@x.example>,Mill Academy\n", [JANE, ANN]),
    ("bullets", "• Jane Doe – a@x.example\n• Ann Lee – b@x.example\n".encode(), [("a@x.example", "Jane Doe", ""), ("b@x.example", "Ann Lee", "")]),
    ("an address and a full stop", b"Email,Name,School\na@x.example.,Jane Doe,Hill School\n", [JANE]),
    ("a page that is called .xls", PAGE, [JANE]),
    ("Excel's XML of 2003", XML, [JANE]),
    ("Thunderbird", LDIF, [JANE, ANN]),
    ("a card in base64, and a group", CARDS, [JANE]),
    ("UTF-32", "Email,Name,School\na@x.example,Siân,Hill School\n".encode("utf-32"), [("a@x.example", "Siân", "Hill School")]),
]  # fmt: skip


@pytest.mark.parametrize(("content", "people"), [f[1:] for f in FOUND], ids=[f[0] for f in FOUND])
def test_who_is_in_it(content: bytes, people: list[tuple[str, str, str]]) -> None:
    rows = sheet.read(content).rows
    assert [(row.email, row.name, row.organisation) for row in rows] == people
    assert [row.problem for row in rows] == [""] * len(people)
    assert {row.roles for row in rows} == {""}, "a job is no role of ours"


NO_ADDRESS = "There is no address in this line."
WHOSE = "This address stands beside several names; we cannot tell whose it is."
BOSS = "boss@x.example"
NOT_THEIRS: list[tuple[str, str, list[tuple[str, str, str]]]] = [
    *(
        (f"{heading}, where Email is empty", f"Name,Email,{heading}\nJane Doe,,{BOSS}\nAnn Lee,b@x.example,{BOSS}\n", [("", "Jane Doe", NO_ADDRESS), ("b@x.example", "Ann Lee", "")])
        for heading in ("Head teacher email", "Parent/carer email", "Added by email", "Emailed by", "Email (line manager)", "Next of kin: email", "From email", "Home email", "email_of_head")
    ),
    ("none, and a second column", f"Name,Email,Personal email\nJane Doe,none,{BOSS}\nAnn Lee,b@x.example,\n", [("none", "Jane Doe", "“none” is not an email address."), ("b@x.example", "Ann Lee", "")]),
    ("nobody in Email", f"Name,Email,Parent email\nJane Doe,,{BOSS}\n", [("", "Jane Doe", NO_ADDRESS)]),
    ("their head in every line", f"Jane Doe,a@x.example,{BOSS}\nAnn Lee,b@x.example,{BOSS}\nBo Li,,{BOSS}\n", [("a@x.example", "Jane Doe", ""), ("b@x.example", "Ann Lee", ""), ("", "Bo Li", NO_ADDRESS)]),
    ("nobody but their head", f"Jane Doe,{BOSS}\n\"Lee, Ann\",{BOSS}\n", [(BOSS, "Jane Doe", WHOSE), (BOSS, "Lee, Ann", WHOSE)]),
    ("the same person twice", 'Jane Doe,a@x.example\n"Doe, Jane",a@x.example\n', [("a@x.example", "Jane Doe", ""), ("a@x.example", "Doe, Jane", "Line 1 has this address already.")]),
    ("a town behind the school", "hill@hill.example,Hill School,London\nmill@mill.example,Mill School,Bath\n", [("hill@hill.example", "", ""), ("mill@mill.example", "", "")]),
    ("a town before the address", "Bath,jane@x.example\nWells,ann@x.example\nMilton Keynes,bo@x.example\n", [("jane@x.example", "", ""), ("ann@x.example", "", ""), ("bo@x.example", "", "")]),
    ("a school before its address", "Hill,hill@hill.example\nMill,mill@mill.example\n", [("hill@hill.example", "", ""), ("mill@mill.example", "", "")]),
    ("a first name that the address has", "Jane,jane.doe@x.example\nAnn,ann@x.example\n", [("jane.doe@x.example", "Jane", ""), ("ann@x.example", "Ann", "")]),
]  # fmt: skip


@pytest.mark.parametrize(("content", "rows"), [row[1:] for row in NOT_THEIRS], ids=[row[0] for row in NOT_THEIRS])
def test_nobody_else_is_taken_for_the_person(content: str, rows: list[tuple[str, str, str]]) -> None:
    """CMD-6: what goes to another mailbox, or in another name, is worse than a line that is refused."""
    assert [(row.email, row.name, row.problem) for row in sheet.read(content.encode()).rows] == rows


@pytest.mark.parametrize("heading", ["Line manager email", "Parent/carer email", "Invited by (email)"])
def test_a_list_of_nothing_but_others_addresses_is_refused(heading: str) -> None:
    with pytest.raises(Refused, match="No column of this file is called email"):
        sheet.read(f"Name,{heading},School\nJane Doe,{BOSS},Hill School\n".encode())


def test_the_other_address_of_a_person_is_told() -> None:
    [jane, ann] = sheet.read(b"Name,Email,Home email\nJane Doe,a@x.example,home@y.example\nAnn Lee,b@x.example,\n").rows
    assert (jane.email, jane.others, ann.others) == ("a@x.example", ("home@y.example",), ())


OUT = [
    ("a status in words", b"Email,Status\na@x.example,Unsubscribed (by user)\n", ["a"]),
    ("a status in words, retired", b"Email,Member status\na@x.example,Retired 2024\nb@x.example,Current\n", ["a"]),
    ("a second column that says so", b"Email,Date left,Unsubscribed\na@x.example,,Y\nb@x.example,July,\nc@x.example,,\n", ["a", "b"]),
    ("a remark", b"Email,Notes\na@x.example,has left - do not email\nb@x.example,left-handed bench\n", ["a"]),
    ("a remark behind the name", b"a@x.example  Jane Doe (No mail)\nb@x.example  Ann Lee\n", ["a"]),
    ("Mailchimp, those who left", b'"Email Address",UNSUB_TIME,UNSUB_REASON\na@x.example,2020-01-01,\n', ["a"]),
    ("Mailchimp, those whose mail came back", b"Email Address,CLEAN_TIME\na@x.example,2020-01-01\n", ["a"]),
    ("Mailman as CSV", b"address,display_name,role,delivery_status\na@x.example,,nonmember,\nb@x.example,,owner,enabled\nc@x.example,,member,by_bounces\n", ["a", "c"]),
    ("Google group", b"Email address,Group status,Email status\na@x.example,banned,\nb@x.example,member,bouncing\nc@x.example,member,\n", ["a", "b"]),
    ("a later line of the same person", b"Email,Status\na@x.example,subscribed\nb@x.example,subscribed\nA@x.example,unsubscribed\n", ["a", "A"]),
    *((f"a note: {note}", f"Email,Notes\na@x.example,{note}\nb@x.example,Has a new lab\n".encode(), ["a"]) for note in ("no longer wants emails", "doesn't want mail", "asked to be taken off the list", "please remove", "Please remove her.", "no more emails", "has asked not to be contacted", "not interested", "ddim eisiau e-byst", "wedi ymddeol", "don't send any mail", "objects to emails")),
    *((f"a note: {note}", f"Email,Notes\na@x.example,{note}\n".encode(), []) for note in ("has taken off Fridays", "please remove the old fume cupboard", "not at work on Mondays", "no newsletter")),
    ("a no in more words", b"Email,Happy to be contacted\na@x.example,No thanks\nb@x.example,Yes please\n", ["a"]),
    ("a job is no status", b"Email,Role\na@x.example,Retired teacher\nb@x.example,Cleaner\n", []),
]  # fmt: skip


@pytest.mark.parametrize(("content", "out"), [o[1:] for o in OUT], ids=[o[0] for o in OUT])
def test_who_gets_no_mail_there_stays_out(content: bytes, out: list[str]) -> None:
    assert [row.email.partition("@")[0] for row in sheet.read(content).rows if row.left] == out


def test_a_column_of_job_titles_is_named_and_one_of_ours_is_read() -> None:
    read = sheet.read(b"Email,Role\na@x.example,Organiser\nb@x.example,Lab Manager\n")
    assert ([row.roles for row in read.rows], read.ignored) == (["", ""], ("Role (“Lab Manager” is none of our roles)",))
    read = sheet.read(b"Email,Role\na@x.example,Organiser\nb@x.example,member; secretary\n")
    assert ([row.roles for row in read.rows], read.ignored) == (["Organiser", "member; secretary"], ())


def test_further_addresses_of_a_person_are_told() -> None:
    [jane, _] = sheet.read(GOOGLE).rows
    assert jane.others == ("old@x.example", "home@y.example")
    assert jane.note == "Only the first address of this line is taken, not old@x.example, home@y.example."


def test_a_photo_in_base64_is_passed_over() -> None:
    card = b"BEGIN:VCARD\nVERSION:3.0\nFN:Jane Doe\nPHOTO;ENCODING=b:" + base64.b64encode(bytes(3000)) + b"\nEMAIL:a@x.example\nEND:VCARD\n"
    assert [row.email for row in sheet.read(card).rows] == ["a@x.example"]


OPEN: list[tuple[str, str, int]] = [
    ("to the end of the file", 'email,name\nann@q.example,Ann\nben@q.example,"Ben\ncat@q.example,Cat\ndan@q.example,Dan\n', 3),
    ("to the end of the last line", 'email,name\nann@q.example,"Ann', 2),
    ("up to the next one", 'email,name,Opted out\nann@q.example,"Ann Lee,\nben@q.example,Ben,yes\ncat@q.example,"Cat",\n', 2),
    ("from before the address", 'name;email\n"Ann;ann@q.example\n"Ben";ben@q.example\n', 2),
    ("by an old Macintosh", 'email\tname\rann@q.example\t"Ann\rben@q.example\tBen\rcat@q.example\t"Cat"\r', 2),
    ("without headings", '"Lee, Ann <ann@q.example>\nben@q.example\n"Doe, Jo" <jo@q.example>\n', 1),
]


@pytest.mark.parametrize(("content", "line"), [one[1:] for one in OPEN], ids=[one[0] for one in OPEN])
def test_an_open_quotation_mark_takes_nobody_with_it(content: str, line: int) -> None:
    """RFC 4180 2.6: whoever stands in the cell of another is not read, not stopped and not named."""
    with pytest.raises(Refused, match=f"In line {line} a quotation mark is left open"):
        sheet.read(content.encode())


def test_a_cell_of_several_lines_is_none() -> None:
    note = "Rang, left a message\nask her\nher head is boss@x.example"
    read = sheet.read(f'Name,Email,Diary\n"Jane\nDoe","a@x.example,\nb@x.example","{note}"\n"Ann ""Bunny"" Lee",c@x.example,19" rack\n'.encode())
    assert [(row.email, row.name) for row in read.rows] == [("a@x.example", "Jane Doe"), ("c@x.example", 'Ann "Bunny" Lee')]


BUT_MEETINGS = ("newsletter", "discussion", "exchange", "directory")
# heading, cell -> what they do not want
NOT_WANTED = [
    *((heading, "No", ("newsletter",)) for heading in ("Newsletter", "Wants newsletter", "Newsletter?", "Would you like the newsletter? (Y/N)", "WANTS_NEWSLETTER", "wantsNewsletter", "Newsletter opt-in", "Email newsletter", "Cylchlythyr")),
    *(("Newsletter", cell, ("newsletter",)) for cell in ("N", "0", "FALSE", "false", "☐", "✗", "No thanks", "not any more", "unsubscribed")),
    *(("Newsletter", cell, ()) for cell in ("Yes", "Y", "x", "")),
    ("Meetings", "No", ("meetings",)),
    ("Meeting invitations", "No", ("meetings",)),
    ("Newsletter and meetings", "No", ("newsletter", "meetings")),
    ("Discussion list", "No", ("discussion",)),
    ("Vacancies", "No", ("exchange",)),
    ("Directory", "N", ("directory",)),
    ("Notes", "does not want the newsletter", ("newsletter",)),
    ("Notes", "no newsletter", ("newsletter",)),
    ("Notes", "wrote for the newsletter", ()),
    *(("Notes", cell, ("newsletter",)) for cell in ("Newsletter: No", "newsletter = n", "newsletter: no; meetings: yes", "Rang her. Newsletter - no", "Cylchlythyr: Dim", "dim cylchlythyr")),
    *((heading, cell, BUT_MEETINGS) for heading in ("Notes", "Newsletter") for cell in ("meetings only", "Only meetings", "wants meetings only please", "Rang her; only the meetings.", "invitations and meetings only", "dim ond cyfarfodydd", "cyfarfodydd yn unig")),
    ("Notes", "newsletter only", ("meetings", "discussion", "exchange", "directory")),
    *(("Notes", cell, ()) for cell in ("newsletter and meetings", "can come to meetings only on Fridays", "meetings and a talk only", "the only meetings host", "Newsletter: no preference", "Newsletter: yes", "Newsletter: November")),
    ("Notes", "meetings and newsletter only", ("discussion", "exchange", "directory")),
]  # fmt: skip


@pytest.mark.parametrize(("heading", "cell", "off"), NOT_WANTED, ids=[f"{one[0]}: {one[1]}" for one in NOT_WANTED])
def test_a_no_to_one_purpose_is_heard(heading: str, cell: str, off: tuple[str, ...]) -> None:
    """DP-5: agreed to is what they agreed to, whatever the evidence of the rest."""
    [row] = sheet.read(f"Email,Name,{heading}\na@x.example,Jane Doe,{cell}\n".encode()).rows
    assert (row.left, row.off) == (False, off)


def test_where_others_say_yes_silence_is_no_yes() -> None:
    read = sheet.read("Email,Newsletter,Meetings\na@x.example,✓,\nb@x.example,,No\nc@x.example,,\n".encode())
    assert [row.off for row in read.rows] == [(), ("newsletter", "meetings"), ("newsletter",)]
    assert read.ignored == ()


def test_a_yes_that_adds_nothing_is_told_and_a_number_of_meetings_is_no_wish() -> None:
    read = sheet.read(b"Email,Discussion,No. of meetings\na@x.example,Yes,0\n")
    assert ([row.off for row in read.rows], [one.partition(" (")[0] for one in read.ignored]) == ([()], ["No. of meetings", "Discussion"])


def test_an_address_for_the_newsletter_is_an_address() -> None:
    assert [row.email for row in sheet.read(b"Name,Newsletter email\nJane Doe,a@x.example\n").rows] == ["a@x.example"]
