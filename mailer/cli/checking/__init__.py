"""What `termpost check` looks at: one matter a function, in an ordered table.

IT runs it when something is wrong, so it may rest on nothing: not on the database, not on the data folder, not on the
clock. A check gets a `Place`, whose `store` is missing when the database cannot be opened, and yields findings: what is
well, or what is wrong and how to mend it. One that raises becomes a finding too, and the others go on.

  here     this machine: folder, disk, secret, clock, operator, signing key
  rows     what the database says: its revision, the ledger, networks, queues
  beyond   what stands elsewhere: relay, broker, doors, DNS
  polled   the mailbox at a provider, and what it keeps of a letter
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from mailer.errors import TermpostError
from mailer.settings import Settings
from mailer.store import Store


@dataclass(frozen=True)
class Finding:
    """What is wrong (or well), and how to mend it."""

    ok: bool
    what: str
    mend: str = ""


@dataclass(frozen=True)
class Place:
    """What the checks look at. Those that need the database are left out when `store` is missing."""

    settings: Settings
    store: Store | None = None

    @property
    def database(self) -> Store:
        assert self.store is not None
        return self.store


Check = Callable[[Place], Iterator[Finding]]


def look(check: Check, place: Place) -> Iterable[Finding]:
    """What the check finds; whatever stops it is a finding as well."""
    found: list[Finding] = []
    try:
        found.extend(check(place))
    except TermpostError as error:
        found.append(Finding(False, error.message, error.hint or "mend that, then run termpost check again"))
    except SQLAlchemyError as error:
        name = (check.__doc__ or check.__name__).partition(".")[0]
        what = f"not looked at, as the database failed: {name}: {said(error)}"
        found.append(Finding(False, what, "see the lines on the database"))
    except OSError as error:
        what = f"{error.filename or 'the system'}: {error.strerror or error}"
        found.append(Finding(False, what, "check its rights and its disk"))
    return found


def said(error: BaseException) -> str:
    """The first line of what a library said, without the address and the password of the database."""
    inner = getattr(error, "orig", None) or error
    return str(inner).strip().partition("\n")[0] or type(inner).__name__
