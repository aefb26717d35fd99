"""The mail doors: SMTP and LMTP, spoken to by the organisation's own mail server.

A door is not a policy. It takes every well-formed message for an address of ours from a peer it may listen to, hands
it to `inbound.receive`, and says 250 when that has committed it (V1). What cannot be stored now is a 4xx, never a 5xx:
a locked database must not bounce people's mail.

    doors = await serve(settings, intake)     opens what TERMPOST_SMTP_LISTEN and TERMPOST_LMTP_LISTEN name
    await doors.close()                       lets messages already behind the dot finish, ends the rest with 421

aiosmtpd carries the connection, its timers and its state. Its conversation is replaced, because it ends lines at a bare
LF, answers a fault of ours with 500, keeps each line of a message as an object of its own, answers LMTP once for all
recipients, and advertises neither PIPELINING nor ENHANCEDSTATUSCODES:

    wire       bytes: lines end at CRLF only, data at CRLF.CRLF only (SMTP-7)
    commands   what stands behind MAIL FROM: and RCPT TO:
    replies    every sentence the doors say, each with its enhanced code
    connection timers, replies on the wire, one command after another
    session    the verbs; `Smtp`, and `Lmtp` which differs in greeting and in answers after the dot
    listen     peers, counts, limits, opening and closing
"""

from __future__ import annotations

from workers.smtpd.listen import Doors, serve

__all__ = ["Doors", "serve"]
