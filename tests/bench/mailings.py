"""How fast an issue goes out and what it costs; how soon the first copy leaves, and an urgent reply meanwhile."""

from __future__ import annotations

import smtplib
import time

from sqlalchemy import func, insert, select

from mailer.house import House
from mailer.store.tables import outgoing
from tests.bench import scene
from tests.bench.figures import Figure
from tests.bench.scene import DOMAIN, Playing, Tell
from workers.scheduler import TICK

TEN = 10  # people who get a reminder
SOME = 50  # copies of an issue that is just beginning to go out
WARM = 200  # people of a mailing that is not counted: what is made once a process
GOALS = {("embedded", True): 1000.0, ("hosted", True): 2000.0, ("hosted", False): 5000.0}


def name(form: str, signed: bool) -> str:
    return f"{form}, {'signed RSA-2048' if signed else 'unsigned'}"


def one(running: Playing, people: int, size: int) -> dict[str, float]:
    """One issue to so many people, from its time to the last copy. What was measured, by name."""
    network_id = scene.network(running.house, scene.another(running.house), people)
    issue_id = scene.issue_of(running.house, network_id, size)
    running.sink.ask("forget")
    cpu, scheduling = running.cpu(), running.cpu("scheduler")
    began = scene.send(running.house, network_id, issue_id)
    running.sink.until(people)
    spent, scheduled = running.cpu() - cpu, running.cpu("scheduler") - scheduling
    said = running.sink.honest(people)
    assert said["senders"] == people, "every copy has a sender of its own"
    scene.accounted(running.house, network_id, people)
    return {
        "rate": people / (said["last"] - began),
        "while sending": people / (said["last"] - said["first"]),
        "cpu": spent / people * 1000,
        "scheduler": scheduled / people * 1000,
        "first": (said["first"] - began) * 1000,
        "octets": said["octets"] / people,
        "memory": running.memory(),
    }


def speed(form: str, signed: bool, *, people: int, size: int, runs: int, tell: Tell) -> list[Figure]:
    """The figures of one form."""
    what = name(form, signed)
    beside = "Mailman 3, personal, VERP, unsigned" if signed else "smtp-source, the same size"
    found = [
        Figure(f"{what}: its time to last copy", "recipients/s", goal=GOALS.get((form, signed)), beside=beside),
        Figure(f"{what}: first to last copy", "recipients/s"),
        Figure(f"{what}: sender CPU", "ms each", goal=0.7 if signed else None, at_most=True),
        Figure(f"{what}: first copy after its time", "ms", goal=1000, at_most=True),
        Figure(f"{what}: memory of a process at most", "MB", goal=200, at_most=True),
    ]
    with scene.playing(form, signed=signed) as running:
        one(running, WARM, size)
        for run in range(runs):
            got = one(running, people, size)
            for figure, key in zip(found, ("rate", "while sending", "cpu", "first", "memory"), strict=True):
                figure.runs.append(got[key])
            if form == "hosted":
                found[2].note = f"{got['scheduler']:.2f} of it the scheduler"
            found[0].note = f"{people:,} letters of {got['octets']:,.0f} octets"
            tell(f"{what}, run {run + 1}: {got['rate']:,.0f}/s, {got['cpu']:.2f} ms CPU each, {got['octets']:,.0f} octets")
    return found


def growth(form: str, counts: list[int], *, size: int, tell: Tell) -> list[Figure]:
    """The same issue to more and more people: the cost of each stays what it is, and memory too."""
    found: list[Figure] = []
    with scene.playing(form) as running:
        one(running, WARM, size)
        for count in counts:
            got = one(running, count, size)
            beside = found[0].what if found else ""
            found.append(Figure(f"{form}, unsigned, {count:,} people", "ms CPU each", [got["cpu"]], beside=beside))
            found[-1].note = f"{got['while sending']:,.0f}/s, {got['memory']:.0f} MB"
            tell(f"{form}, {count:,} people: {got['while sending']:,.0f}/s, {got['cpu']:.2f} ms CPU each, {got['memory']:.0f} MB")
        found.append(Figure(f"{form}: memory after {counts[-1]:,} people", "MB", [got["memory"]], goal=200, at_most=True))
    return found


def independence(*, people: int, size: int, elsewhere: int, others: int, past: int, runs: int, tell: Tell) -> list[Figure]:
    """The same issue before and after the database has filled with other networks, their members, and rows of the past."""
    alone = Figure("embedded, unsigned, alone", "recipients/s")
    found = Figure(f"the same beside {others:,} networks, {elsewhere:,} members, {past:,} past rows", "recipients/s", beside=alone.what)
    with scene.playing("embedded") as running:
        one(running, WARM, size)
        for _ in range(runs):
            alone.runs.append(one(running, people, size)["while sending"])
        for number in range(others):
            scene.network(running.house, f"other{number}", elsewhere // others)
        fill_past(running.house, past)
        for _ in range(runs):
            found.runs.append(one(running, people, size)["while sending"])
        tell(f"alone {alone.median:,.0f}/s, beside the others {found.median:,.0f}/s")
    return [alone, found]


def fill_past(house: House, count: int) -> None:
    """So many copies that went long ago, after the pattern of one that did."""
    with house.store.read() as session:
        like = dict(session.execute(select(outgoing).where(outgoing.c.state == "accepted").limit(1)).one()._mapping)
        last = session.execute(select(func.max(outgoing.c.id))).scalar_one()
    for start in range(0, count, 10_000):
        numbers = range(start, min(start + 10_000, count))
        with house.store.write() as session:
            session.execute(insert(outgoing), [{**like, "id": last + n + 1, "key": f"past:{n}", "occasion_id": None} for n in numbers])


def replying(form: str, *, people: int, size: int, replies: int, tell: Tell) -> list[Figure]:
    """How long an answer takes, from the 250 at our door to the sink; idle and while an issue goes out."""
    idle = Figure(f"{form}: a reply, nothing else to do", "ms")
    busy = Figure(f"{form}: a reply while {people:,} copies go out", "ms", goal=300, at_most=True, beside=idle.what)
    with scene.playing(form) as running:
        network_id = scene.network(running.house, "mendip", 0)
        writers = scene.urgent_people(running.house, network_id, 2 * replies + 1)
        scene.readers(running.house, network_id, "mendip", people)
        issue_id = scene.issue_of(running.house, network_id, size)
        running.sink.ask("forget")
        _ask(running, writers[-1:])
        _until_answered(running, 1)
        asked = _ask(running, writers[:replies])
        _until_answered(running, replies + 1)
        scene.send(running.house, network_id, issue_id)
        running.sink.until(replies + 1 + SOME)
        asked |= _ask(running, writers[replies:-1])
        assert running.sink.ask("count") < people, "the issue was over before the last question: more people are needed"
        running.sink.until(people + 2 * replies + 1)
        came = dict(running.sink.honest(people + 2 * replies + 1)["urgent"])
        for figure, who in ((idle, writers[:replies]), (busy, writers[replies:-1])):
            figure.runs = [(came[address] - asked[address]) * 1000 for address in who]
        tell(f"{form}: a reply takes {idle.median:.0f} ms, and {busy.median:.0f} ms (at most {max(busy.runs):.0f}) while an issue goes out")
    return [idle, busy]


def reminding(form: str, *, people: int, size: int, reminders: int, tell: Tell) -> list[Figure]:
    """How long the reminder of another network takes, from its time until the last of ten has it: alone, while an issue is being
    written down and its first copies go out, and while the rest of it goes out."""
    what = f"{form}: a reminder to {TEN}"
    found = [
        Figure(f"{what}, nothing else to do", "ms"),
        Figure(f"{what} while {people:,} are written down", "ms", goal=300, at_most=True, beside=f"{what}, nothing else to do"),
        Figure(f"{what} while {people:,} go out", "ms", goal=300, at_most=True, beside=f"{what}, nothing else to do"),
    ]
    with scene.playing(form) as running:
        coming = [[scene.reminder(running.house, TEN) for _ in range(reminders)] for _ in found]
        network_id = scene.network(running.house, scene.another(running.house), people)
        issue_id = scene.issue_of(running.house, network_id, size)
        scene.planned(running.house)
        running.sink.ask("forget")
        due = [_remind(running, coming[0], apart=0.3)]
        _until_answered(running, reminders * TEN)
        scene.send(running.house, network_id, issue_id)
        running.sink.until(reminders * TEN + SOME)
        due.append(_remind(running, coming[1], apart=0.3))
        assert not scene.is_written_down(running.house, network_id), "the last was due after it was written down: more people are needed"
        running.sink.until(reminders * TEN * 2 + people // 3)
        due.append(_remind(running, coming[2], apart=0.3))
        assert running.sink.ask("count") < people, "the issue was over before the last reminder: more people are needed"
        every = people + reminders * TEN * len(found)
        running.sink.until(every)
        came = dict(running.sink.honest(every)["urgent"])
    for figure, moments, those in zip(found, due, coming, strict=True):
        figure.runs = [(max(came[address] for address in who) - moment) * 1000 for moment, (_, who) in zip(moments, those, strict=True)]
    said = ", ".join(f"{figure.median:.0f} (at most {max(figure.runs):.0f})" for figure in found)
    tell(f"{what} takes {said} ms: alone, while an issue is written down, while it goes out")
    return found


def _remind(running: Playing, reminders: list[tuple[int, list[str]]], *, apart: float) -> list[float]:
    """Each is due a moment after the one before, the first when every scheduler has looked since: a time is given days before, not
    between two ticks. Returns when, once the last is."""
    moments = scene.due_from(running.house, [occasion_id for occasion_id, _ in reminders], TICK + 0.1, apart)
    time.sleep(max(moments[-1] - time.time(), 0))  # by the clock it goes by
    return moments


def _ask(running: Playing, writers: list[str]) -> dict[str, float]:
    """Each asks for help, a moment after the one before. Returns when each had its 250."""
    asked = {}
    for writer in writers:
        content = f"From: {writer}\r\nTo: mendip-help@{DOMAIN}\r\nSubject: help\r\nMessage-ID: <{writer}>\r\n\r\nhelp\r\n"
        with smtplib.SMTP("127.0.0.1", running.smtp, timeout=60) as line:
            line.sendmail(writer, [f"mendip-help@{DOMAIN}"], content)
        asked[writer] = time.time()
        time.sleep(0.15)
    return asked


def _until_answered(running: Playing, count: int) -> None:
    ends = time.monotonic() + 60
    while running.sink.ask("count") < count:
        assert time.monotonic() < ends, "no answer came"
        time.sleep(0.02)
