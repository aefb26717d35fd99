"""What every mail program is given, and what it gives back."""

from __future__ import annotations

import hashlib
import html
import itertools
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime

from mailer.cli.demo.clients import mime


@dataclass(frozen=True)
class Writer:
    """Whose account it is: the name and address in From, and what stands under every mail."""

    name: str
    address: str
    signature: tuple[str, ...] = ()
    disclaimer: str = ""  # what the school's server puts at the very end
    language: str = "en"


@dataclass(frozen=True)
class Picture:
    """A picture put into a mail."""

    name: str
    content: bytes
    type: str = "image/png"


@dataclass(frozen=True)
class Original:
    """A mail as the program shows it that answers it: what is quoted, and whom it answers."""

    from_name: str
    from_address: str
    to: str
    answer_to: str  # the Reply-To, else the From, as it is written into To
    subject: str
    sent: datetime
    message_id: str
    references: tuple[str, ...]
    text: str
    markup: str  # what stands between <body> and </body>


def original(raw: bytes) -> Original:
    """Read a mail of ours. Raises what the standard library raises for a mail without From or Date."""
    mail = message_from_bytes(raw, policy=policy.default)
    sender = mail["From"].addresses[0]
    answer = (mail["Reply-To"] or mail["From"]).addresses[0]
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    text = plain.get_content() if plain is not None else ""
    markup = rich.get_content() if rich is not None else f"<pre>{html.escape(text)}</pre>"
    inner = re.search(r"<body[^>]*>(.*)</body>", markup, re.DOTALL | re.IGNORECASE)
    return Original(
        from_name=sender.display_name,
        from_address=sender.addr_spec,
        to=str(mail["To"] or ""),
        answer_to=mime.mailbox(answer.display_name or sender.display_name, answer.addr_spec),
        subject=str(mail["Subject"] or ""),
        sent=parsedate_to_datetime(str(mail["Date"])),
        message_id=str(mail["Message-ID"] or "").strip(),
        references=tuple(str(mail["References"] or mail["In-Reply-To"] or "").split()),
        text=text.replace("\r\n", "\n").strip("\n"),
        markup=inner[1] if inner else markup,
    )


@dataclass(frozen=True)
class Draft:
    """What its writer gives a mail program: a new mail, or an answer to one. `markup` is empty where there is text alone."""

    to: str
    subject: str
    text: str
    at: datetime
    markup: str = ""
    pictures: tuple[Picture, ...] = ()
    answered: Original | None = None

    def threading(self) -> list[str]:
        """The fields of an answer that point to what it answers (RFC 5322 3.6.4); none in a new mail."""
        if self.answered is None:
            return []
        return [
            mime.field("References", references(self.answered)),
            mime.field("In-Reply-To", self.answered.message_id),
        ]


@dataclass
class Client(ABC):
    """One mail program with one account. `at` is the local time that its writer sees, and is written into Date."""

    writer: Writer
    _count: itertools.count[int] = field(default_factory=itertools.count, repr=False)

    def compose(
        self,
        to: str,
        subject: str,
        text: str,
        *,
        at: datetime,
        markup: str = "",
        pictures: Sequence[Picture] = (),
    ) -> bytes:
        """A new mail. `markup` is the same text as HTML where the program writes HTML; else it makes its own."""
        return self._write(Draft(to, subject, text, at, markup, tuple(pictures)))

    def reply(self, to_mail: bytes, text: str, *, at: datetime, to: str = "") -> bytes:
        """An answer to a mail, quoted as this program quotes. `to` is where it goes if not where the mail asks for."""
        answered = original(to_mail)
        subject = re_subject(answered.subject, self._answers_with())
        return self._write(Draft(to or answered.answer_to, subject, text, at, answered=answered))

    @abstractmethod
    def _write(self, draft: Draft) -> bytes:
        """The bytes that this program makes of it."""

    def _answers_with(self) -> str:
        """What it writes before the subject of an answer."""
        return "Re"

    def _fresh(self, at: datetime, length: int = 32) -> str:
        """Hexadecimal digits that this account has not used before."""
        seed = f"{type(self).__name__} {self.writer.address} {at.isoformat()} {next(self._count)}"
        return hashlib.sha256(seed.encode()).hexdigest()[:length]

    @property
    def _host(self) -> str:
        return self.writer.address.rpartition("@")[2]


def re_subject(subject: str, prefix: str = "Re") -> str:
    """`Re: ...`, once."""
    return subject if re.match(rf"(?:re|atb|{prefix})\s*:", subject, re.IGNORECASE) else f"{prefix}: {subject}"


def references(answered: Original) -> str:
    """RFC 5322 3.6.4: those of the mail that is answered, and its own id."""
    return " ".join([*answered.references, answered.message_id])


def quoted(text: str, mark: str = "> ") -> str:
    """Every line behind `> `; behind `>` alone where it is quoted already."""
    return "\n".join((">" + line if line.startswith(">") else f"{mark}{line}").rstrip() for line in text.split("\n"))


def uuid(digits: str) -> str:
    """32 digits in the form 8-4-4-4-12."""
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FULL_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WELSH_MONTHS = (
    "Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin",
    "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr",
)  # fmt: skip
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def date_field(at: datetime) -> str:
    """RFC 5322 3.3, always in English."""
    return f"{DAYS[at.weekday()]}, {at.day} {MONTHS[at.month - 1]} {at.year} {at:%H:%M:%S %z}"
