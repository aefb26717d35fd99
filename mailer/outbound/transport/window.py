"""One window of letters over one session: as many commands in one write as RFC 2920 allows, every answer to its letter.

  write  MAIL RCPT DATA                          of the first letter
  read   250  250  354
  write  content .  MAIL RCPT DATA               of the second, behind the dot of the first
  read   250 (that is the first letter's)  250  250  354   and so on

So a kept line costs one round trip a letter, and a letter whose MAIL stands behind a dot is not begun before its content
is (ruling 5). Without PIPELINING the same walk is made command by command. A transaction that did not come to its
dot is ended by RSET in front of the next MAIL; if every RCPT failed and DATA got 354, by a lone dot (RFC 2920 3.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from mailer.clock import monotonic
from mailer.outbound import results
from mailer.outbound.results import SENTENCES
from mailer.outbound.transport.envelope import Features, Prepared, prepare
from mailer.outbound.transport.line import Answer, Line, LineLost
from mailer.outbound.transport.terms import Reply, State, Timeouts, Wire, unsent

LAST_WORDS = 0.2  # seconds to look for what a server said before it hung up
DOT = b".\r\n"
STEPS: tuple[results.Stage, ...] = ("mail", "rcpt", "data")


class Broken(Exception):
    """The session is over; the letter in hand has this Reply, those after it were not begun."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.reason)
        self.reply = reply


class Window:
    """The walk through one window. Afterwards `alive`: may the line be used again; `parting`: it is left with a QUIT, as the
    relay asks to be spared; `fresh`: no letter was taken or refused on it since EHLO; `open`: is a transaction to be ended
    before the next; `stalled`: pipelining seems not to work."""

    def __init__(
        self, line: Line, features: Features, timeouts: Timeouts, *, pipelining: bool, fresh: bool, open_: bool = False
    ) -> None:
        self.alive = True
        self.parting = self.stalled = False
        self.fresh = fresh  # one that has served and then breaks may have died in its sleep
        self._line = line
        self._features = features
        self._timeouts = timeouts
        self._pipelining = pipelining
        self.open = open_  # the server may still have a transaction of ours open, from the window before too
        self._until = monotonic() + timeouts.window
        self._turns: list[tuple[int, Prepared]] = []  # of the letters to be written; what is taken from it is not begun
        self._finishing = False

    def finish(self) -> None:
        """Any thread: the letter in hand is finished, and none is begun after it."""
        self._finishing = True
        self._turns.clear()

    def send(self, window: Sequence[Wire]) -> list[Reply]:
        prepared = [prepare(wire, self._features) for wire in window]
        replies = [p if isinstance(p, Reply) else unsent(p.wire.id) for p in prepared]
        turns = [(index, p) for index, p in enumerate(prepared) if isinstance(p, Prepared)]
        following = [letter if self._pipelining else None for _, letter in turns[1:]]
        self._turns = turns
        if self._finishing:
            self.finish()
        ahead = False
        for (index, letter), behind in zip(turns, [*following, None], strict=False):
            if monotonic() >= self._until:
                break
            try:
                refused = self._envelope(letter, ahead)
                ahead = refused is None and behind is not None
                replies[index] = refused or self._content(letter, behind)
                self.fresh = False
            except Broken as broken:
                self.alive = False
                replies[index] = broken.reply
            if not self.alive:
                break
        if ahead:  # told to finish, or the time is over: the server waits for a content that does not come
            self.alive = False
        return replies

    def _envelope(self, letter: Prepared, ahead: bool) -> Reply | None:
        """Walks MAIL, RCPT and DATA to their answers. None: the server waits for the content. Raises Broken."""
        answers: list[Answer] = []
        patience = (self._timeouts.mail, self._timeouts.rcpt, self._timeouts.data)
        try:
            if not ahead:
                self._begin(letter)
            for step, command, seconds in zip(STEPS, letter.commands, patience, strict=True):
                if not self._pipelining:
                    if self._line.waiting:
                        break
                    self._line.write(command, self._timeouts.block, self._until)
                answer = self._line.answer(seconds, self._until)
                answers.append(answer)
                if answer.code == 421 or (not self._pipelining and not _fits(step, answer)):
                    break
            if self._line.waiting and not (answers and answers[-1].code == 421):
                answers.append(self._goodbye())
            return self._judge(letter, answers)
        except LineLost as lost:
            # On a line that has served it is one slow answer, and no sign that pipelining was offered in vain.
            self.stalled = self._pipelining and self.fresh and lost.reason == "no-answer" and 0 < len(answers) < 3
            raise Broken(self._not_asked_for(letter, bool(answers), lost)) from None

    def _not_asked_for(self, letter: Prepared, begun: bool, lost: LineLost) -> Reply:
        """The line broke before the server asked for the content. Where it broke at MAIL and had served before, a new one is
        made and the letter goes over that; behind MAIL it is put off, as it may be the letter that the relay breaks at. A new
        one that breaks, wherever, says that the relay is not well, or each letter would get a line of its own to be lost with.
        There the letter is put off as well, for it must not stand in front of all others for ever."""
        spoken = self.fresh and not self._finishing  # when we finish it may be ourselves who hung up
        if begun:  # stalled: without pipelining the relay may be well
            return _lost(letter, "deferred", lost, "relay" if spoken and not self.stalled else "")
        if not spoken:
            return _lost(letter, "unsent", lost)
        said = self._last_words(letter, "mail") if lost.reason == "connection-lost" else None  # behind nonsense: to another command
        return said or _lost(letter, "deferred", lost, "relay")

    def _begin(self, letter: Prepared) -> None:
        """Writes what opens the transaction; the answer to a RSET in front of it is read here."""
        opening = b"RSET\r\n" if self.open else b""
        if self._pipelining:
            opening += b"".join(letter.commands)
        if opening:
            self._line.write(opening, self._timeouts.block, self._until)
        if self.open:
            answer = self._line.answer(self._timeouts.mail, self._until)
            if not answer.positive:
                raise LineLost("connection-lost" if answer.code == 421 else "out-of-step", answer.text)
        self.open = True

    def _goodbye(self) -> Answer:
        """What the server said that it was not asked for: that it leaves, mostly because of its answer before. Else we lost step."""
        with suppress(LineLost):
            said = self._line.answer(LAST_WORDS, self._until)
            if said.code == 421:
                return said
        raise _out_of_step()

    def _judge(self, letter: Prepared, answers: list[Answer]) -> Reply | None:
        last = answers[-1]
        bad = next((pair for pair in zip(STEPS, answers, strict=False) if not _fits(*pair)), None)
        if bad is None and last.code == 421:
            bad = "data", last
        if bad is None:
            return None
        step, answer = bad
        if last.positive and step != "data":  # to DATA, behind a refusal: each stands one command too late
            raise _out_of_step()
        reply = _reply(letter, step, answer)
        if last.code == 421 or reply.reason == "nonsense":
            self.alive = False  # gone, or out of step
        elif len(answers) == 3 and last.code == 354:
            if answers[1].positive:
                self.alive = False  # the server has somebody to give it to: a dot would be an empty letter
            else:
                self._lone_dot(reply)
        if self.alive and reply.slow == "relay":  # it speaks of itself: nothing more is asked of it
            self.alive, self.parting = False, True
        return reply

    def _lone_dot(self, reply: Reply) -> None:
        try:
            self._line.write(DOT, self._timeouts.block, self._until)
            ended = self._line.answer(self._timeouts.content, self._until)
            self.open = False
            self.alive = ended.code != 421
        except LineLost:
            raise Broken(reply) from None

    def _content(self, letter: Prepared, behind: Prepared | None) -> Reply:
        """Writes the content, and the next envelope behind its dot. From the first octet of the dot on, silence is `uncertain`."""
        then = DOT + b"".join(behind.commands) if behind else DOT
        try:
            self._line.write(letter.body, self._timeouts.block, self._until, then)
        except LineLost as lost:
            begun = lost.written > len(letter.body)
            raise Broken(self._unanswered(letter, lost, begun)) from None
        try:
            answer = self._line.answer(self._timeouts.content, monotonic() + self._timeouts.content)  # the whole of it, whenever it was begun
        except LineLost as lost:
            raise Broken(_uncertain(letter, lost)) from None
        self.open = behind is not None
        reply = _reply(letter, "content", answer)
        self.alive = answer.code != 421 and reply.reason != "nonsense"
        return reply

    def _unanswered(self, letter: Prepared, lost: LineLost, begun: bool) -> Reply:
        """The line broke while the content was written; what the server said meanwhile, a refusal most likely, counts."""
        return self._last_words(letter, "content") or (_uncertain(letter, lost) if begun else _lost(letter, "deferred", lost))

    def _last_words(self, letter: Prepared, stage: results.Stage) -> Reply | None:
        """The refusal that a server said before it hung up, if it can be read still."""
        try:
            answer = self._line.answer(LAST_WORDS, self._until)
        except LineLost:
            return None
        return _reply(letter, stage, answer) if answer.code >= 400 else None


def _out_of_step() -> LineLost:
    return LineLost("out-of-step", "more answers than commands")


def _fits(step: results.Stage, answer: Answer) -> bool:
    return answer.code == 354 if step == "data" else answer.positive


def _reply(letter: Prepared, stage: results.Stage, answer: Answer) -> Reply:
    verdict = results.of_reply(stage, answer.code, answer.enhanced, answer.text)
    state, reason, slow = verdict.state, verdict.reason, verdict.slow
    return Reply(letter.wire.id, state, answer.code, answer.enhanced, answer.text, reason, slow)


def _uncertain(letter: Prepared, lost: LineLost) -> Reply:
    detail = lost.detail if lost.reason == "connection-lost" else f"{SENTENCES[lost.reason]} {lost.detail}".strip()
    return Reply(letter.wire.id, "uncertain", None, None, detail, "lost-answer")


def _lost(letter: Prepared, state: State, lost: LineLost, slow: results.Slow = "") -> Reply:
    return Reply(letter.wire.id, state, None, None, lost.detail, lost.reason, slow)
