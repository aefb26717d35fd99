"""What deploy/ hands to IT is well-formed, hardened (OPS-3), and names only settings and commands that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mailer.cli.app import COMMANDS
from mailer.settings import load
from tests.house.source import ROOT
from tests.servers import SBIN

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]
PAGES = [path for path in sorted(DEPLOY.rglob("*")) if path.is_file()]
SETTINGS = {row.name for row in load(None, {}).table()}

HARDENED = (
    "User=termpost",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "StateDirectory=termpost",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
    "SystemCallFilter=@system-service",
    "UMask=0077",
)


@pytest.mark.parametrize(
    "path", [*PAGES, ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda p: p.name
)
def test_every_setting_named_exists(path: Path) -> None:
    named = set(re.findall(r"TERMPOST_[A-Z0-9_]*[A-Z0-9]", path.read_text(encoding="utf-8")))
    assert named <= SETTINGS


def test_the_example_settings_start() -> None:
    """env.example as it stands, and with everything in it switched on, passes every check between settings."""
    text = (DEPLOY / "env.example").read_text(encoding="utf-8")
    as_it_stands = re.findall(r"^(TERMPOST_\w+)=(.*)$", text, re.MULTILINE)
    assert load(None, dict(as_it_stands)).operator
    everything = re.findall(r"^#?(TERMPOST_\w+)=(.*)$", text, re.MULTILINE)
    assert load(None, dict(everything)).is_embedded is False


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_units_are_hardened(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert not [wanted for wanted in HARDENED if wanted not in lines]
    command = next(line for line in lines if line.startswith("ExecStart="))
    assert re.search(r"/\.venv/bin/termpost (\w+)", command)[1] in COMMANDS  # type: ignore[index]


ROLES = ("smtp", "imap", "work", "schedule", "web")  # of the hosted form (contract 3)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_a_unit_that_never_runs_beside_the_one_process(role: str) -> None:
    """Two forms at once, as after a reboot, would each take mail in, send and keep time."""
    (unit,) = [path for path in SERVICES if f"/termpost {role}\n" in path.read_text(encoding="utf-8")]
    lines = unit.read_text(encoding="utf-8").splitlines()
    assert "Conflicts=termpost.service" in lines
    assert any(line.startswith("After=") and line.endswith(" termpost.service") for line in lines)  # stopped before this starts
    assert unit.stem.rstrip("@") in (ROOT / "docs" / "it.md").read_text(encoding="utf-8").partition("## The hosted form")[2]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_units(path: Path, tmp_path: Path) -> None:
    """systemd-analyze verify, with programs that exist on this machine."""
    verify = shutil.which("systemd-analyze", path=SBIN)
    if verify is None:
        pytest.skip("systemd-analyze is not installed")
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/termpost/.venv/bin/termpost", "/bin/true")
        (tmp_path / unit.name).write_text(text)
    name = path.name.replace("@", "@1")
    if "@" in path.name:
        (tmp_path / path.name).rename(tmp_path / name)
    found = subprocess.run(
        [verify, "verify", "--man=no", "--recursive-errors=no", str(tmp_path / name)],
        capture_output=True,
        text=True,
        check=False,
    )
    wrong = [line for line in found.stderr.splitlines() if path.stem.split("@")[0] in line and "not-found" not in line]
    assert not wrong, found.stderr


def test_compose_plays_every_role() -> None:
    text = (DEPLOY / "compose.yml").read_text(encoding="utf-8")
    roles = set(re.findall(r"^    command: \[(\w+)\]$", text, re.MULTILINE))
    assert set(ROLES) <= roles <= set(COMMANDS)
    poller = text.partition("\n  imap:\n")[2].partition("\n  work:\n")[0]
    assert "profiles: [mailbox]" in poller  # most have no mailbox to ask, and it would only fail


def test_compose_starts_with_the_example_settings() -> None:
    """What it asks for stands in env.example, and whatever is switched on there holds in each container, but for what compose.yml
    sets itself, and passes every check between settings."""
    text = (DEPLOY / "compose.yml").read_text(encoding="utf-8")
    example = (DEPLOY / "env.example").read_text(encoding="utf-8")
    given = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", example, re.MULTILINE)) | {"POSTGRES_PASSWORD": "secret"}
    wanted = re.findall(r"\$\{([A-Z_]+):\?", text)
    assert {"POSTGRES_PASSWORD", "CONTAINER_RELAY_URL", "TERMPOST_PUBLIC_URL", "TERMPOST_OPERATOR"} <= set(wanted)
    assert set(wanted) <= given.keys()
    filled = re.sub(r"\$\{([A-Z_]+):\?[^}]*\}", lambda name: given[name[1]], text)
    common, _, rest = filled.partition("\nservices:\n")
    services = re.split(r"^  (?=\w+:$)", rest, flags=re.MULTILINE)[1:]
    settings = re.compile(r"^ +(TERMPOST_\w+): \"?([^\"\n]*)\"?$", re.MULTILINE)
    assert "\n  env_file: [/etc/termpost/termpost.env]\n" in common  # of every container of ours, as is what it sets itself
    assert "env_file" not in rest
    of_the_host = {name: value for name, value in given.items() if name.startswith("TERMPOST_")}
    set_here = dict(settings.findall(common))
    assert set_here.keys() <= SETTINGS
    for each in services:
        own = dict(settings.findall(each))
        made = load(None, of_the_host | set_here | own)
        assert made.imap_url  # the mailbox is the address that every role writes from
        assert (str(made.dkim_key_file), made.authserv_id) == (given["TERMPOST_DKIM_KEY_FILE"], given["TERMPOST_AUTHSERV_ID"])
        assert "127.0.0.1" not in made.relay_url  # that would be the container itself
        assert made.is_embedded is False
        for port in re.findall(r'"127\.0\.0\.1:\d+:(\d+)"', each):  # what is handed through is listened on
            assert int(port) in {door.port for door in (made.lmtp_listen, made.web_listen) if door and own}


def test_the_image_holds_what_it_runs() -> None:
    """Every folder of the wheel is copied, and nothing is installed that is not pinned."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    copied = set(re.findall(r"^COPY (\w+) \1$", text, re.MULTILINE))
    wheel = re.search(r"^packages = \[(.*)\]$", (ROOT / "pyproject.toml").read_text().partition("targets.wheel")[2], re.MULTILINE)
    assert wheel is not None
    assert copied == set(re.findall(r'"(\w+)"', wheel[1]))
    assert "--require-hashes -r requirements.txt" in text


def test_mail_servers_keep_the_tag() -> None:
    """DEPLOY-2: plus-forms reach Termpost as they are, and unknown addresses are refused by asking it."""
    postfix = (DEPLOY / "postfix" / "main.cf").read_text(encoding="utf-8")
    for line in (
        "recipient_delimiter = +",
        "transport_maps = inline:{ lists.example.org=lmtp:inet:127.0.0.1:8024 }",
        "    reject_unverified_recipient",
        "smtpd_forbid_bare_newline = normalize",
    ):
        assert line in postfix.splitlines()


def test_postfix_takes_the_settings(tmp_path: Path) -> None:
    """`postconf` reads main.cf and finds no name that it does not know."""
    postconf = shutil.which("postconf", path=SBIN)
    if postconf is None:
        pytest.skip("Postfix is not installed")
    text = (DEPLOY / "postfix" / "main.cf").read_text(encoding="utf-8")
    (tmp_path / "main.cf").write_text("compatibility_level = 3.6\n" + text)
    (tmp_path / "master.cf").write_text("lmtp unix - - n - - lmtp\n")
    for folder in (tmp_path, *tmp_path.parents[:1]):
        folder.chmod(0o755)
    found = subprocess.run([postconf, "-c", str(tmp_path), "-n"], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert "unused parameter" not in found.stderr, found.stderr
