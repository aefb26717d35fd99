"""What can be killed: a child process in a session of its own, started again on the same folder and ports."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import as_user, postgres_programs, program, wait_for_port

PATIENCE = 120.0
CHILDREN = 20.0  # seconds until the children of a killed server have gone


@dataclass
class Part:
    """`name` as the report says it; `port` when it must listen before anything goes on."""

    name: str
    command: Sequence[str]
    folder: Path
    env: Mapping[str, str] | None = None
    port: int = 0
    before: Callable[[], None] | None = None  # what must be done before it can start again
    killed: int = 0
    fell: int = 0  # times that it ended without having been killed
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def said(self) -> str:
        """Its last words."""
        return self.log.read_text(errors="replace")[-1500:]

    def start(self) -> None:
        """Start and wait for its port. One that ends because its killed predecessor's children still live is started again:
        PostgreSQL's have sessions of their own, and go when they see that it is gone."""
        ends = time.monotonic() + CHILDREN
        while True:
            try:
                return self._begin()
            except AssertionError:
                if self.before is None or time.monotonic() > ends:
                    raise

    def _begin(self) -> None:
        if self.before is not None:
            self.before()
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=self.env,
                cwd=self.folder,
                start_new_session=True,
            )
        if self.port:
            wait_for_port(self.port, self._process, self.log)

    def kill(self) -> None:
        """SIGKILL to the whole session, as a power cut would."""
        self.killed += 1
        self._end()

    def stop(self) -> None:
        if self._process is not None:
            self._end()

    def revive(self) -> None:
        """Start it where it ended by itself, as systemd would."""
        if self._process is not None and self._process.poll() is not None:
            self.fell += 1
            self.start()

    def _end(self) -> None:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(20)


def recorder(folder: Path, port: int, delay: float) -> Part:
    command = [sys.executable, "-m", "tests.storm.recorder", str(port), str(folder / "copies"), str(delay)]
    env = dict(os.environ) | {"PYTHONPATH": str(Path(__file__).parents[2])}
    return Part("relay", command, folder, env, port)


def redis(folder: Path, port: int) -> Part:
    server = program("redis-server", needed_for="Redis")
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    return Part("broker", [server, *options], folder, port=port)


def postgres(folder: Path, port: int) -> Part:
    """A cluster that syncs, so that what it committed is there after it was killed."""
    programs, cluster = postgres_programs(), folder / "cluster"
    subprocess.run(
        [*as_user("postgres"), programs / "initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "--encoding=UTF8", "--locale=C.UTF-8"],
        check=True,
        capture_output=True,
        cwd=folder,
        timeout=100,
    )  # fmt: skip
    command = [*as_user("postgres"), str(programs / "postgres"), "-D", str(cluster), "-p", str(port), "-k", str(folder)]
    options = ["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=100"]
    part = Part("database", [*command, *options], folder, port=port)
    part.before = lambda: (cluster / "postmaster.pid").unlink(missing_ok=True)  # what the killed one left
    part.start()
    client = [str(programs / "psql"), "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-X", "-q"]
    ends = time.monotonic() + PATIENCE
    while subprocess.run([*client, "-c", "CREATE DATABASE storm"], capture_output=True, check=False).returncode:
        assert time.monotonic() < ends, part.log.read_text()[-2000:]
        time.sleep(0.1)
    return part
