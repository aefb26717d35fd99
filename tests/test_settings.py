"""Settings: contract 4, OPS-1."""

from __future__ import annotations

import os
import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from mailer.errors import SettingsError
from mailer.settings import Listen, Relay, Settings, load
from mailer.settings.values import mask_url

CONTRACT = [
    "DATA_DIR",
    "DATABASE_URL",
    "BROKER_URL",
    "RELAY_URL",
    "RELAY_PASSWORD_FILE",
    "SMTP_LISTEN",
    "LMTP_LISTEN",
    "WEB_LISTEN",
    "IMAP_URL",
    "MAILBOX_NETWORK",
    "DELIVERY_HEADER",
    "PUBLIC_URL",
    "OPERATOR",
    "SECRET_FILE",
    "RATE",
    "UNDO",
    "UNCERTAIN",
    "REQUIRE_ALIGNED",
    "AUTHSERV_ID",
    "CLOCK",
    "SMTP_BARE_NEWLINE",
    "TRAY_PASSWORD_FILE",
]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def env(**values: str) -> dict[str, str]:
    return {f"TERMPOST_{name.upper()}": value for name, value in values.items()}


def refusal(**values: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(None, env(**values))
    return str(caught.value)


def test_every_setting_of_the_contract_is_there_with_one_sentence() -> None:
    table = {row.name: row for row in load(None, {}).table()}
    assert {f"TERMPOST_{name}" for name in CONTRACT} <= table.keys()
    for row in table.values():
        assert row.meaning.endswith("."), row.name
        assert len(row.meaning) > 20, row.name
        assert row.source == "default"


def test_defaults_are_those_of_the_contract() -> None:
    settings = load(None, {})
    assert settings.data_dir == Path("./var")
    assert settings.database_url == "sqlite:///var/termpost.db"
    assert settings.is_embedded
    assert settings.is_sqlite
    assert settings.relays == (Relay("tray"),)
    assert settings.smtp_listen == Listen("127.0.0.1", 8025)
    assert settings.lmtp_listen is None
    assert settings.web_listen == Listen("127.0.0.1", 8080)
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.secret_file == Path("var/secret")
    assert settings.rate is None
    assert settings.undo == timedelta(minutes=10)
    assert (settings.uncertain, settings.clock, settings.require_aligned) == ("hold", "system", frozenset())


def test_the_data_folder_moves_database_and_secret(tmp_path: Path) -> None:
    settings = load(None, env(data_dir=str(tmp_path / "data")))
    assert settings.database_url == f"sqlite:///{tmp_path}/data/termpost.db"
    assert settings.secret_file == tmp_path / "data" / "secret"


def test_environment_wins_over_file_and_the_table_says_so() -> None:
    Path("termpost.toml").write_text('undo = "90s"\nrate = 60\nrequire_aligned = ["posts"]\n')
    settings = load(None, env(undo="2h"))
    rows = {row.name: (row.value, row.source) for row in settings.table()}
    assert rows["TERMPOST_UNDO"] == ("2h", "environment")
    assert rows["TERMPOST_RATE"] == ("60", "file")
    assert rows["TERMPOST_REQUIRE_ALIGNED"] == ("posts", "file")
    assert rows["TERMPOST_WORKERS"] == ("2", "default")


def test_a_named_file_is_read_instead(tmp_path: Path) -> None:
    Path("termpost.toml").write_text("rate = 1\n")
    (tmp_path / "other.toml").write_text("rate = 2\n")
    assert load(tmp_path / "other.toml", {}).rate == 2


def test_nothing_is_read_behind_our_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATE", "5")
    monkeypatch.setenv("TERMPOST_RATE", "5")
    assert Settings().rate is None
    assert load(None, {}).rate is None


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load(None, env(rate="", undo=" ")).undo == timedelta(minutes=10)


def test_none_is_not_set_as_the_documentation_writes_it() -> None:
    """Whoever copies the table of docs/settings.md gets what it says, and no notice at a page called none."""
    table = {row.name: row.value for row in load(None, {}).table()}
    unset = {name: value for name, value in table.items() if value == "none"}
    assert {"TERMPOST_NOTICE_URL", "TERMPOST_REQUIRE_ALIGNED", "TERMPOST_IMAP_URL", "TERMPOST_RELAY_PASSWORD_FILE"} <= unset.keys()
    assert {row.name: row.value for row in load(None, unset).table()} == table


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("SMTP_LISEN", "SMTP_LISTEN"),
        ("DATADIR", "DATA_DIR"),
        ("RELAY", "RELAY_URL"),
        ("CLOK", "CLOCK"),
        ("PUBLIC_URI", "PUBLIC_URL"),
    ],
)
def test_a_misspelt_variable_stops_the_start(wrong: str, right: str) -> None:
    said = refusal(**{wrong: "x"})
    assert f"There is no setting TERMPOST_{wrong} " in said
    assert f"Did you mean TERMPOST_{right}?" in said


def test_a_misspelt_key_in_the_file_stops_the_start() -> None:
    Path("termpost.toml").write_text('public_ulr = "https://lists.example.org"\n')
    with pytest.raises(SettingsError, match=r"no setting public_ulr \(in termpost\.toml\)\. Did you mean public_url\?"):
        load(None, {})


@pytest.mark.parametrize("content", ["rate 5", "rate = 5\nrate = 6", "\x00"])
def test_a_broken_file_stops_the_start(content: str) -> None:
    Path("termpost.toml").write_text(content)
    with pytest.raises(SettingsError, match="not well-formed TOML"):
        load(None, {})


def test_a_named_file_that_is_not_there_stops_the_start() -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(Path("nowhere.toml"), {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [("10m", 600), ("90s", 90), ("2h", 7200), ("1d", 86400), ("0s", 0), ("45", 45), ("5 M", 300)],
)
def test_durations(text: str, expected: int) -> None:
    assert load(None, env(undo=text)).undo == timedelta(seconds=expected)


@pytest.mark.parametrize("text", ["10 minutes", "-1m", "1.5h", "soon", "m"])
def test_what_is_no_duration(text: str) -> None:
    assert "TERMPOST_UNDO is wrong" in refusal(undo=text)


@pytest.mark.parametrize(
    ("text", "expected"), [("25MB", 25_000_000), ("64KiB", 65536), ("100000", 100000), ("1 gb", 1_000_000_000)]
)
def test_sizes(text: str, expected: int) -> None:
    assert load(None, env(smtp_max_size=text)).smtp_max_size == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:8025", Listen("127.0.0.1", 8025)),
        ("[::1]:2525", Listen("::1", 2525)),
        ("localhost:0", Listen("localhost", 0)),
        ("/run/termpost/smtp.sock", Listen(path="/run/termpost/smtp.sock")),
        ("./smtp.sock", Listen(path="./smtp.sock")),
        ("off", None),
    ],
)
def test_doors(text: str, expected: Listen | None) -> None:
    settings = load(None, env(smtp_listen=text))
    assert settings.smtp_listen == expected
    shown = {row.name: row.value for row in settings.table()}["TERMPOST_SMTP_LISTEN"]
    assert shown == text


@pytest.mark.parametrize("text", ["8025", ":8025", "::1:25", "host:port", "host:70000", "host:"])
def test_what_is_no_door(text: str) -> None:
    assert "TERMPOST_SMTP_LISTEN is wrong" in refusal(smtp_listen=text)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("tray:", [Relay("tray")]),
        ("smtp://127.0.0.1:2525", [Relay("clear", "127.0.0.1", 2525)]),
        ("smtp://localhost", [Relay("clear", "localhost", 25)]),
        ("smtp://mx.example.org?cleartext=yes", [Relay("clear", "mx.example.org", 25)]),
        ("smtp+starttls://mx.example.org", [Relay("starttls", "mx.example.org", 587)]),
        ("smtps://u:p%40%2C@mx.example.org", [Relay("tls", "mx.example.org", 465, "u", "p@,")]),
        (
            "smtps://a.example.org, smtps://b.example.org:4650",
            [Relay("tls", "a.example.org", 465), Relay("tls", "b.example.org", 4650)],
        ),
    ],
)
def test_relays(url: str, expected: list[Relay]) -> None:
    assert list(load(None, env(relay_url=url)).relays) == expected


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("smtp://mx.example.org", id="clear-beyond-loopback"),
        pytest.param("smtp://u:hunter22@localhost", id="password-in-the-clear"),
        pytest.param("tray:,smtp://localhost", id="tray-among-others"),
        pytest.param("https://mx.example.org", id="no-relay-at-all"),
        pytest.param("smtps://mx.example.org?verify=no", id="unknown-option"),
        pytest.param("smtps://:hunter22@mx.example.org", id="password-without-user"),
        pytest.param("smtps://", id="no-host"),
        pytest.param("smtps://mx.example.org:port", id="port-in-letters"),
        pytest.param("u:hunter22@mx.example.org", id="scheme-forgotten"),
        pytest.param("hunter22@mx.example.org", id="only-an-address"),
    ],
)
def test_relays_that_are_refused_without_repeating_a_password(url: str) -> None:
    said = refusal(relay_url=url)
    assert "TERMPOST_RELAY_URL is wrong" in said
    assert "hunter22" not in said


def test_the_relay_password_comes_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hunter22\n")
    (tmp_path / "password").chmod(0o600)
    settings = load(None, env(relay_url="smtps://u@mx.example.org", relay_password_file=str(tmp_path / "password")))
    assert settings.relays == (Relay("tls", "mx.example.org", 465, "u", "hunter22"),)
    (tmp_path / "password").chmod(0o644)
    with pytest.raises(SettingsError, match="read by everybody"):
        _ = load(None, env(relay_url="smtps://u@mx.example.org", relay_password_file=str(tmp_path / "password"))).relays


@pytest.mark.parametrize(
    ("values", "word"),
    [
        pytest.param(
            {"public_url": "http://lists.example.org"}, "https://lists.example.org", id="http-beyond-loopback"
        ),
        pytest.param({"public_url": "lists.example.org"}, "https://HOST", id="url-without-scheme"),
        pytest.param(
            {"clock": "file:now", "relay_url": "smtps://mx.example.org"},
            "TERMPOST_CLOCK may be a file only",
            id="clock",
        ),
        pytest.param(
            {"clock": "file:now", "relay_url": "smtp://localhost,smtps://mx.example.org"},
            "TERMPOST_CLOCK may be a file only",
            id="clock-with-one-relay-beyond",
        ),
        pytest.param({"clock": "fake"}, "TERMPOST_CLOCK is system", id="unknown-clock"),
        pytest.param({"web_listen": "0.0.0.0:8080"}, "TERMPOST_TRAY_PASSWORD_FILE", id="open-tray"),
        pytest.param({"lmtp_listen": "127.0.0.1:25"}, "RFC 2033", id="SMTP-1-lmtp-on-25"),
        pytest.param({"imap_url": "imaps://u@mail.example.org"}, "TERMPOST_MAILBOX_NETWORK", id="mailbox-of-nobody"),
        pytest.param({"operator": "Jo in IT"}, "TERMPOST_OPERATOR", id="operator-without-address"),
        pytest.param({"operator": "Jo <jo@school.example>"}, "TERMPOST_OPERATOR", id="operator-with-a-name"),
        pytest.param({"operator": "jo@school.example, al@school.example"}, "TERMPOST_OPERATOR", id="two-operators"),
        pytest.param({"operator": "jo@@school.example"}, "TERMPOST_OPERATOR", id="operator-with-two-signs"),
        pytest.param({"operator": "jo@school..example"}, "TERMPOST_OPERATOR", id="operator-at-no-domain"),
        pytest.param({"relay_password_file": "/etc/secret"}, "TERMPOST_RELAY_PASSWORD_FILE", id="password-for-nobody"),
        pytest.param({"broker_url": "kafka://x"}, "TERMPOST_BROKER_URL", id="unknown-broker"),
        pytest.param({"database_url": "mysql://x"}, "TERMPOST_DATABASE_URL", id="unknown-database"),
        pytest.param({"uncertain": "maybe"}, "'hold' or 'resend'", id="unknown-choice"),
        pytest.param({"require_aligned": "posts,replies"}, "TERMPOST_REQUIRE_ALIGNED", id="unknown-word"),
        pytest.param({"rate": "0"}, "TERMPOST_RATE", id="rate-of-nothing"),
        pytest.param({"smtp_max_size": "10KB"}, "TERMPOST_SMTP_MAX_SIZE", id="SMTP-10-limit-too-small"),
        pytest.param({"smtp_max_recipients": "99"}, "TERMPOST_SMTP_MAX_RECIPIENTS", id="SMTP-13-too-few-recipients"),
        pytest.param({"smtp_peers": "10.0.0.0/33"}, "TERMPOST_SMTP_PEERS", id="SMTP-16-no-network"),
    ],
)
def test_what_does_not_fit_together_stops_the_start(values: dict[str, str], word: str) -> None:
    assert word in refusal(**values)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"public_url": "https://lists.example.org/"}, id="https"),
        pytest.param({"public_url": "http://[::1]:8080"}, id="http-on-loopback"),
        pytest.param({"clock": "file:now", "relay_url": "smtp://127.0.0.1:2525"}, id="file-clock-with-a-sink-here"),
        pytest.param({"clock": "file:now"}, id="file-clock-with-the-tray"),
        pytest.param({"web_listen": "0.0.0.0:8080", "tray_password_file": "/etc/tray"}, id="tray-with-password"),
        pytest.param({"web_listen": "0.0.0.0:8080", "relay_url": "smtp://localhost"}, id="no-tray-to-show"),
        pytest.param({"broker_url": "redis://localhost/1", "database_url": "postgresql+psycopg:///x"}, id="hosted"),
    ],
)
def test_what_fits_together(values: dict[str, str]) -> None:
    load(None, env(**values))


def test_no_password_is_ever_shown() -> None:
    """OPS-1: not in the table, not in repr."""
    settings = load(
        None,
        env(
            database_url="postgresql+psycopg://termpost:hunter22@db.example.org,db2.example.org/termpost",
            broker_url="redis://:hunter22@broker.example.org/0",
            relay_url="smtps://u:hunter22@a.example.org,smtps://v:hunter22@b.example.org",
            imap_url="imaps://u:hunter22@mail.example.org/INBOX",
            mailbox_network="mendip",
        ),
    )
    shown = repr(settings) + repr(settings.table()) + repr(settings.relays)
    assert "hunter22" not in shown
    assert "smtps://u:***@a.example.org,smtps://v:***@b.example.org" in shown


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:hun,ter22@db.example.org/x",
        "redis://:hun/ter22@db.example.org",
        "amqp://u:hun@ter22@db.example.org",
        "postgresql:///x?host=db&password=hunter22",
    ],
)
def test_odd_passwords_are_masked_too(url: str) -> None:
    assert "ter22" not in mask_url(url)


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load(None, {}).rate = 5


def test_the_secret_is_made_once_and_closed(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new" / "data")
    secret = settings.secret()
    assert len(secret) == 32
    assert settings.secret() == secret
    assert settings.secret_file.stat().st_mode & 0o777 == 0o600
    assert os.listdir(settings.data_dir) == ["secret"]


def test_two_that_start_together_share_one_secret(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    start, found = threading.Barrier(8), []

    def run() -> None:
        start.wait()
        found.append(settings.secret())

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


@pytest.mark.parametrize(
    ("content", "mode", "word"),
    [
        pytest.param(os.urandom(32), 0o640, "by others", id="group-may-read"),
        pytest.param(os.urandom(32), 0o604, "by others", id="world-may-read"),
        pytest.param(b"secret", 0o600, "too short", id="short"),
        pytest.param(b"a" * 64, 0o600, "too plain", id="one-letter"),
        pytest.param(b"", 0o600, "too short", id="empty"),
    ],
)
def test_a_bad_secret_is_refused(tmp_path: Path, content: bytes, mode: int, word: str) -> None:
    """OPS-1."""
    path = tmp_path / "secret"
    path.write_bytes(content)
    path.chmod(mode)
    with pytest.raises(SettingsError, match=word):
        Settings(secret_file=path).secret()


def test_several_mistakes_are_told_at_once() -> None:
    said = refusal(undo="soon", rate="fast")
    assert re.search("TERMPOST_RATE is wrong.*TERMPOST_UNDO is wrong", said)
