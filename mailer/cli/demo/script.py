"""What people write of their own accord, day by day. What they answer to a mail stands in habits.py.

The term begins on the first Monday of September. Tables are read top-down: (week, weekday 0 to 4, time, who, which
address, subject, text). What people are told of it is the last column.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, select, update

from mailer.acts import Actor, Strength, import_lines, import_members, meet
from mailer.cli.demo import cast, pictures
from mailer.cli.demo.cast import BY_KEY
from mailer.cli.demo.clients import Picture
from mailer.cli.demo.clients.terms import FULL_MONTHS
from mailer.cli.demo.stage import Stage
from mailer.people import networks, sheet
from mailer.store.tables import addresses, people

MEETING = (7, 3)  # week and weekday
ISSUE = (12, 3)
END = (15, 4)


def first_monday(year: int) -> date:
    """Of September."""
    first = date(year, 9, 1)
    return first + timedelta(days=-first.weekday() % 7)


def day(stage: Stage, week: int, weekday: int) -> date:
    """A day of the term; weeks count from 1."""
    return first_monday(stage.now.year) + timedelta(weeks=week - 1, days=weekday)


def moment(stage: Stage, week: int, weekday: int, at: str) -> datetime:
    return datetime.combine(day(stage, week, weekday), time.fromisoformat(at), stage.zone)


def spoken(on: date) -> str:
    """`15 October 2026`."""
    return f"{on.day} {FULL_MONTHS[on.month - 1]} {on.year}"


def open_network(stage: Stage) -> int:
    """Make the network and import its people, by the acts behind `termpost network add` and `member import`."""
    house, now = stage.house, stage.now
    with house.store.write() as session:
        network_id = networks.add(
            session,
            slug=cast.SLUG,
            domain=cast.DOMAIN,
            name=cast.NAME,
            controller="Hillcrest School, for the network",
            now=now,
        )
    content = cast.as_sheet()
    read = sheet.read(content)
    wish = import_lines.Wish(network_id, house.hasher, sha256=hashlib.sha256(content).hexdigest())
    with house.store.write() as session:
        import_id = import_members.begin(session, wish, file="people.csv", lines=len(read.rows), now=now)
        lines = import_members.carry_out(session, wish, import_id, read.rows, now)
        # The sheet has no column for a language; members set it themselves on their page.
        _speak_welsh(session)
    refused = [line for line in lines if line.result not in ("added", "pending")]
    stage.troubles += [f"{line.row.email} was not imported: {line.why}" for line in refused]
    added = sum(line.result == "added" for line in lines)
    stage.tell(
        now, f"{cast.NAME}: {added} people imported with evidence, {len(lines) - added} without, who get no mail"
    )
    return network_id


def _speak_welsh(session: Connection) -> None:
    welsh = [person.address for person in cast.MEMBERS if person.language == "cy"]
    theirs = select(addresses.c.person_id).where(addresses.c.key.in_(welsh))
    session.execute(update(people).where(people.c.id.in_(theirs)).values(language="cy"))


def put_down(stage: Stage, network_id: int) -> None:
    """Everything that people begin by themselves."""
    meeting, issue = day(stage, *MEETING), day(stage, *ISSUE)
    organise(stage, meeting, issue)
    for week, weekday, at, who, role, subject, text, said in WRITTEN:
        stage.at(moment(stage, week, weekday, at), said, _compose(stage, who, role, subject, text))
    for week, weekday, at, who, subject, text, picture, said in PIECES:
        stage.at(moment(stage, week, weekday, at), said, _piece(stage, who, subject, text, picture))
    stage.at(
        moment(stage, 8, 0, "09:00"),
        "The next meeting is made at the command line: February at St Mary's",
        lambda: _spring(stage, network_id),
    )
    stage.at(moment(stage, *MEETING, "16:05"), "The meeting is over", lambda: None)
    stage.at(moment(stage, *END, "16:00"), "The last day of term", lambda: None)


def organise(stage: Stage, meeting: date, issue: date) -> None:
    """What organisers mail to -organise@; each is asked back for a YES."""
    dawn, tom, karen = BY_KEY["dawn"], BY_KEY["tom"], BY_KEY["karen"]
    stage.at(
        moment(stage, 1, 2, "08:40"),
        "Dawn mails the autumn meeting to -organise@",
        lambda: stage.compose(
            dawn,
            "organise",
            "Autumn meeting",
            f"Hello\n\nDate: {spoken(meeting)}\nTime: 13:30 to 16:00\nPlace: Science block, Hillcrest School\n"
            "Host: Hillcrest School\n\nThanks",
        ),
    )
    stage.at(
        moment(stage, 1, 3, "12:15"),
        "Tom mails the date of the newsletter",
        lambda: stage.compose(tom, "organise", "Newsletter", f"Autumn newsletter, out on {spoken(issue)} please."),
    )
    stage.at(
        moment(stage, 8, 0, "15:20"),
        "Karen mails the minutes, with four actions",
        lambda: stage.compose(karen, "organise", "Minutes of the autumn meeting", minutes(stage)),
    )


def minutes(stage: Stage) -> str:
    """As the secretary types them; days are those of this year."""
    first, second, third = (spoken(day(stage, week, 2)) for week in (11, 12, 13))
    return MINUTES.format(first=first, second=second, third=third)


MINUTES = """Minutes of the autumn meeting

Present: Dawn Fry, Rhys Morgan, Karen Osei, Tom Beckett, Jo Whitfield, Grace Adeyemi, Ben Archer, Eleri Pugh, Pete Hollis, Raj Patel

1. Fume cupboards. Most of us have them tested once a year by the county. Prices differ a lot.
2. Ben showed a data logger made from parts for under twenty pounds.
3. Chemical storage in small prep rooms: Eleri shared her labels in two languages.
4. The Van de Graaff works again if it is warmed with a hair dryer first.

ACTION: Grace Adeyemi to collect prices for testing fume cupboards by {first}
ACTION: Ben Archer to write down the parts list for the data logger by {second}
ACTION: Raj Patel to ask suppliers about a shared order of glassware by {second}
ACTION: Eleri Pugh to send round the labels by {third}

The next meeting is in February at St Mary's."""

# fmt: off
WRITTEN: tuple[tuple[int, int, str, str, str, str, str, str], ...] = (
    (1, 1, "10:05", "megan", "join", "Joining", "Hello, I have just started at the Cathedral School and would like to join.", "Megan asks to join by mail"),
    (3, 2, "09:30", "grace", "agenda", "Fume cupboard testing", "Hi\n\nCould we talk about who tests your fume cupboards and what it costs? About 15 minutes.\n\nThanks", "Grace mails an item to -agenda@"),
    (3, 3, "14:10", "ben", "agenda", "Show and tell: a data logger for under twenty pounds", "I can bring it along. 10 minutes is plenty.", "Ben offers a show and tell"),
    (3, 4, "11:45", "liam", "", "Spare low voltage power supply?", "Hi all,\n\nDoes anyone have a spare low voltage power supply that we could borrow for two weeks in November? Two of ours have died and the order will not be here in time.\n\nThanks, Liam", "Liam asks everyone on the list"),
    (4, 0, "10:20", "eleri", "agenda", "Storio cemegau mewn ystafell baratoi fach", "Helo\n\nA gawn ni drafod sut mae pawb yn storio cemegau mewn ystafell fach? Tua 10 munud.", "Eleri mails an item in Welsh"),
    (4, 1, "12:50", "raj", "agenda", "agenda", "How do others keep the Van de Graaff going in wet weather?", "Raj mails an item from his phone"),
    (4, 2, "15:30", "fran", "agenda", "Ordering crickets", "Where do you order live crickets, and do they arrive alive?", "Fran mails an item"),
    (4, 3, "08:30", "pete", "agenda", "Autoclave tape that does not change colour", "Ours has stopped working: the stripes stay white although the load is fine. What do others use?", "Pete mails an item from his private address"),
    (4, 3, "16:20", "guest", "agenda", "Demonstration of balances", "Dear all, I would be glad to show two new balances at your meeting, 10 minutes, no sales talk. Priya", "A supplier who is no member mails an item"),
    (4, 4, "09:40", "raj", "private", "A question", "Is it usual that technicians are asked to cover a lesson when a teacher is away? I would rather not ask this in front of everyone.", "Raj asks a private question"),
    (4, 4, "13:20", "ali", "join", "please add me", "Please can I join the technicians network", "Ali asks to join, after the invitation has gone"),
    (5, 1, "13:40", "grace", "exchange", "Offered: six Bunsen burners", "We are refitting a lab and have six Bunsen burners to give away, natural gas. Collect from Ashdown.", "Grace offers burners on -exchange@"),
    (6, 4, "12:30", "colin", "agenda", "Broken microscope lamps", "Has anyone found LED bulbs that fit the old microscopes? 5 minutes.", "Colin mails an item after the closing day"),
    (7, 0, "16:40", "zoe", "", "Thursday", "Sorry, I can't make the meeting on Thursday after all, I'm covering for Ben. Zoe", "Zoë sends a private apology to the whole list"),
    (9, 1, "10:10", "nia", "help", "status", "STATUS", "Nia asks what she is subscribed to"),
)

PIECES: tuple[tuple[int, int, str, str, str, str, str, str], ...] = (
    (9, 0, "14:30", "jo", "Report from our autumn meeting",
     "Ten of us met at Hillcrest in October. Ben showed a data logger that costs less than a textbook, Eleri brought her labels in two languages, and we found out why nobody's autoclave tape changes colour.\n\nThe next meeting is in February at St Mary's. Come along: it is the one afternoon a term when nobody asks you where the goggles are.", "", "Jo mails a report to -news@"),
    (9, 2, "11:15", "nia", "Congratulations to Megan",
     "<p>Well done to <b>Megan Price</b>, our trainee, who passed the first part of her certificate with:</p><ul><li>distinction in <i>handling chemicals</i></li><li>merit in <i>preparing solutions</i></li></ul><p>She says that the mendip list answered more questions than the course.</p>", "", "Nia mails a piece as HTML"),
    (9, 3, "09:50", "pete", "How we store coloured solutions",
     "We put the indicator solutions on one shelf, in the order of the rainbow. It looks good, and a missing flask is seen at once. The picture shows the shelf in the lower prep room.", "shelf-in-the-prep-room.png", "Pete mails a piece with a picture"),
    (10, 0, "12:20", "liam", "Thank you for the power supplies",
     "Three schools offered a power supply within a day. We borrowed two, and the Year 10 practicals went ahead. Thank you to Grace and Helen.", "power-supplies.png", "Liam mails a piece from his phone"),
    (10, 1, "15:40", "eleri", "Labeli dwyieithog",
     "Mae set o labeli dwyieithog ar gyfer poteli cemegau ar gael i bawb. Anfonwch neges ataf i gael copi.", "", "Eleri mails a piece in Welsh"),
)
# fmt: on


def _compose(stage: Stage, who: str, role: str, subject: str, text: str) -> Callable[[], None]:
    return lambda: stage.compose(BY_KEY[who], role, subject, text)


def _piece(stage: Stage, who: str, subject: str, text: str, picture: str) -> Callable[[], None]:
    shown = [Picture(picture, pictures.flasks(len(who)))] if picture else []
    if text.startswith("<"):
        return lambda: stage.compose(BY_KEY[who], "news", subject, "", markup=text)
    return lambda: stage.compose(BY_KEY[who], "news", subject, text, pictures=shown)


def _spring(stage: Stage, network_id: int) -> None:
    """What `termpost meeting add` does."""
    on = date(stage.now.year + 1, 2, 1)
    on += timedelta(days=(1 - on.weekday()) % 7)
    starts = datetime.combine(on, time(13, 30), stage.zone)
    with stage.house.store.write() as session:
        meet.make(
            session,
            Actor(network_id, None, None, Strength.OPERATOR, "cli", name="operator"),
            starts_at=starts,
            ends_at=starts + timedelta(hours=2, minutes=30),
            venue="Room S4, St Mary's High School",
            host="St Mary's High School",
            now=stage.now,
        )
