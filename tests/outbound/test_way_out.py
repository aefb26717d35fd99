"""A letter from draft to the other end of the wire: what arrives is what was signed (AUTH-2, AUTH-4, OUT-11, OUT-12, UNS-11)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailer.outbound.dkim import Signer
from mailer.outbound.letter import Draft, Marks, Skeleton, compile, fill
from mailer.outbound.transport import Timeouts, Wire, relays
from tests.outbound.test_dkim import RSA, tags, verified
from tests.outbound.transport.peer import FULL, Server, serve

PATIENT = Timeouts(quit=0.5).at_most(20)  # a willing server answers late on a busy machine
TEXTS = {
    "plain": "{greeting}\n\nSee you.\n\nStop: {leave}\n",
    "dots, tabs and trailing spaces": "{greeting}\n.\n..\n\t tab \t\nspaces   \n{leave}\n\n\n\n",
    "ends with a slot": "{greeting}\nStop: {leave}",
    "a long word and other tongues": "{greeting}\n" + "w" * 3000 + "\nŴyn 🎉 “tea” =3D\nFrom me\n{leave}\n\n",
}


@pytest.mark.parametrize("clean", [True, False], ids=["clean", "looked at"])
@pytest.mark.parametrize("features", [FULL, ("PIPELINING",), ()], ids=["all offered", "no 8BITMIME", "nothing offered"])
@pytest.mark.parametrize("text", TEXTS)
def test_auth_4_what_arrives_is_what_was_signed(text: str, features: tuple[str, ...], clean: bool) -> None:
    marks = Marks()
    body = TEXTS[text].format(greeting=marks.mark("greeting", "text"), leave=marks.mark("leave_url", "url"))
    html = f"<p>\t{marks.mark('greeting', 'html')}  </p>\n\n<p>.</p>\n" if "tongues" in text else None
    headers = (
        ("List-Unsubscribe", f"<{marks.mark('leave_url', 'url')}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )
    stored = compile(Draft("Agenda – Iau", body, html, headers), marks, boundary_seed="1").to_bytes()
    values = {
        "from_name": "Mendip",
        "from_address": "mendip-committee@lists.example.org",
        "to_name": "Élodie",
        "to_address": "elodie@school.example",
        "reply_to": "mendip+x@lists.example.org",
        "greeting": ".Hello  Élodie, ",
        "leave_url": "https://lists.example.org/u/" + "a" * 70,
    }
    filled = fill(
        Skeleton.from_bytes(stored), values, date=datetime(2026, 11, 12, tzinfo=UTC), message_id="<a@lists.example.org>"
    )
    signed = Signer("lists.example.org", "one", RSA).sign(filled, 1_794_474_000, clean=clean)
    server = Server(features)
    with serve(server) as peer:
        connection = relays(peer.url, timeouts=PATIENT)[0].connect()
        replies = connection.send([Wire(1, "mendip+b@lists.example.org", "elodie@school.example", signed, clean=clean)])
        connection.close()
    assert [reply.state for reply in replies] == ["accepted"]
    arrived = server.stored[0].replace(b"\r\n..", b"\r\n.")
    assert arrived == signed
    assert verified(arrived)
    assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(tags(arrived)["h"].split(":"))
