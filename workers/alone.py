"""One embedded service to a data folder, and one to an SQLite database.

Whoever starts ends every lease, as everybody before it is gone (design ruling 5), and is the one that writes (ruling 8). So
a second one is refused: on the same folder, and on the same database from another folder. The locks are the kernel's, and
end with the process however that ends.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from mailer.errors import Conflict
from mailer.settings import Settings


@contextlib.contextmanager
def only_one_with(settings: Settings) -> Iterator[None]:
    """Hold the data folder and the database, for who is about to be the service. Raises Conflict where another one is."""
    with contextlib.ExitStack() as held:
        held.enter_context(only_one(settings.data_dir))
        file = make_url(settings.database_url).database
        if settings.is_sqlite and file:
            place = Path(os.path.realpath(file))  # one file may have several names
            taken = Conflict(
                f"Termpost runs on the database {place} already, with another data folder.",
                "Stop that one first (ps aux shows it), or give this one a TERMPOST_DATABASE_URL of its own.",
            )
            held.enter_context(_locked(place.with_name(f"{place.name}.lock"), taken))
        yield


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold a data folder. Raises Conflict where another one does."""
    with _locked(
        folder / "lock",
        Conflict(f"Termpost runs on {folder} already.", "Stop it first, or give this one a TERMPOST_DATA_DIR of its own."),
    ):
        yield


@contextlib.contextmanager
def _locked(path: Path, taken: Conflict) -> Iterator[None]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            raise taken from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
