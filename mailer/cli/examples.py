"""One example of every command, shown below its `--help` and in docs/commands.md. A test reads each as the command would."""

from __future__ import annotations

EXAMPLES: dict[str, str] = {
    "run": "termpost run",
    "demo": "termpost demo --no-serve",
    "smtp": "termpost smtp",
    "imap": "termpost imap",
    "work": "termpost work",
    "schedule": "termpost schedule",
    "web": "termpost web",
    "receive": "termpost receive --from jane@school.example --to mendip-agenda@lists.example.org --wait < mail.eml",
    "read": "termpost read mail.eml other.eml --json",
    "network add": "termpost network add mendip --domain lists.example.org --name 'Mendip Technicians' --organiser olive@school.example",
    "network list": "termpost network list --state held",
    "network show": "termpost network show mendip",
    "network set": "termpost network set mendip timezone=Europe/Dublin language=cy",
    "network terms": "termpost network terms mendip 2027-01-05..2027-03-26 2027-04-12..2027-07-21",
    "network cycle": "termpost network cycle mendip day-before=off 'draft-agenda=-21 days'",
    "network close": "termpost network close mendip --yes",
    "network export": "termpost network export mendip --out mendip.json",
    "member import": "termpost member import mendip people.csv --evidence 'paper forms, 3 March' --dry-run",
    "member list": "termpost member list mendip --state pending",
    "member show": "termpost member show mendip jane@school.example",
    "member add": "termpost member add mendip jane@school.example --name 'Jane Doe' --evidence 'asked by phone, 3 March'",
    "member export": "termpost member export mendip jane@school.example --out jane",
    "member erase": "termpost member erase mendip jane@school.example --yes",
    "member merge": "termpost member merge mendip jane@school.example j.doe@school.example",
    "meeting add": "termpost meeting add mendip --starts 2027-03-04T14:00 --ends 2027-03-04T16:00 --venue 'Hill School'",
    "meeting list": "termpost meeting list mendip --since 2027-01-01",
    "meeting show": "termpost meeting show mendip",
    "meeting move": "termpost meeting move mendip 3 --starts 2027-03-11T14:00 --reason 'the lab is being painted'",
    "meeting cancel": "termpost meeting cancel mendip 3 --reason snow",
    "agenda show": "termpost agenda show mendip",
    "action list": "termpost action list mendip --state open",
    "issue add": "termpost issue add mendip --publishes 2027-03-19T09:00",
    "issue list": "termpost issue list mendip",
    "issue show": "termpost issue show mendip",
    "issue move": "termpost issue move mendip 2 --publishes 2027-03-26T09:00",
    "issue cancel": "termpost issue cancel mendip 2",
    "issue proof": "termpost issue proof mendip",
    "issue send": "termpost issue send mendip 2 --now",
    "plan": "termpost plan mendip",
    "rehearse": "termpost rehearse mendip --until 2027-07-21 --out rehearsal",
    "inbox list": "termpost inbox list --state failed",
    "inbox show": "termpost inbox show 42 --reason 'an answer was never passed on'",
    "inbox replay": "termpost inbox replay 42",
    "outbox list": "termpost outbox list --state deferred --limit 20",
    "outbox show": "termpost outbox show 1042",
    "outbox retry": "termpost outbox retry 1042",
    "outbox resolve": "termpost outbox resolve 1042 --arrived",
    "outbox cancel": "termpost outbox cancel 1042",
    "audit": "termpost audit mendip --since 2027-03-01",
    "rate": "termpost rate 60 --relay smtp.example.org",
    "hold": "termpost hold mendip --reason snow",
    "release": "termpost release mendip",
    "db upgrade": "termpost db upgrade",
    "db check": "termpost db check --rebuild-standing",
    "db backup": "termpost db backup termpost-2027-03-04.db",
    "db restore": "termpost db restore termpost-2027-03-04.db",
    "db new-secret": "termpost db new-secret",
    "db move": "termpost db move postgresql+psycopg://termpost@db.example.org/termpost",
    "check": "termpost check",
    "settings": "termpost settings",
}


def epilog(command: str) -> str | None:
    """What stands below the help of a command, or of a group: the example of its first command."""
    found = EXAMPLES.get(command) or next(
        (each for name, each in EXAMPLES.items() if name.startswith(f"{command} ")), None
    )
    return f"For example:  {found}" if found else None
