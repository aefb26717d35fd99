"""Did you mean this word? The question that comes back where a wish is understood and is not certain, and its answer (contract 2).

What was meant is done by replying the word, or a plain YES to the question; a plain NO changes nothing. Where the word needs
something that was not said, a day or an address, the question shows an example, and YES is no answer to that.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.inbound import commands
from mailer.inbound.message import Message
from mailer.inbound.words import SURE, Asked, Intent, understand

TEMPLATE = "replies/ask-command"

# What may be asked, by its act.
WORDS: Mapping[str, str] = {
    "stop": "STOP",
    "only": "ONLY",
    "keep": "KEEP",
    "pause": "PAUSE UNTIL",
    "resume": "RESUME",
    "digest": "DIGEST",
    "every-post": "EVERY POST",
    "plain-text": "PLAIN TEXT",
    "status": "STATUS",
    "help": "HELP",
    "my-data": "MY DATA",
    "forget-me": "FORGET ME",
    "change-address": "CHANGE ADDRESS TO",
    "working-days": "WORKING DAYS",
}


def asked_back(message: Message) -> Receipt | None:
    """The question; None where no word seems to be meant, or there is nobody to ask."""
    found = next((i for i in message.understood.intents if i.act in WORDS and not i.args.get("days")), None)
    if found is None or message.sorted or not message.known or message.for_another:
        return None
    word, whole = _word(found)
    return _question(word, found.act, whole)


def answered(message: Message, session: Connection, now: datetime) -> Receipt | None:
    """Do what was asked about, where this is a plain YES or NO to the question; None where it says something else."""
    if message.answered is None or message.answered.template != TEMPLATE:
        return None
    fields = message.answered.fields
    said = understand(message.reading.reply, Asked.CONFIRM, today=message.today).first
    if said is None or said.certainty < SURE or not message.reading.reply.strip():
        return None
    if said.act == "decline-confirm":
        return Receipt("", f"Did not mean {fields['word']}; nothing was changed.", reason="declined")
    if said.act != "confirm":
        return None
    if not fields["whole"]:
        return _question(fields["word"], fields["act"], whole=False)
    meant = understand(fields["word"], Asked.ANY, today=message.today).first
    return commands.do(message, session, meant, now) if meant is not None else None


def _question(word: str, act: str, whole: bool) -> Receipt:
    said = f"May mean {word}; asked back." if whole else f"May mean {WORDS[act]}; asked for the rest."
    return Receipt("ask-command", said, {"word": word, "act": act, "whole": whole}, state="asked", reason="unsure")


def _word(intent: Intent) -> tuple[str, bool]:
    """The word as it can be replied (STOP NEWSLETTER, PAUSE UNTIL 1 SEPTEMBER 2027), and whether all of it was said."""
    word = WORDS[intent.act]
    named = intent.args.get("purposes", "all")
    if named != "all":
        word = " AND ".join([f"{word} {named[0].upper()}", *(name.upper() for name in named[1:])])
    if "until" in intent.args:
        until = intent.args["until"]
        return (f"{word} {until.day} {until:%B %Y}".upper(), True) if until else (f"{word} 1 SEPTEMBER", False)
    if intent.act == "working-days":
        return f"{word} TUE THU", False
    if intent.act == "change-address":
        return f"{word} {intent.args['to'] or 'new@school.example'}", bool(intent.args["to"])
    return word, True
