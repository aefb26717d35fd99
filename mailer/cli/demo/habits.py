"""What people do with the mail that they get: who answers what, after how long, in which words.

A habit is a row: which mail, who, after how many hours, what they write. The first row that fits decides.
"""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from mailer.cli.demo import cast
from mailer.cli.demo.cast import BY_ADDRESS, FORWARD, Person
from mailer.cli.demo.clients import exchange_answer, out_of_office, undeliverable
from mailer.cli.demo.mailbox import Letter
from mailer.cli.demo.stage import Stage


@dataclass(frozen=True)
class Habit:
    """`mail` is a template, or `proof:KIND`; `hours` after its arrival `who` writes `text`."""

    mail: str
    who: str
    hours: float
    text: str
    said: str = ""


INVITATION, DRAFT, FEEDBACK, NUDGE = (
    f"occasions/{kind}" for kind in ("invitation", "draft-agenda", "feedback-request", "action-nudge")
)

# fmt: off
ANSWERS: tuple[Habit, ...] = (
    Habit(INVITATION, "dawn", 1, "YES, I am hosting it"),
    Habit(INVITATION, "rhys", 1.4, "Ie, byddaf i yno. Diolch"),
    Habit(INVITATION, "karen", 2, "Yes - I will take the minutes again"),
    Habit(INVITATION, "tom", 2.5, "Yes please, vegetarian."),
    Habit(INVITATION, "riverside", 4, "Yes, one of us will be there"),
    Habit(INVITATION, "eleri", 5, "Ie, os gwelwch yn dda"),
    Habit(INVITATION, "gareth", 6, "Na, sori, dwi'n dysgu"),
    Habit(INVITATION, "amina", 20, "Sorry, I don't work Thursdays"),
    Habit(INVITATION, "pete", 7, "Yes, looking forward to it"),
    Habit(INVITATION, "sandra", 26, "yes please, I work Thursdays"),
    Habit(INVITATION, "nia", 8, "I'd love to come but I'm invigilating that afternoon, sorry."),
    Habit(INVITATION, "grace", 24, "YES, bringing Karen, she is our new apprentice"),
    Habit(INVITATION, "ben", 25, "Count me in"),
    Habit(INVITATION, "colin", 27, "Maybe, depends on cover"),
    Habit(INVITATION, "raj", 30, "Yes"),
    Habit(INVITATION, "megan", 31, "Yes please, it will be my first meeting"),
    Habit("occasions/late-joiner", "ali", 2, "no sorry, day off"),
    Habit(DRAFT, "helen", 3, "NO, sorry, we have an open evening that day."),
    Habit(DRAFT, "liam", 5, "yes"),
)
"""The answers that people write. Jo and Zoë press the button of their calendar, Wendy answers from home, Fran never answers."""

HABITS: tuple[Habit, ...] = (
    *ANSWERS,
    Habit("replies/ask-answer", "colin", 1, "MAYBE"),
    Habit("replies/ask-answer", "nia", 1, "NO"),
    Habit("replies/ask-answer", "sandra", 1, "YES"),
    Habit("replies/ask-answer", "megan", 1, "YES"),
    Habit("replies/ask-answer", "karen", 1, "YES"),
    Habit("replies/ask-answer", "grace", 1, "YES"),
    Habit("replies/ask-private", "zoe", 1, "COMMITTEE", "Zoë says it is for the committee only"),
    Habit("replies/not-yours", "wendy-home", 1, "WENDY TATE", "Wendy says that the mail was hers"),
    Habit("replies/item", "raj", 2, "title: Van de Graaff in wet weather", "Raj corrects the title of his item"),
    Habit("replies/item", "fran", 3, "WITHDRAW", "Fran withdraws her item"),
    Habit("replies/piece", "pete", 2, "Caption: The indicator shelf in the lower prep room", "Pete sends the line for under his picture"),
    Habit("replies/left", "sandra", 0.5, "UNDO", "Sandra did not mean it: UNDO"),
    Habit("replies/private", "dawn", 3, "It is not. Your contract says what you may be asked to do; the union has a good page on it. You are not alone in this.", "Dawn answers the private question"),
    Habit(DRAFT, "sandra", 6, "STOP", "Sandra replies STOP"),
    Habit("occasions/issue", "fran", 2, "STOP NEWSLETTER", "Fran replies STOP NEWSLETTER"),
    Habit(FEEDBACK, "jo", 3, "5 - best one yet"),
    Habit(FEEDBACK, "grace", 5, "4, more time for questions please"),
    Habit(FEEDBACK, "ben", 20, "Really useful. 5"),
    Habit(FEEDBACK, "eleri", 22, "5, diolch i bawb"),
    Habit(FEEDBACK, "pete", 24, "3/5 too warm in the lab"),
    Habit(NUDGE, "grace", 4, "DONE, prices are between 60 and 145 pounds", "Grace replies DONE to her action"),
    Habit(NUDGE, "ben", 5, "Done, see the newsletter", "Ben replies DONE to his action"),
    Habit(NUDGE, "raj", 6, "MORE TIME UNTIL 18 December", "Raj asks for more time"),
    Habit(NUDGE, "eleri", 5, "Wedi gwneud", "Eleri's action is done, in Welsh"),
    Habit("occasions/post", "grace", 2, "Hi Liam, we have two that you can borrow, 0 to 12 V. Collect any morning before ten.\n\nGrace", "Grace answers on the list"),
    Habit("occasions/post", "helen", 4, "We have one as well, I can bring it to the meeting.", "Helen answers on the list"),
    Habit("occasions/exchange", "ben", 3, "We would love the burners, I can collect them on Friday.", "Ben would like the burners"),
    Habit("replies/confirm-act", "dawn", 0.3, "YES", "Dawn says YES to what she was asked"),
    Habit("replies/confirm-act", "karen", 0.5, "Yes", "Karen confirms the minutes"),
    Habit("replies/confirm-act", "tom", 0.4, "yes, please do", "Tom confirms the newsletter"),
    Habit("replies/speak-for", "wendy", 2, "Yes, that was me", "Wendy confirms from her school address"),
    Habit("replies/admit", "dawn", 0.5, "YES", "Dawn lets the guest's item in"),
    Habit("replies/join-confirm", "megan", 26, "YES", "Megan is back and replies YES"),
    Habit("replies/join-confirm", "ali", 1, "Yes please", "Ali confirms from his phone"),
)

PROOFS: Mapping[tuple[str, int], tuple[tuple[str, float, str], ...]] = {
    ("invitation", 1): (("rhys", 2, "Note: Please park behind the science block, off Mill Lane."),),
    ("invitation", 2): (("dawn", 2, "SEND"),),
    ("draft-agenda", 1): (("karen", 1.5, "HOLD"), ("karen", 4, "Send please")),
    ("issue", 1): (("tom", 3, "SEND, it looks great"),),
    ("minutes-and-actions", 1): (("dawn", 3, "SEND"),),
}
"""(kind, version) -> who answers a proof, after how many hours, and how. What is not here somebody SENDs after a while."""

ROUND = ("dawn", "tom", "rhys", "karen")
# fmt: on
AWAY: Mapping[tuple[str, str], str] = {
    (
        "replies/join-confirm",
        "megan",
    ): "Thank you for your email. I am on a training course today and tomorrow and will reply when I am back.\n\nMegan",
    (
        INVITATION,
        "helen",
    ): "Thank you for your email. I work mornings only and will reply as soon as I can.\n\nHelen Marsh",
    (DRAFT, "jo"): "I am out of the office until Monday. For anything urgent please ring reception.",
}
CALENDAR: Mapping[str, tuple[str, str, float]] = {
    "jo": ("ACCEPTED", "", 3),
    "zoe": ("TENTATIVE", "if Ben can cover my lesson", 9),
}


def read(stage: Stage, letter: Letter) -> None:
    """Somebody has got a mail: put down what they will do with it."""
    person = BY_ADDRESS.get(letter.to)
    stage.seen[letter.template] += 1
    if person is None:
        stage.troubles.append(f"A mail went to somebody who is not in the play: {letter.subject}")
        return
    if person.key == cast.GONE:
        _bounce(stage, letter, person)
        return
    away = AWAY.get((letter.template, person.key))
    if away is not None and not _before(stage, "away", letter.template, person.key):
        content = out_of_office(person.client().writer, letter.content, away, at=stage.now)
        to = letter.header("Reply-To").rpartition("<")[2].rstrip("> ")
        stage.after(
            timedelta(), f"{person.name}'s mailbox answers: out of office", lambda: stage.hand_over("", to, content)
        )
    if letter.template == "occasions/proof":
        _proof(stage, letter, person)
        return
    if letter.template == INVITATION and person.key in CALENDAR:
        _calendar(stage, letter, person)
        return
    if letter.template == INVITATION and person.key == "wendy":
        stage.after(
            timedelta(hours=9),
            "Wendy answers from home, where her mail is forwarded to",
            lambda: stage.reply(FORWARD, letter, "Yes, I will be there"),
        )
        return
    if letter.template == "occasions/issue" and person.key == "ben":
        stage.after(
            timedelta(hours=4), "Ben's mail program unsubscribes him with one click", lambda: one_click(stage, letter)
        )
        return
    for habit in HABITS:
        if habit.mail == letter.template and habit.who == person.key:
            if not _may_repeat(habit.mail) and _before(stage, habit.mail, person.key, ""):
                return
            said = habit.said or f"{person.name}: “{habit.text}”"
            _answer(stage, person, letter, habit.hours, habit.text, said)
            return


def _may_repeat(mail: str) -> bool:
    """Questions are answered each time they are asked; everything else once."""
    return mail in ("replies/confirm-act", "replies/admit", NUDGE)


def _before(stage: Stage, *what: str) -> bool:
    """Has this happened? From now on it has."""
    stage.seen[" ".join(what)] += 1
    return stage.seen[" ".join(what)] > 1


def _answer(stage: Stage, person: Person, letter: Letter, hours: float, text: str, said: str) -> None:
    stage.after(timedelta(hours=hours), said, lambda: stage.reply(person, letter, text), by=person)


def _proof(stage: Stage, letter: Letter, person: Person) -> None:
    """One organiser answers each proof, not always the same one."""
    version = int(letter.fields.get("version", 1))
    answers = PROOFS.get((letter.about, version))
    if answers is None:
        turn = ROUND[sum(map(ord, f"{letter.about}{letter.fields.get('due_at', '')}")) % len(ROUND)]
        answers = ((turn, 2.5, "SEND"),)
    for who, hours, text in answers:
        if who == person.key:
            _answer(
                stage,
                person,
                letter,
                hours,
                text,
                f"{person.name} answers the proof of the {spoken(letter.about)}: {text}",
            )


def spoken(kind: str) -> str:
    """The kind of an occasion as people call it."""
    return {"issue": "newsletter", "minutes-and-actions": "minutes"}.get(kind, kind.replace("-", " "))


def _calendar(stage: Stage, letter: Letter, person: Person) -> None:
    partstat, note, hours = CALENDAR[person.key]

    def press() -> None:
        content = exchange_answer(person.client().writer, letter.content, partstat, at=stage.now, note=note)
        stage.hand_over(person.address, stage.address("committee"), content)

    stage.after(
        timedelta(hours=hours), f"{person.name} presses {partstat.title()} in Outlook's calendar", press, by=person
    )


def _bounce(stage: Stage, letter: Letter, person: Person) -> None:
    host = f"mail.{cast.SCHOOLS[person.school].host}"
    content = undeliverable(host, letter.content, person.address, verp=letter.verp, at=stage.now)
    said = "" if _before(stage, "bounce") else f"{person.name}'s mailbox is closed: the mail comes back"
    stage.after(timedelta(), said, lambda: stage.hand_over("", letter.verp, content))


def one_click(stage: Stage, letter: Letter) -> None:
    """RFC 8058: what a mailbox provider sends when somebody presses Unsubscribe."""
    url = urlsplit(letter.one_click)
    line = http.client.HTTPConnection(url.hostname or "", url.port or 80, timeout=10)
    try:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        line.request("POST", url.path, "List-Unsubscribe=One-Click", form)
        answer = line.getresponse()
        answer.read()
        if answer.status != 200:
            stage.troubles.append(f"One-click was answered {answer.status}.")
    except OSError as error:
        stage.troubles.append(f"One-click failed: {error}")
    finally:
        line.close()
