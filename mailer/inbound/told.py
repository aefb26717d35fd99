"""Why a message was read and taken as it was, step by step in words: what `termpost inbox show` prints (docs/why-read-so.md)."""

from __future__ import annotations

from mailer.acts import Strength
from mailer.inbound.message import Message
from mailer.inbound.routes import Route
from mailer.inbound.words import SURE, Intent

STRENGTHS: dict[Strength, str] = {
    Strength.UNKNOWN: "an address that is not known here",
    Strength.FROM: "From matches a known address, which is no proof (V8)",
    Strength.ALIGNED: "From is a known address, proven by DMARC or an aligned signature (AUTH-9)",
    Strength.TAG: "a tag of ours came back from an address of the person it was sent to",
    Strength.CONFIRM: "the tag of a question of ours came back from the person it was sent to",
    Strength.OPERATOR: "the operator",
}


def steps(message: Message, route: Route) -> list[str]:
    """Everything that was decided, in the order in which it was: the reading, the writer, the words, the handler."""
    found = [*message.reading.steps, f"who wrote it: {STRENGTHS[message.actor.strength]}"]
    if message.failed_authentication:
        found.append(f"who wrote it: {message.failed_authentication}, so it is held (ruling 1)")
    if message.answered is not None:
        found.append(f"it answers: {message.answered.template}, outgoing {message.answered.outgoing_id}")
    elif message.tag_use:
        found.append(f"it came to a tag of use {message.tag_use}")
    if message.for_another:
        found.append("it answers: a letter to somebody else, so it changes nothing by itself (ruling 1)")
    if message.private:  # nothing of who wrote it, nor of the words, outlives the question (V2)
        return [
            message.reading.steps[0] if message.reading.steps else "kind: a person",
            f"handler {route.handler}: {route.why}",
        ]
    if not message.reading.automatic and message.reading.reply.strip():
        found += [_words(intent) for intent in (*message.understood.intents, *message.beside)] or ["words: no row of the tables fits"]
    return [*found, f"handler {route.handler}: {route.why}"]


def _words(intent: Intent) -> str:
    said = f"{intent.act} {intent.args['answer']}" if intent.act == "answer" else intent.act
    doubt = "" if intent.certainty >= SURE else ", under 0.9, so it is not acted on by itself"
    return f"words: {said}, by {intent.row or 'the table of its act'}; certainty {intent.certainty}{doubt}"
