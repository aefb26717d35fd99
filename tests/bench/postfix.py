"""Postfix's smtpd as a peer of our door: it takes the same mail over the same sessions, and holds it in its queue.

Each 250 of it stands for a file that was synced, as each of ours does for a committed row; but then it rests, where ours is read
and answered meanwhile. POSTFIX names another program than the one on the path.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.peers import missing, program, smtp_source
from tests.bench.scene import DOMAIN, Tell
from tests.servers import folder, free_port

ACCEPTS = "Postfix smtpd: accepts into its queue, 16 sessions, 5 KB"

MAIN_CF = """compatibility_level = 3.6
queue_directory = {home}/spool
data_directory = {home}/lib
maillog_file = {home}/maillog
maillog_file_prefixes = {home}
mail_owner = postfix
myhostname = mx.example.org
mydestination = {domain}
local_recipient_maps =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_client_restrictions = check_client_access static:hold
smtpd_recipient_restrictions = permit_mynetworks, reject
"""

MASTER_CF = """127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""


def accepting(*, count: int, runs: int, tell: Tell) -> list[Figure]:
    """Messages a second that it takes for good."""
    found = Figure(ACCEPTS, "messages/s", note="synced, then held: nothing is done with it")
    command = program("POSTFIX", "postfix")
    if command is None or program("SMTP_SOURCE", "smtp-source") is None:
        return [missing(ACCEPTS, "postfix")]
    if os.geteuid() != 0:
        found.note = "only root can start it"
        return [found]
    with folder("postfix-") as home:
        port, owner = free_port(), pwd.getpwnam("postfix")
        for name in ("spool", "lib", "etc"):
            (home / name).mkdir()
        os.chown(home / "lib", owner.pw_uid, owner.pw_gid)
        (home / "etc" / "main.cf").write_text(MAIN_CF.format(home=home, domain=DOMAIN))
        (home / "etc" / "master.cf").write_text(MASTER_CF.format(port=port))
        subprocess.run([command, "-c", home / "etc", "start"], check=True, capture_output=True, timeout=60)
        try:
            for _ in range(runs):
                before = _held(home)
                rate = smtp_source(port, count=count, size=5120, sessions=16, to=f"mendip-help@{DOMAIN}", sender="m1@mendip.example")
                assert rate is not None
                assert _held(home) - before == count, "every message that had its 250 is there"
                found.runs.append(rate)
                tell(f"Postfix accepted {rate:,.0f} messages/s")
        finally:
            subprocess.run([command, "-c", home / "etc", "stop"], check=False, capture_output=True, timeout=60)
    return [found]


def _held(home: Path) -> int:
    return sum(path.is_file() for path in (home / "spool" / "hold").rglob("*"))
