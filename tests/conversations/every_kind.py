"""One mail of every kind there is: each folder of templates/occasions and templates/replies, sent to one member.

Each is composed from the sample fields that stand beside it, written to the outbox as it would be, and delivered to the tray; where
its words ask for a confirmation its tag is that of a question which erases everything, and its links to an invitation are of a real one.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, select

from mailer.acts import questions
from mailer.consent import ACTIVE, purposes, standing
from mailer.consent.standing import Proof
from mailer.outbound import outbox
from mailer.people import addresses
from mailer.store import add
from mailer.store.tables import invitations, letters, outgoing
from tests.conversations.scenes import JANE, invited
from tests.stage import Got, Stage
from tests.templates import TEMPLATES, klass_of, path_of, sample


def asks(template: str) -> bool:
    """Whether a mail of this kind is a question with a confirmation behind it."""
    return "confirm_url" in (path_of(template) / "body.j2").read_text(encoding="utf-8")


def every_kind(stage: Stage, who: str = JANE, language: str = "en") -> dict[str, Got]:
    """A mail of every template, by its name, to somebody who reads this language."""
    meeting_id = invited(stage)
    wanted = {}
    with stage.house.store.write() as session:
        reader = addresses.find(session, who)
        assert reader is not None
        invitation_id = session.execute(
            select(invitations.c.id).filter_by(meeting_id=meeting_id, address_id=reader.id)
        ).scalar_one()
        for template in TEMPLATES:
            klass = klass_of(template)
            found = _standing(stage, session, reader.id, klass, template)
            fields = sample(template)
            question = None
            if asks(template):
                question = questions.write_down(
                    session, stage.network_id, reader.id, "forget-me", {}, None, stage.now, expires_at=stage.now + timedelta(days=7)
                )
            letter_id = add(
                session, letters, network_id=stage.network_id, template=template, fields=fields, language=language, variant="", created_at=stage.now
            )
            row = outbox.Row(
                key=f"every:{template}",
                network_id=stage.network_id,
                letter_id=letter_id,
                address_id=reader.id,
                standing_id=found,
                purpose=klass,
                to_address=who,
                to_name="Jane Doe",
                reply_use="c" if question is not None else "r",
                reply_row=question,
                invitation_id=invitation_id,
            )
            outbox.add_rows(session, [row], now=stage.now)
            wanted[row.key] = template
    stage.settle()
    with stage.house.store.read() as session:
        rows = session.execute(select(outgoing.c.id, outgoing.c.key, outgoing.c.state, outgoing.c.reason)).all()
        went = {row.id: wanted[row.key] for row in rows if row.key in wanted}
        assert {row.key: row.reason for row in rows if row.key in wanted and row.state != "accepted"} == {}
    by_copy = {got.outgoing_id: got for got in stage.mails(who)}
    return {template: by_copy[copy] for copy, template in went.items()}



def _standing(stage: Stage, session: Connection, address_id: int, klass: str, template: str) -> int:
    """An open one, also of the desk and of what they never asked for."""
    network_id, now = stage.network_id, stage.now
    if klass in purposes.FLEETING:
        until = now + timedelta(days=7)
        return standing.open_class(
            session, network_id=network_id, address_id=address_id, klass=klass, scope=template[-40:], until=until, now=now
        )
    proof = Proof("consent", "test", "mail")
    return standing.change(
        session, network_id=network_id, address_id=address_id, purpose=klass, to=ACTIVE, proof=proof, now=now
    )
