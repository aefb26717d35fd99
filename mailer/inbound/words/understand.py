"""What a text asks for, given what we asked: one table of readings for each question, tried in order."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from mailer.inbound.words import stops
from mailer.inbound.words import text as reading
from mailer.inbound.words.answers import ONLY_LIKELY, answer, company_of, note_of
from mailer.inbound.words.apologies import after_mistake, read_apology
from mailer.inbound.words.commands import read_command
from mailer.inbound.words.confirmations import read_confirmation
from mailer.inbound.words.feedback import read_feedback
from mailer.inbound.words.items import read_items
from mailer.inbound.words.learned import likely
from mailer.inbound.words.named_lines import by_line
from mailer.inbound.words.private import private_answer
from mailer.inbound.words.proofs import read_proof
from mailer.inbound.words.reads import Read, read_clauses
from mailer.inbound.words.receipts import read_receipt
from mailer.inbound.words.signs import Sign
from mailer.inbound.words.sorting import read_sorting
from mailer.inbound.words.spelling import plain
from mailer.inbound.words.tasks import read_task
from mailer.inbound.words.text import Writing
from mailer.inbound.words.values import SURE, Asked, Intent, Understood, intent
from mailer.inbound.words.wishes import read_wish

TAKE_OFF = re.compile(r"“(?:\w+ )?(?:please )?(?:take|get) (?:me|us) off(?: please)?”", re.IGNORECASE)
OTHERS_TOO = re.compile(r"\b(?:both|all of|us|with|and|bring\w*|two|three|four|[2-9]|plus|gyda|efo|ohono[mn]|tri|tair|dau|dwy|pedwar)\b|[&+]", re.IGNORECASE)  # how many come is the tables' to say
OF_MAIL = re.compile(r"\b(?:pause|stop|hold|suspend|snooze|rest|freeze)\b(?: \w+){0,3} (?:e?mails?|mailings?|e-?byst)\b")
LIKELY = 0.7  # from here on a reading needs only the second reader's word to be sure
AGREED = 0.7  # how likely the second reader must find it for that
CERTAIN = 0.9  # how likely it must find a reading where the tables find none
PERHAPS = 0.5  # from here on such a reading is asked back
A_WORD_OR_TWO = 25  # words: of a longer text it is not asked alone
DOUBTED = 0.4  # under it a sure reading is asked back
LONGEST = 60  # words: of a longer text it sees too much that is no answer

# Commands that make sense only where their matter is: elsewhere they are asked back.
AT_HOME: dict[str, frozenset[Asked]] = {
    "undo": frozenset({Asked.RECEIPT, Asked.ANY, Asked.INVITATION, Asked.ACTION, Asked.FEEDBACK, Asked.SORT}),
}


def understand(text: str, asked: Asked, *, today: date) -> Understood:
    """Reads what a person newly wrote (quotes cut before), in answer to a mail of ours that asked `asked`.

    Returns intents, most telling first, each with its certainty; an unsure one is to be asked back, never acted on.
    """
    if asked in (Asked.POST, Asked.THREAD):
        private = private_answer(text, today=today, thread=asked is Asked.THREAD)
        return Understood((private,) if private else (), text.strip())
    writing = reading.read(text)
    if asked is Asked.PROOF:
        leaving = read_command(writing, today)
        if leaving and leaving[0].sure and re.search(r"unsubscribe|take me off|ALL NETWORKS|FORGET|MY DATA|HELP|STATUS", leaving[0].row):
            return Understood((leaving[0],), _rest(leaving[1]))
        return read_proof(writing) or Understood((), writing.text)
    command = read_command(writing, today)
    if command and stops.BY_NO_NAME in command[0].row and asked is Asked.INVITATION:
        answered = _invitation(writing, today)
        if answered.first is not None and answered.first.sure:
            return answered  # "Yes. If there is a parcel, don't send it to me"
    if command and not _loses_to_answer(command[0], asked, writing):
        found = [_at_home(command[0], asked)]
        if asked is Asked.INVITATION and TAKE_OFF.search(found[0].row) and command[1]:
            found = [intent("stop", 0.8, f"{found[0].row}: off the list, or only not coming?", **found[0].args)]
        if asked is Asked.RECEIPT and found[0].act == "stop" and found[0].args["purposes"] == "all" and "STOP (" in found[0].row:
            found.append(intent("hold", 0.6, "commands: STOP to a receipt may mean HOLD"))
        return Understood(tuple(found), _rest(command[1]))
    perhaps = stops.perhaps(writing.clauses, listed=False) if asked in (Asked.INVITATION, Asked.ANY) else None
    if perhaps:
        return Understood((perhaps,), "")
    understood = _READERS[asked](writing, today)
    if command and command[0].act == "stop" and understood.first is not None and understood.first.act == "decline-confirm":
        return replace(understood, intents=(*understood.intents, command[0]))  # the NO counts; of what stands beside it they are asked
    return understood


def only_command(text: str, *, today: date) -> Intent | None:
    """The sure command that a text is from its beginning to its end; None if it says anything else.

    What `understand` reads of it where nothing was asked, if that is sure and leaves nothing over: then nothing but a command is
    ever so, and the rest of the tables need not be tried on every line of a mail."""
    found = read_command(reading.read(text), today)
    return found[0] if found is not None and found[0].sure and not found[1] else None


def _loses_to_answer(command: Intent, asked: Asked, writing: Writing) -> bool:
    """ "HOLD on, I'll check" or "Leave it with me" is no command beside an answer."""
    if command.args.get("in_part"):
        return False  # who would stop at least a part is asked which, wherever they say it
    return command.certainty < SURE and asked in (Asked.CONFIRM, Asked.ACTION, Asked.FEEDBACK, Asked.SORT)


def _at_home(found: Intent, asked: Asked) -> Intent:
    homes = AT_HOME.get(found.act)
    if homes is None or asked in homes:
        return found
    return intent(found.act, min(found.certainty, 0.7), found.row + ", out of place", **found.args)


def _rest(clauses: tuple[reading.Clause, ...]) -> str:
    return ". ".join(clause.raw for clause in clauses)


def _invitation(writing: Writing, today: date) -> Understood:
    reads = read_clauses(writing)
    apology = read_apology(writing)
    items = read_items(writing)
    if apology and apology.sure:
        corrected = answer(after_mistake(reads))  # "ignore my last one. Both of us can come after all"
        before = answer(reads) if corrected is None else None
        if before is not None and any(read.sign in (Sign.YES, Sign.NO, Sign.MAYBE) for read in reads):  # "I'm coming! Ignore the one from the bus": this answer, or that mail? Asked
            return Understood((intent("answer", 0.8, f"{before.row}, and a mistake is spoken of", **before.args), *items), writing.text)
        if corrected is None:
            return Understood((apology, *items), writing.text)
        return Understood((_second(corrected, reads, writing), *items), str(corrected.args["note"]))
    by_name = by_line(writing)
    found = by_name or answer(reads)
    if found is None:
        found = _alike(reads, writing)
    elif by_name is None:
        found = _second(found, reads, writing)
    intents = (found, *items) if found else items
    wish = None if found and found.sure else read_wish(writing, today)
    if wish and (wish.act != "pause" or OF_MAIL.search(plain(writing.text))):  # "away until Tuesday" is about the meeting
        intents = (wish, *intents)
    if not intents and any(read.sign.value == "question" for read in reads):
        intents = (intent("note", 0.8, "a question, and no answer", text=writing.text, question=True),)
    return Understood(intents, str(found.args["note"]) if found else note_of(reads))


def _second(found: Intent, reads: tuple[Read, ...], writing: Writing) -> Intent:
    """The second reader's word: a sure answer that it reads otherwise is asked back (cheaper than a wrong one), a likely one that
    it is certain of is not."""
    if writing.words > LONGEST or found.certainty < LIKELY:
        return found
    alike = likely("answer", writing.text)
    open_to_it = any(f"answers: {name}" in found.row for name in ONLY_LIKELY) and not any(read.sign is Sign.OTHER for read in reads)
    if not found.sure and open_to_it and alike[found.args["answer"]] >= AGREED:
        return intent(found.act, SURE, f"{found.row}; so are other replies like it", **found.args)
    if not found.sure or alike[found.args["answer"]] >= DOUBTED:
        return found
    other = max(alike, key=lambda reading: alike[reading])
    row = f"{found.row}, though it is more like replies that mean {other}"
    return intent(found.act, 0.8, row, **found.args)


def _alike(reads: tuple[Read, ...], writing: Writing) -> Intent | None:
    """What the second reader makes of a short text in which the tables find neither an answer nor a question."""
    if writing.words > A_WORD_OR_TWO or not writing.clauses or any(read.sign in (Sign.QUESTION, Sign.OTHER) for read in reads):
        return None
    alike = likely("answer", writing.text)
    most = max(alike, key=lambda reading: alike[reading])
    if most == "other" or alike[most] < PERHAPS:
        return None
    sure = alike[most] >= CERTAIN and not (most == "yes" and OTHERS_TOO.search(writing.text))
    guests, names = company_of(reads) if most != "no" else (0, ())
    row = f"answers: in no words that the tables know, but like replies that mean {most}"
    return intent("answer", SURE if sure else 0.6, row, answer=most, note=note_of(reads), guests=guests, names=names, question=False)


def _receipt(writing: Writing, today: date) -> Understood:
    found = read_receipt(writing, today)
    return Understood((found,) if found else (), "" if found is None or found.act == "none" else writing.text)


def _confirm(writing: Writing, today: date) -> Understood:
    found = read_confirmation(writing)
    return Understood((found,) if found else (), writing.text if found is None or not found.sure else "")


def _action(writing: Writing, today: date) -> Understood:
    return Understood(read_task(writing, today), writing.text)


def _feedback(writing: Writing, today: date) -> Understood:
    found = read_feedback(writing)
    return Understood((found,) if found else (), str(found.args["text"]) if found else "")


def _sort(writing: Writing, today: date) -> Understood:
    found = read_sorting(writing)
    return Understood((found,) if found else (), writing.text if found is None else "")


def _any(writing: Writing, today: date) -> Understood:
    """Nothing was asked: an answer in words is possible, and always asked back."""
    apology = read_apology(writing)
    if apology:
        return Understood((apology,), writing.text)
    wish = read_wish(writing, today)
    if wish:
        return Understood((wish, *read_items(writing, 0.8)), writing.text)
    found = answer(read_clauses(writing)) if writing.words <= 80 else None
    if found is None or found.certainty < 0.75:
        return Understood(read_items(writing, 0.8), writing.text)
    doubted = intent("answer", min(found.certainty - 0.15, 0.85), found.row + ", though nothing was asked", **found.args)
    return Understood((doubted, *read_items(writing, 0.8)), writing.text)


_READERS = {
    Asked.INVITATION: _invitation,
    Asked.CONFIRM: _confirm,
    Asked.RECEIPT: _receipt,
    Asked.ACTION: _action,
    Asked.FEEDBACK: _feedback,
    Asked.SORT: _sort,
    Asked.ANY: _any,
}
