"""The results table, row by row, with replies that real servers give (OUT-2, OUT-9, BNC-5, BNC-8)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.message.bounces import reasons
from mailer.outbound import results

CASES = [
    ("plain yes", "content", 250, "2.0.0", "Ok: queued as 4X1", "accepted", "accepted", "", ""),
    ("a code never seen, 299", "content", 299, None, "fine", "accepted", "accepted", "", ""),
    ("a code never seen, 471", "rcpt", 471, None, "hm", "deferred", "try-later", "", "relay"),
    ("a code never seen, 599", "rcpt", 599, None, "no", "failed", "refused", "", "mailbox"),
    ("service closing", "mail", 421, "4.3.2", "Service shutting down", "deferred", "closing", "relay", "relay"),
    ("throttled", "content", 451, "4.7.0", "Too much mail, slow down", "deferred", "throttled", "destination", "sender"),
    ("greylisting", "rcpt", 450, "4.2.0", "<a@b>: Greylisted, see http://x", "deferred", "greylisted", "", "relay"),
    ("throttled before anybody is named", "mail", 451, "4.7.0", "Too fast", "deferred", "throttled", "relay", "sender"),
    ("greylisting that calls itself policy", "rcpt", 451, "4.7.1", "Greylisting in action", "deferred", "greylisted", "", "relay"),
    ("452 for the 101st", "rcpt", 452, "4.5.3", "Too many recipients", "deferred", "too-many-recipients", "", "relay"),
    ("552 at RCPT", "rcpt", 552, None, "Too many recipients", "deferred", "too-many-recipients", "", "relay"),
    ("552 full at RCPT", "rcpt", 552, "5.2.2", "Over quota", "deferred", "mailbox-full", "", "mailbox"),
    ("552 after the dot", "content", 552, "5.3.4", "Message too big", "failed", "too-large", "letter", "mailbox"),
    ("552 at MAIL, of SIZE", "mail", 552, "5.3.4", "5.3.4 Message size exceeds fixed limit", "failed", "too-large", "letter", "mailbox"),
    ("552 at MAIL, of the sender's quota", "mail", 552, "5.2.2", "5.2.2 Storage allocation exceeded", "deferred", "mailbox-full", "letter", "mailbox"),
    ("Postfix unknown user", "rcpt", 550, "5.1.1", "<x@y>: Recipient address rejected: User unknown in local recipient table", "failed", "no-such-address", "", "address"),
    ("unknown user without a status", "rcpt", 550, None, "No such user here", "failed", "no-such-address", "", "address"),
    ("Exchange Online unknown", "rcpt", 550, "5.4.1", "Recipient address rejected: Access denied. AS(201806281)", "failed", "no-such-address", "", "address"),
    ("other 5.4.1", "rcpt", 550, "5.4.1", "No answer from host", "failed", "route-trouble", "", "mailbox"),
    ("null MX", "rcpt", 556, "5.1.10", "Domain does not accept mail", "failed", "domain-unknown", "", "address"),
    ("Gmail DMARC", "content", 550, "5.7.26", "Unauthenticated email from x is not accepted due to domain's DMARC policy", "failed", "sender-not-proven", "", "sender"),
    ("Outlook bulk", "content", 550, "5.7.515", "Access denied, sending domain does not meet the required authentication level", "failed", "sender-not-proven", "", "sender"),
    ("Gmail SPF throttle", "content", 421, "4.7.26", "rate limited, unauthenticated", "deferred", "closing", "relay", "relay"),
    ("spam", "content", 554, None, "Message rejected as spam", "failed", "refused-policy", "", "sender"),
    ("relay denied", "rcpt", 554, "5.7.1", "<x@y>: Relay access denied", "deferred", "relay-denied", "letter", "relay"),
    ("Exchange unable to relay", "rcpt", 550, "5.7.54", "SMTP; Unable to relay recipient in non-accepted domain", "deferred", "relay-denied", "letter", "relay"),
    ("relaying denied by the next one", "content", 554, "5.7.1", "relaying denied", "failed", "relay-denied", "", "relay"),
    ("login wanted", "mail", 530, "5.7.0", "Authentication required", "deferred", "relay-wants-login", "relay", "relay"),
    ("relay denied before anybody is named", "mail", 550, "5.7.1", "5.7.1 relaying denied", "deferred", "relay-denied", "relay", "relay"),
    ("disk full", "mail", 452, "4.3.1", "4.3.1 Insufficient system storage", "deferred", "relay-trouble", "relay", "relay"),
    ("queue not written", "content", 451, "4.3.0", "4.3.0 queue file write error", "deferred", "relay-trouble", "letter", "relay"),
    ("disk full, said without a status", "mail", 452, None, "Insufficient system storage", "deferred", "try-later", "letter", "relay"),
    ("login wanted, said otherwise", "rcpt", 550, "5.7.1", "You must authenticate first", "deferred", "relay-wants-login", "letter", "relay"),
    ("sender refused", "mail", 550, None, "no thanks", "deferred", "sender-refused", "letter", "sender"),
    ("sender's domain unknown", "mail", 550, "5.1.8", "5.1.8 Sender address rejected: Domain not found", "deferred", "sender-refused", "letter", "sender"),
    ("sender's domain unknown just now", "mail", 450, "4.1.8", "4.1.8 Sender address rejected: Domain not found", "deferred", "sender-refused", "letter", "sender"),
    ("one sender too fast", "mail", 450, "4.7.1", "4.7.1 Sender address rejected: rate limit", "deferred", "throttled", "letter", "sender"),
    ("our host on a list", "mail", 554, "5.7.1", "5.7.1 Client host blocked using zen.spamhaus.org", "deferred", "refused-policy", "letter", "sender"),
    ("our domain not proven", "mail", 550, "5.7.23", "5.7.23 SPF validation failed", "deferred", "sender-not-proven", "letter", "sender"),
    ("bad sequence", "mail", 503, "5.5.1", "nested MAIL command", "deferred", "out-of-step", "", "relay"),
    ("class contradicts the code: 4 wins", "rcpt", 450, "5.1.1", "hm", "deferred", "try-later", "", "relay"),
    ("class contradicts the code: 5 wins", "rcpt", 550, "4.7.1", "hm", "failed", "refused", "", "mailbox"),
    ("354 to the dot", "content", 354, None, "go on", "uncertain", "nonsense", "", "relay"),
    ("250 to DATA", "data", 250, None, "what", "deferred", "nonsense", "", "relay"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[c[0] for c in CASES])
def test_out_2_reply(case: tuple[str, results.Stage, int, str | None, str, str, str, str, str]) -> None:
    _, stage, code, enhanced, text, state, reason, slow, blame = case
    verdict = results.of_reply(stage, code, enhanced, text)
    assert (verdict.state, verdict.reason, verdict.slow, verdict.blame) == (state, reason, slow, blame)


@pytest.mark.parametrize(
    ("status", "text", "hard"),
    [
        ("5.1.1", "", True),
        ("5.2.1", "", True),
        ("5.2.2", "", False),
        ("5.3.4", "", False),
        ("5.7.26", "", False),
        ("5.7.1", "blocked", False),
        ("5.4.1", "Recipient address rejected: Access denied", True),
        ("5.4.4", "", False),
        ("4.1.1", "", False),
        ("4.7.25", "", False),
        ("5.0.0", "550 user unknown", True),
        ("", "", False),
    ],
)
def test_bnc_8_a_refusal_counts_alike_at_once_and_as_a_report(status: str, text: str, hard: bool) -> None:
    permanent = not status.startswith("4")
    at_once = results.of_reply("rcpt", 550 if permanent else 450, status or None, text)
    assert (at_once.state == "failed" and at_once.blame == "address") is hard
    assert reasons.counts(permanent, reasons.reason_of(status, text)) is hard


@given(
    st.sampled_from(["mail", "rcpt", "data", "content"]),
    st.integers(0, 999),
    st.one_of(st.none(), st.from_regex(r"[245]\.\d{1,3}\.\d{1,3}", fullmatch=True)),
    st.text(max_size=600),
)
def test_out_2_every_reply_has_a_row_and_a_sentence(
    stage: results.Stage, code: int, enhanced: str | None, text: str
) -> None:
    verdict = results.of_reply(stage, code, enhanced, text)
    assert verdict.sentence
    if code // 100 == 4:
        assert verdict.state == "deferred"
    if verdict.state == "accepted":
        assert stage == "content"
        assert code // 100 == 2


def test_every_reason_of_the_tables_has_a_sentence() -> None:
    assert {row.reason for row in (*results.REPLIES, *results.STATUSES)} <= set(results.SENTENCES)
