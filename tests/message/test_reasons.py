"""Why a delivery failed, and whether it counts: our table (BNC-5, BNC-6)."""

from __future__ import annotations

import pytest

from mailer.message.bounces import reasons


@pytest.mark.parametrize(
    ("status", "words", "reason", "counts"),
    [
        ("5.1.1", "", "user-unknown", True),
        ("5.1.2", "", "no-host", True),
        ("5.1.3", "", "bad-address", True),
        ("5.1.6", "", "moved", True),
        ("5.1.10", "", "user-unknown", True),
        ("5.2.1", "", "disabled", True),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied", "user-unknown", True),
        ("5.2.2", "", "mailbox-full", False),
        ("5.2.3", "", "too-big", False),
        ("5.3.4", "", "too-big", False),
        ("5.7.26", "", "dmarc", False),
        ("5.7.515", "", "dmarc", False),
        ("5.7.1", "550 5.7.1 message rejected as spam", "spam-rejected", False),
        ("5.7.1", "550 5.7.1 blocked using zen.spamhaus.org", "spam-rejected", False),
        ("5.7.1", "550 5.7.1 rejected by policy", "policy", False),
        ("5.4.7", "", "expired", False),
        ("5.6.0", "", "content", False),
        ("5.0.0", "552 mailbox is full", "mailbox-full", False),
        ("5.0.0", "550 user is over quota", "mailbox-full", False),
        ("5.0.0", "550 No such user here", "user-unknown", True),
        ("5.0.0", "550 this account has been disabled", "disabled", True),
        ("", "connection timed out", "network", False),
        ("", "Host or domain name not found", "no-host", True),
        ("", "too many hops", "mail-loop", False),
        # the far server's words against the relay's own code: the kinder reading wins
        ("5.1.1", "552 5.2.2 Over quota", "mailbox-full", False),
        ("5.1.1", "550 5.7.1 address 192.0.2.7 is on a blocklist", "policy", False),
        ("5.1.1", "550 the message exceeds the size limit", "too-big", False),
        ("5.1.3", "550 5.1.3 too many messages from 192.0.2.7 this hour", "throttled", False),
        ("5.2.1", "550 5.2.1 this user is receiving mail at a rate that is too high", "throttled", False),
        ("5.1.1", "550 5.7.1 no such user, see http://mx.example/spam", "user-unknown", True),
        ("5.1.1", "550 address rejected", "user-unknown", True),
        # x.1.7 and x.1.8 are about the sender; x.6 and x.7 need plain words to be about the person
        ("5.1.8", "553 5.1.8 domain of sender address does not exist", "policy", False),
        ("5.1.7", "550 5.1.7 mailbox unknown", "policy", False),
        ("5.1.0", "5.1.0 - Unknown address error 550-'Access denied'", "policy", False),
        ("5.7.25", "550 5.7.25 <a@b.example>: recipient address rejected: reverse DNS failed", "policy", False),
        ("5.7.54", "5.7.54 unable to relay recipient in non-accepted domain", "policy", False),
        ("5.7.1", "550 5.7.1 no such user", "user-unknown", True),
        ("5.0.0", "550 sender address does not exist", "policy", False),
        ("5.0.0", "550 access from ip address 192.0.2.7 blocked", "policy", False),
        ("5.0.0", "550 recipient address rejected", "policy", False),
        ("5.0.0", "542 no mail box available for this user", "user-unknown", True),
        ("5.4.4", "name service error: malformed or unexpected name server reply", "network", False),
        ("", "host not found, try again", "network", False),
        ("5.0.0", "550 5.0.0 invalid domain", "no-host", True),
        ("", "all hosts have been failing for a long time", "expired", False),
        ("5.1.0", "error after MAIL FROM:<a@lists.example>: 553 5.1.0 lists.example does not exist", "policy", False),
        ("5.1.1", "550 5.1.1 address rejected (in reply to MAIL FROM command)", "policy", False),
        # what somebody is called, and where a line was folded, says nothing
        ("5.0.1", "<dmarc@x.example>: host mx.antispam.example[192.0.2.7] said: 550 recipient rejected", "policy", False),
        ("", "host mx.spam-filter.example[192.0.2.7] said: 550 no such\n    user", "user-unknown", True),
        ("5.7.1", "recipient address rejected: user\n    bob@x.example does not exist", "user-unknown", True),
        ("5.0.0", "550 mailbox bob@x.example unavailable", "user-unknown", True),
        ("5.4.4", "sorry, I couldn't find a mail exchanger or IP address", "no-host", True),
    ],
)
def test_bnc_5_reasons_by_our_table(status: str, words: str, reason: str, counts: bool) -> None:
    assert reasons.reason_of(status, words) == reason
    assert reasons.counts(True, reason) is counts
    assert reasons.counts(False, reason) is False
