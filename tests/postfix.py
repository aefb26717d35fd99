"""A Postfix of our own in a folder of its own, as root starts it."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import folder, free_port

MAIN_CF = """compatibility_level = 3.6
queue_directory = {home}/spool
data_directory = {home}/lib
maillog_file = {home}/maillog
maillog_file_prefixes = {home}
mail_owner = postfix
myhostname = mx.example.org
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_recipient_restrictions = permit_mynetworks, reject
{settings}
"""

MASTER_CF = """127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """Listens on `port` of this machine."""

    port: int
    home: Path

    @property
    def log(self) -> str:
        return (self.home / "maillog").read_text()

    @property
    def held(self) -> int:
        """How many messages its queue holds back."""
        return sum(path.is_file() for path in (self.home / "spool" / "hold").rglob("*"))


@contextmanager
def running(command: str, settings: str) -> Iterator[Postfix]:
    """Started by the program `command`; `settings` are lines of main.cf."""
    with folder("postfix-") as home:
        made, owner, etc = Postfix(free_port(), home), pwd.getpwnam("postfix"), home / "etc"
        for name in ("spool", "lib", "etc"):
            (home / name).mkdir()
        os.chown(home / "lib", owner.pw_uid, owner.pw_gid)
        (etc / "main.cf").write_text(MAIN_CF.format(home=home, settings=settings))
        (etc / "master.cf").write_text(MASTER_CF.format(port=made.port))
        subprocess.run([command, "-c", etc, "start"], check=True, capture_output=True, timeout=60)
        try:
            yield made
        finally:
            subprocess.run([command, "-c", etc, "stop"], check=False, capture_output=True, timeout=60)
