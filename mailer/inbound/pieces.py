"""From a reading to a piece for the newsletter: the writer's own words, their markup, their pictures."""

from __future__ import annotations

from collections.abc import Sequence

from mailer.inbound.lines import read_piece
from mailer.message import Reading
from mailer.message.own import strip_own
from mailer.newsletters.pictures import Offered
from mailer.newsletters.pieces import Prepared, prepare


def prepared(reading: Reading, own_hosts: Sequence[str], title: str | None = None) -> Prepared:
    """Everything slow about a piece, done before the write (design ruling 8). `title` stands in place of the subject."""
    text = strip_own(reading.reply or reading.text, own_hosts)
    title, section = read_piece(reading.subject if title is None else title, text)
    pictures = [
        Offered(a.content, a.name, "", a.content_id or "") for a in reading.attachments if a.type.startswith("image/")
    ]
    # Markup is kept only where nothing of the mail was cut: a quote inside it could not be told apart any more.
    html = reading.html if reading.html and not reading.quoted.strip() else ""
    return prepare(title=title, text=text, html=html, section=section, pictures=pictures)
