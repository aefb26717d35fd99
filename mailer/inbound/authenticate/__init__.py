"""Who wrote it, found out by ourselves: SPF, DKIM and DMARC for a Termpost that is its own MX.

Behind an organisation's mail server none of this runs: that server has checked, and its Authentication-Results is
believed (`message/authres`). With TERMPOST_AUTHENTICATE=self, and no such field, the same three results are made here,
before anything is read from the store, so that no transaction waits for the DNS (ruling 8).

    names     the DNS, asked under a total time limit; tests pass a table instead
    spf       may this client send for the domain of the envelope (RFC 7208)?
    macros    the %{...} of SPF records
    dkim      does a signature stand over this message (RFC 6376, 8301, 8463)?
    canonical how DKIM sees lines, in linear time
    dmarc     does one of the two speak for the domain in From (RFC 9989)?
    check     the three together

What could not be asked is `temperror`, never `fail`, and holds no mail (ruling 1). No result makes mail bounce: a fail is
held for an organiser like any other.
"""

from __future__ import annotations

from mailer.inbound.authenticate.check import Brought, Checked, check
from mailer.inbound.authenticate.names import Dns, Names, Temporary

__all__ = ["Brought", "Checked", "Dns", "Names", "Temporary", "check"]
