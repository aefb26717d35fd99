"""Who starts as the service is the only one on its data folder and on its database (contract 3, rulings 5 and 8)."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mailer.errors import Conflict
from mailer.settings import Settings
from workers.alone import only_one_with


def of(folder: Path, database: Path) -> Settings:
    return Settings(data_dir=folder, database_url=f"sqlite:///{database}")


@pytest.mark.parametrize("name", ["termpost.db", "linked.db", "sub/../termpost.db"])
def test_a_second_service_on_the_same_database_is_refused_wherever_its_data_folder_is(tmp_path: Path, name: str) -> None:
    """Its start would end the leases of the first, and what that is sending would be uncertain (V6)."""
    (tmp_path / "sub").mkdir()
    database = tmp_path / "termpost.db"
    (tmp_path / "linked.db").symlink_to(database)
    with only_one_with(of(tmp_path / "one", database)):
        with pytest.raises(Conflict) as refused, only_one_with(of(tmp_path / "two", tmp_path / name)):
            pass
        assert f"Termpost runs on the database {database} already" in str(refused.value)
        assert "TERMPOST_DATABASE_URL" in str(refused.value)
        with only_one_with(of(tmp_path / "two", tmp_path / "other.db")):
            pass
    with only_one_with(of(tmp_path / "two", tmp_path / name)):
        pass


def test_a_second_service_on_the_same_data_folder_is_refused_whatever_its_database_is(tmp_path: Path) -> None:
    with (
        only_one_with(of(tmp_path, tmp_path / "termpost.db")),
        pytest.raises(Conflict, match=f"runs on {tmp_path} already") as refused,
        only_one_with(of(tmp_path, tmp_path / "other.db")),
    ):
        pass
    assert "TERMPOST_DATA_DIR" in str(refused.value)


HOLD = """
import sys
from pathlib import Path
from mailer.settings import Settings
from workers.alone import only_one_with
with only_one_with(Settings(data_dir=Path(sys.argv[1]), database_url="sqlite:///" + sys.argv[2])):
    print("held", flush=True)
    sys.stdin.read()  # until it is killed
"""


def test_a_service_that_was_killed_keeps_nobody_out(tmp_path: Path) -> None:
    database = tmp_path / "termpost.db"
    with subprocess.Popen([sys.executable, "-c", HOLD, tmp_path / "one", database], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "held\n"
        with pytest.raises(Conflict), only_one_with(of(tmp_path / "two", database)):
            pass
        assert (tmp_path / "termpost.db.lock").read_text() == str(killed.pid)
        killed.send_signal(signal.SIGKILL)
    with only_one_with(of(tmp_path / "two", database)):
        pass
