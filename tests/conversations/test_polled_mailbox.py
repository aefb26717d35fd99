"""One polled mailbox instead of a domain (contract 1): what goes out comes from the mailbox, and answers find back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversations.scenes import JANE, answers, invited
from tests.stage import Stage, staged

MAILBOX = "technet@uni.example"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path, imap_url="imaps://technet%40uni.example@mail.uni.example", mailbox_network="mendip")


def test_from_envelope_reply_and_calendar_are_the_mailbox(stage: Stage) -> None:
    meeting_id = invited(stage)
    mail = stage.last(JANE)
    assert str(mail.message["From"]).endswith(f"<{MAILBOX}>")
    assert mail.mail_from.startswith("technet+")
    assert mail.mail_from.endswith("@uni.example")
    assert mail.reply_to.startswith("technet+r")
    calendar = next(part for part in mail.message.walk() if part.get_content_type() == "text/calendar").get_content()
    assert f"mailto:{MAILBOX}" in calendar.replace("\r\n ", "")
    assert "technet+agenda@uni.example" in mail.text
    stage.reply(mail, "YES")
    assert answers(stage, meeting_id)[JANE] == "yes"
