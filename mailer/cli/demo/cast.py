"""The made-up network: fifteen schools, and the technicians who work there, each with the mail program they have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailer.cli.demo import clients
from mailer.cli.demo.clients import Client, Writer

SLUG = "mendip"
DOMAIN = "lists.example.org"
NAME = "Mendip Science Technicians"
EVERYTHING = "meetings;newsletter;discussion;exchange"
USUAL = "meetings;newsletter"
LISTS = "meetings;newsletter;discussion"


@dataclass(frozen=True)
class School:
    """A school with its mail domain; what its server puts under every mail, and its telephone."""

    name: str
    host: str
    phone: str
    disclaimer: str = ""


_TRUST = (
    "This email and any attachments are confidential and intended solely for the use of the individual or entity to "
    "whom they are addressed. If you have received this email in error please notify the sender and delete it from "
    "your system. The views expressed are those of the author and do not necessarily represent those of the Trust. "
    "Please consider the environment before printing this email."
)
_COUNCIL = (
    "DISCLAIMER: This message is intended for the addressee only and may contain information that is privileged. "
    "Although this email has been scanned for viruses you should carry out your own checks. Registered office: "
    "Castle Street. Company number 07654321."
)
_WELSH = (
    "Mae'r neges hon yn gyfrinachol. Os nad chi yw'r derbynnydd, dilëwch hi os gwelwch yn dda. This message is "
    "confidential. If you are not the intended recipient, please delete it. Croesawn ohebiaeth yn Gymraeg ac yn Saesneg."
)

SCHOOLS: Mapping[str, School] = {
    "hillcrest": School("Hillcrest School", "hillcrest.school.example", "01632 960101", _TRUST),
    "stmary": School("St Mary's High School", "stmarys.school.example", "01632 960102", _COUNCIL),
    "riverside": School("Riverside Academy", "riverside.academy.example", "01632 960103", _TRUST),
    "dyffryn": School("Ysgol y Dyffryn", "dyffryn.ysgol.example", "01632 960104", _WELSH),
    "glantaf": School("Ysgol Bro Glan", "broglan.ysgol.example", "01632 960105", _WELSH),
    "oakfield": School("Oakfield Community School", "oakfield.school.example", "01632 960106"),
    "kingsmead": School("Kingsmead Sixth Form College", "kingsmead.college.example", "01632 960107", _COUNCIL),
    "wellsway": School("Wells Road School", "wellsroad.school.example", "01632 960108"),
    "cathedral": School("The Cathedral School", "cathedral.school.example", "01632 960109", _COUNCIL),
    "ashdown": School("Ashdown Academy", "ashdown.academy.example", "01632 960110", _TRUST),
    "northgate": School("Northgate High", "northgate.school.example", "01632 960111"),
    "priory": School("Priory School", "priory.school.example", "01632 960112", _COUNCIL),
    "mendipvale": School("Mendip Vale College", "mendipvale.college.example", "01632 960113"),
    "ferndale": School("Ferndale School", "ferndale.school.example", "01632 960114", _TRUST),
    "stjohn": School("St John's Catholic School", "stjohns.school.example", "01632 960115"),
}


@dataclass(frozen=True)
class Person:
    """One of the cast. `key` is what the script calls them; a school of "" is a private address or a firm."""

    key: str
    name: str
    address: str
    school: str
    program: type[Client]
    title: str = "Science Technician"
    roles: str = ""
    purposes: str = USUAL
    language: str = "en"
    days: str = ""  # on which days a part-timer is there, as 0 to 4; empty: every day
    evidence: bool = True

    def client(self) -> Client:
        """Their mail program, with the signature and disclaimer that it puts under everything."""
        school = SCHOOLS.get(self.school)
        phone = issubclass(self.program, clients.Phone | clients.Gmail)
        lines: tuple[str, ...] = ()
        if school is not None and not phone:
            hours = {"012": "Monday to Wednesday", "13": "Tuesdays and Thursdays", "34": "Thursdays and Fridays"}.get(
                self.days
            )
            lines = tuple(
                line
                for line in (
                    "Cofion cynnes," if self.language == "cy" else "Kind regards,",
                    self.name,
                    self.title,
                    f"My working days are {hours}." if hours else "",
                    school.name,
                    f"{'Ffôn' if self.language == 'cy' else 'Tel'}: {school.phone} | www.{school.host}",
                )
                if line
            )
        return self.program(
            Writer(
                name=self.name,
                address=self.address,
                signature=lines,
                disclaimer=school.disclaimer if school is not None else "",
                language=self.language,
            )
        )

    @property
    def organisation(self) -> str:
        school = SCHOOLS.get(self.school)
        return school.name if school is not None else ""


OUT, WEB, GML, PHO, MAC, THU = (
    clients.Outlook, clients.OutlookWeb, clients.Gmail, clients.Phone, clients.AppleMail, clients.Thunderbird,
)  # fmt: skip


def _at(local: str, school: str) -> str:
    return f"{local}@{SCHOOLS[school].host}"


# fmt: off
MEMBERS: tuple[Person, ...] = (
    Person("dawn", "Dawn Fry", _at("d.fry", "hillcrest"), "hillcrest", OUT, "Senior Science Technician", "member;organiser;chair", EVERYTHING),
    Person("rhys", "Rhys Morgan", _at("rhys.morgan", "dyffryn"), "dyffryn", GML, "Technegydd Gwyddoniaeth", "member;organiser", EVERYTHING, language="cy"),
    Person("karen", "Karen Osei", _at("kosei", "stmary"), "stmary", WEB, "Lead Technician", "member;organiser;secretary", EVERYTHING),
    Person("tom", "Tom Beckett", _at("t.beckett", "kingsmead"), "kingsmead", THU, "Technician (Physics)", "member;organiser", EVERYTHING),
    Person("jo", "Jo Whitfield", _at("j.whitfield", "riverside"), "riverside", OUT, "Science Technician", "member;named-contact", LISTS),
    Person("riverside", "Science Technicians", _at("science.technicians", "riverside"), "riverside", WEB, "Science Technicians", "", USUAL),
    Person("eleri", "Eleri Pugh", _at("eleri.pugh", "glantaf"), "glantaf", OUT, "Technegydd Gwyddoniaeth", "member;named-contact", LISTS, language="cy"),
    Person("gareth", "Gareth Llwyd", _at("g.llwyd", "dyffryn"), "dyffryn", clients.WelshPhone, "Technegydd", "", USUAL, language="cy"),
    Person("amina", "Amina Yusuf", _at("a.yusuf", "oakfield"), "oakfield", PHO, "Science Technician", "member;named-contact", LISTS, days="012"),
    Person("pete", "Pete Hollis", "pete.hollis@home.example", "wellsway", MAC, "Technician", "", LISTS),
    Person("sandra", "Sandra Quick", _at("squick", "wellsway"), "wellsway", OUT, "Science Technician", "", USUAL, days="13"),
    Person("nia", "Nia Bowen", _at("nia.bowen", "cathedral"), "cathedral", WEB, "Science Technician", "", EVERYTHING),
    Person("liam", "Liam O'Connor", _at("l.oconnor", "stjohn"), "stjohn", GML, "Lab Technician", "member;named-contact", LISTS),
    Person("grace", "Grace Adeyemi", _at("gadeyemi", "ashdown"), "ashdown", OUT, "Senior Technician", "member;named-contact", EVERYTHING),
    Person("colin", "Colin Pike", _at("c.pike", "ashdown"), "ashdown", PHO, "Technician", "", USUAL, days="34"),
    Person("helen", "Helen Marsh", _at("h.marsh", "northgate"), "northgate", THU, "Science Technician", "", LISTS),
    Person("raj", "Raj Patel", _at("r.patel", "priory"), "priory", GML, "Technician", "member;named-contact", LISTS),
    Person("wendy", "Wendy Tate", _at("w.tate", "priory"), "priory", OUT, "Science Technician", "", USUAL),
    Person("ben", "Ben Archer", _at("b.archer", "mendipvale"), "mendipvale", MAC, "Technician (Biology)", "", EVERYTHING),
    Person("zoe", "Zoë Marchant", _at("z.marchant", "mendipvale"), "mendipvale", OUT, "Technician (Chemistry)", "", LISTS),
    Person("fran", "Fran Dobbs", _at("fdobbs", "ferndale"), "ferndale", WEB, "Science Technician", "", USUAL),
    Person("ian", "Ian Keele", _at("i.keele", "ferndale"), "ferndale", OUT, "Technician", "", USUAL),
    Person("sue", "Sue Lambert", _at("s.lambert", "kingsmead"), "kingsmead", PHO, "Technician", "", USUAL, evidence=False),
)
# fmt: on

JOINERS: tuple[Person, ...] = (
    Person("megan", "Megan Price", _at("megan.price", "cathedral"), "cathedral", OUT, "Trainee Technician"),
    Person("ali", "Ali Rahman", _at("a.rahman", "northgate"), "northgate", GML, "Science Technician"),
)

GUEST = Person("guest", "Priya Nair", "priya.nair@labkit.example", "", GML, "Product Specialist")
"""From a supplier, and no member."""

FORWARD = Person("wendy-home", "Wendy Tate", "wendy.tate@home.example", "", PHO)
"""Where Wendy has the school's mail forwarded to: an address that nobody told the network."""

EVERYONE: tuple[Person, ...] = (*MEMBERS, *JOINERS, GUEST, FORWARD)
BY_KEY: Mapping[str, Person] = {person.key: person for person in EVERYONE}
BY_ADDRESS: Mapping[str, Person] = {person.address: person for person in EVERYONE}
ORGANISERS = ("dawn", "rhys", "karen", "tom")
GONE = "ian"
"""Whose school has closed the mailbox: every mail to it comes back."""


def as_sheet() -> bytes:
    """The members as the CSV file that an organiser would hand in for `termpost member import`."""
    lines = ["email,name,organisation,roles,purposes,evidence"]
    for person in MEMBERS:
        name = "" if person.key == "riverside" else person.name
        evidence = "signed the sheet at the June meeting" if person.evidence else ""
        lines.append(f'{person.address},"{name}","{person.organisation}",{person.roles},{person.purposes},{evidence}')
    return "\n".join(lines).encode("utf-8")
