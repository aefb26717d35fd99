"""Postfix's smtpd as a peer of our door: it takes the same mail over the same sessions, and holds it in its queue.

Each 250 of it stands for a file that was synced, as each of ours does for a committed row; but then it rests, where ours is read
and answered meanwhile. POSTFIX names another program than the one on the path.
"""

from __future__ import annotations

import os

from tests.bench.figures import Figure
from tests.bench.peers import missing, program, smtp_source
from tests.bench.scene import DOMAIN, Tell
from tests.postfix import running

ACCEPTS = "Postfix smtpd: accepts into its queue, 16 sessions, 5 KB"

SETTINGS = f"""mydestination = {DOMAIN}
local_recipient_maps =
smtpd_client_restrictions = check_client_access static:hold
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
    with running(command, SETTINGS) as postfix:
        for _ in range(runs):
            before = postfix.held
            rate = smtp_source(postfix.port, count=count, size=5120, sessions=16, to=f"mendip-help@{DOMAIN}", sender="m1@mendip.example")
            assert rate is not None
            assert postfix.held - before == count, "every message that had its 250 is there"
            found.runs.append(rate)
            tell(f"Postfix accepted {rate:,.0f} messages/s")
    return [found]
