"""Our tags, links and footers found again and taken out (FMT-12)."""

from __future__ import annotations

from base64 import b64encode

import pytest

from mailer.message import read, tags
from mailer.message.own import strip_own
from mailer.message.tags import Keys

KEYS = Keys(b"k" * 32)
REPLY, LEAVE, MESSAGE = KEYS.tag(tags.REPLY, 5), KEYS.tag(tags.LEAVE, 6), KEYS.tag(tags.MESSAGE, 7)
HOSTS = ["lists.example.org"]
LINK = f"https://lists.example.org/u/{LEAVE}"

QUOTES = {
    "top-posted": f"Yes.\n\nOn Mon Bob wrote:\n> Write to mendip+{REPLY}@lists.example.org\n> Stop meetings:\n> {LINK}\n",
    "bottom-posted": f"> {LINK}\n\nYes.\n",
    "angle brackets": f"Yes.\n\nStop meetings <{LINK}>\n",
    "upper case": f"Yes. {LINK.replace(LEAVE, LEAVE.upper())}\n",
    "wrapped by a scanner": f"Yes.\n\nhttps://eur01.safelinks.example/?url=https%3A%2F%2Flists.example.org%2Fu%2F{LEAVE}&data=05\n",
    "html": f'<p>Yes.</p><a href="{LINK}">Stop</a><a href="mailto:mendip+{REPLY}@lists.example.org">x</a>',
    "html wrapped by a scanner": f'<p>Yes.</p><a href="https://scan.example/?u=https%3A%2F%2Flists.example.org%2Fu%2F{LEAVE}">Stop</a>',
}


@pytest.mark.parametrize("name", QUOTES)
def test_fmt_12_no_tag_is_left_and_the_words_are(name: str) -> None:
    left = strip_own(QUOTES[name], HOSTS)
    assert REPLY not in left.lower()
    assert LEAVE not in left.lower()
    assert "Yes." in left


def test_fmt_12_addresses_stay_usable_and_other_links_stay() -> None:
    left = strip_own(
        f"Write to mendip+{REPLY}@lists.example.org or mendip-agenda@lists.example.org, see https://lists.example.org/n/mendip for more.",
        HOSTS,
    )
    assert (
        left
        == "Write to mendip@lists.example.org or mendip-agenda@lists.example.org, see https://lists.example.org/n/mendip for more."
    )


def test_fmt_12_our_reason_for_writing_goes_with_its_links() -> None:
    left = strip_own(
        f"Yes.\n> See you.\n>\n> You get this because you said yes to meetings from Mendip. To end\n> all mail from us, reply STOP.\n> Stop meetings:\n> {LINK}\n",
        HOSTS,
    )
    assert "STOP" not in left
    assert "Stop meetings" not in left
    assert "See you." in left


def test_text_without_ours_is_left_alone() -> None:
    text = "On 4 January we meet:\n> as said\nhttps://other.example/u/x"
    assert strip_own(text, HOSTS) == text


def test_own_tags_come_in_the_order_of_their_worth() -> None:
    body = f"Yes.\n\n> {LINK}\n"
    raw = (
        f"From: jane@school.example\nTo: MENDIP+{REPLY.upper()}@Lists.Example.org\nIn-Reply-To: <{MESSAGE}@lists.example.org>\n"
        "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + b64encode(body.encode()).decode()
    ).encode()
    assert read(raw, own_hosts=HOSTS).own_tags == (REPLY, MESSAGE, LEAVE)
    assert read(raw, own_hosts=["other.example"]).own_tags == ()
    assert read(raw).own_tags == ()


def test_bnc_1_a_returned_original_names_its_tag() -> None:
    raw = (
        "From: MAILER-DAEMON@mx.example.net\nSubject: failure\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nfailed\n--b\nContent-Type: message/delivery-status\n\n"
        f"Final-Recipient: rfc822; bob@school.example\nAction: failed\nStatus: 5.1.1\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <{MESSAGE}@lists.example.org>\nReply-To: mendip+{REPLY}@lists.example.org\n\nx\n--b--\n"
    ).encode()
    assert set(read(raw, own_hosts=HOSTS).own_tags) == {MESSAGE, REPLY}
