"""Mail as real programs write it. Each program is a file: what its fields are and in which order, how it quotes, what
its HTML looks like, where signature and disclaimer stand.

    client = Outlook(Writer("Karen Lee", "k.lee@hillcrest.school.example", signature, disclaimer))
    client.compose("mendip@lists.example.org", "Spare kettles", "We have two ...", at=now)
    client.reply(invitation, "Yes please, vegetarian", at=now)

`at` is aware and in the writer's zone. Servers that write by themselves are in machines.py, calendars in calendars.py.
"""

from __future__ import annotations

from mailer.cli.demo.clients.apple import AppleMail, Phone, WelshPhone
from mailer.cli.demo.clients.calendars import exchange_answer
from mailer.cli.demo.clients.gmail import Gmail
from mailer.cli.demo.clients.machines import out_of_office, undeliverable
from mailer.cli.demo.clients.outlook import Outlook
from mailer.cli.demo.clients.outlook_web import OutlookWeb
from mailer.cli.demo.clients.terms import Client, Picture, Writer, original
from mailer.cli.demo.clients.thunderbird import Thunderbird

__all__ = [
    "AppleMail",
    "Client",
    "Gmail",
    "Outlook",
    "OutlookWeb",
    "Phone",
    "Picture",
    "Thunderbird",
    "WelshPhone",
    "Writer",
    "exchange_answer",
    "original",
    "out_of_office",
    "undeliverable",
]
