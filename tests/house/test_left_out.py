"""What a run may leave out, and that it says so (tests/conftest.py)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import ROOT

LEAVES_OUT = """
import pytest

@pytest.mark.redis
def test_with_a_server():
    pytest.skip("Redis is not installed")

def test_without():
    pytest.skip("not on this system")
"""


def run(tmp_path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "test_some.py").write_text(LEAVES_OUT)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = redis: a server\n")
    clean = {name: value for name, value in os.environ.items() if name not in ("CI", "TEST_REQUIRE_ALL")}
    without = [part for name in ("cacheprovider", "hypothesispytest", "xdist") for part in ("-p", f"no:{name}")]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", *without, str(tmp_path)],
        cwd=tmp_path,
        env=clean | {"PYTHONPATH": str(ROOT)} | env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_run_says_what_it_left_out(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 0, done.stdout
    assert "Left out:\n  1 skipped: Redis is not installed\n  1 skipped: not on this system\n" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("2 skipped")


@pytest.mark.parametrize("name", ["CI", "TEST_REQUIRE_ALL"])
def test_where_all_is_required_a_missing_server_is_a_failure(tmp_path: Path, name: str) -> None:
    done = run(tmp_path, **{name: "true"})
    assert done.returncode == 1
    assert "may not be left out here: Skipped: Redis is not installed" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("1 failed, 1 skipped")
