"""Real servers for tests, each started as a child process on free ports in a folder of its own, and ended with the tests.

A test that needs one has its mark (`@pytest.mark.redis`) and asks for its fixture. Where the program is not installed the test
is skipped and says so; with CI=true or TEST_REQUIRE_ALL=1 such a skip is a failure (tests/conftest.py).
"""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest

SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # the one on the path changes user and folders
FIRST_ANSWER = 100.0  # seconds that the slowest (RabbitMQ on a busy machine) is given

NewDatabase = Callable[..., str]  # the URL of a new database, empty or like the one of a URL
T = TypeVar("T")


# From EPHEMERAL on, the kernel gives any free port to whoever connects or binds to 0, and may do so before a server here has
# bound the one that was found for it. So ours lie below, each worker of a parallel run has its share of them, and each process
# begins at a place of its own; no port comes again before all were given.
LOWEST, EPHEMERAL = 12_000, 32_768


def _to_try() -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    share = (EPHEMERAL - LOWEST) // max(worker + 1, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
    for n in itertools.count(os.getpid() * 97):
        yield LOWEST + worker * share + n % share


_ports = _to_try()


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on."""
    for port in itertools.islice(_ports, EPHEMERAL - LOWEST):
        with socket.socket() as free, contextlib.suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port
    raise AssertionError(f"every port from {LOWEST} to {EPHEMERAL} is taken")


def program(name: str, *, needed_for: str) -> str:
    """The program's path, or a skip that names it."""
    found = shutil.which(name, path=SBIN)
    if found is None:
        pytest.skip(f"{needed_for} is not installed")
    return found


@contextlib.contextmanager
def folder(prefix: str, owner: str = "") -> Iterator[Path]:
    """A folder that other users may enter (tmp_path's parents are closed to them); given to `owner` when we are root."""
    made = Path(tempfile.mkdtemp(prefix=prefix))
    made.chmod(0o755)
    if owner and os.geteuid() == 0:
        user = pwd.getpwnam(owner)
        os.chown(made, user.pw_uid, user.pw_gid)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def wait_for_port(port: int, process: subprocess.Popen[Any], log: Path, patience: float = FIRST_ANSWER) -> None:
    """Until something listens there; a process that ends first fails the test with its log."""
    ends = time.monotonic() + patience
    while True:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        said = log.read_text(errors="replace")[-3000:] if log.exists() else ""
        assert process.poll() is None, f"{process.args} ended:\n{said}"
        assert time.monotonic() < ends, f"{process.args} does not listen on {port}:\n{said}"
        time.sleep(0.05)


@contextlib.contextmanager
def running(
    command: Sequence[str], log: Path, *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A child process in a session of its own, its words in `log`; told to stop at the end, and made to after 20 s."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env, cwd=cwd, start_new_session=True
        )
    try:
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen[Any]) -> None:
    """SIGTERM, then SIGKILL."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


# -- PostgreSQL ------------------------------------------------------------------------------------------------------


INITDB = ("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")


def postgres_programs() -> Path:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    if versions:
        return versions[-1].parent
    return Path(program("postgres", needed_for="PostgreSQL")).parent


def as_user(user: str) -> list[str]:
    """PostgreSQL will not run as root."""
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if os.geteuid() == 0 else []


@pytest.fixture(scope="session")
def postgres() -> Iterator[NewDatabase]:
    """`postgres()` makes an empty database and gives its URL for TERMPOST_DATABASE_URL; `postgres(url)` a copy of another."""
    programs = postgres_programs()
    port = free_port()
    with folder("postgres-", owner="postgres") as home:
        cluster, log = home / "cluster", home / "log"
        log.touch()
        log.chmod(0o666)
        subprocess.run(
            [*as_user("postgres"), programs / "initdb", "-D", cluster, "-U", "postgres", "-A", "trust", *INITDB],
            check=True,
            capture_output=True,
            cwd=home,
            timeout=100,
        )
        command = [*as_user("postgres"), str(programs / "postgres"), "-D", str(cluster), "-p", str(port), "-k", str(home)]
        options = ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=200"]
        with running([*command, *options], log, cwd=home) as process:
            wait_for_port(port, process, log)
            count = iter(range(1_000_000))

            def new(like: str = "") -> str:
                name = f"t{next(count)}"
                template = f" TEMPLATE {like.rpartition('/')[2]}" if like else ""
                client = [programs / "psql", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-X", "-q"]

                def made() -> bool:
                    done = subprocess.run([*client, "-c", f"CREATE DATABASE {name}{template}"], capture_output=True)
                    return done.returncode == 0

                until(made, said=log.read_text)  # it listens a moment before it takes connections
                return f"postgresql+psycopg://postgres@127.0.0.1:{port}/{name}"

            yield new


# -- Brokers ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def redis() -> Iterator[str]:
    """The URL of a Redis server that keeps nothing on disk."""
    server = program("redis-server", needed_for="Redis")
    port = free_port()
    with folder("redis-") as home:
        command = [
            server,
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            str(home),
        ]
        with running(command, home / "log") as process:
            wait_for_port(port, process, home / "log")
            yield f"redis://127.0.0.1:{port}/0"


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[str]:
    """The URL of a RabbitMQ node with its own folders, ports and name server. Takes ten seconds or more to start."""
    server = str(RABBITMQ) if RABBITMQ.exists() else program("rabbitmq-server", needed_for="RabbitMQ")
    port, names = free_port(), free_port()
    with folder("rabbitmq-") as home:
        (home / "rabbitmq.conf").write_text("loopback_users.guest = true\ndisk_free_limit.absolute = 1MB\n")
        (home / "enabled_plugins").write_text("[].\n")
        (home / "env.conf").write_text("")
        env = {
            "PATH": SBIN,
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(names),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"termpost{port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
            "RABBITMQ_LOG_BASE": str(home / "logs"),
            "RABBITMQ_PID_FILE": str(home / "pid"),
            "RABBITMQ_CONF_ENV_FILE": str(home / "env.conf"),
            "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
            "RABBITMQ_FEATURE_FLAGS_FILE": str(home / "feature_flags"),
        }
        with running([server], home / "log", env=env, cwd=home) as process:
            try:
                wait_for_port(port, process, home / "log")
                yield f"amqp://guest:guest@127.0.0.1:{port}/"
            finally:
                stop(process)
                subprocess.run(["epmd", "-kill"], env=env, capture_output=True, check=False)


# -- A mail server that takes everything -----------------------------------------------------------------------------


class Sink:
    """What a relay that takes everything has taken: (envelope sender, recipient, content)."""

    def __init__(self) -> None:
        self.port = 0
        self.taken: list[tuple[str, str, bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken += [(envelope.mail_from, rcpt, envelope.content) for rcpt in envelope.rcpt_tos]
        return "250 2.0.0 Ok"

    def to(self, address: str) -> list[bytes]:
        return [content for _, rcpt, content in self.taken if rcpt == address]


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A relay on `sink.port`."""
    from aiosmtpd.controller import Controller

    taker = Sink()
    taker.port = free_port()
    controller = Controller(taker, hostname="127.0.0.1", port=taker.port)
    controller.start()
    yield taker
    controller.stop()


def until(what: Callable[[], T], within: float = 60.0, every: float = 0.05, said: Callable[[], str] = str) -> T:
    """What `what` gives once it is true: for what other processes and threads do. Fails with `said()` after `within` seconds."""
    ends = time.monotonic() + within
    while not (found := what()):
        assert time.monotonic() < ends, f"it did not come true within {within:.0f} s. {said()}"
        time.sleep(every)
    return found
