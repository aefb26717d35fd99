"""Complaints that are no report of RFC 5965: X-ARF old and new (BNC-11), and reports about a domain, which are none."""

from __future__ import annotations

import pytest

from mailer.message import read

ORIGINAL = "Return-Path: <mendip+b@lists.example.org>\nFrom: Mendip <mendip-committee@lists.example.org>\nTo: dawn@mill.example\nSubject: Agenda\nMessage-ID: <o1@lists.example.org>\n\nHello\n"
XARF_4 = '{"xarf_version": "4.0.0", "category": "messaging", "type": "spam", "smtp_to": "dawn@isp.example"}'
XARF_3 = '{"Version": "3", "ReporterInfo": {"ReporterOrg": "ISP"}, "Report": {"ReportClass": "Activity", "ReportType": "Spam", "SmtpRcptTo": "dawn@isp.example"}}'
LOGIN = "Reported-From: abuse@isp.example\nCategory: abuse\nReport-Type: login-attack\nService: ssh\nSource: 192.0.2.7\n"


def mail(head: str, kind: str, part: str, more: str = "multipart/mixed", original: str = ORIGINAL) -> bytes:
    return (
        f"From: abuse@isp.example\nTo: abuse@lists.example.org\nSubject: abuse report about 192.0.2.1\n{head}MIME-Version: 1.0\nContent-Type: {more}; boundary=b\n\n--b\nContent-Type: text/plain\n\nDear sir, this was reported.\n"
        f"--b\nContent-Type: {kind}\n\n{part}\n--b\nContent-Type: message/rfc822\n\n{original}\n--b--\n"
    ).encode()


@pytest.mark.parametrize(
    ("raw", "kind", "address"),
    [
        (mail("X-XARF: PLAIN\n", "text/plain; name=report.txt", "---\nReported-From: abuse@isp.example\nCategory: abuse\nReport-Type: spam\nVersion: 0.2\n"), "abuse", "dawn@mill.example"),
        (mail("X-ARF: YES\n", "text/plain; name=report.txt", "Reported-From: abuse@isp.example\nReport-Type: mail-abuse\n"), "abuse", "dawn@mill.example"),
        (mail("X-ARF: YES\n", "text/plain", "Reported-From: abuse@isp.example\nCategory: fraud\nReport-Type: phishing\n"), "fraud", "dawn@mill.example"),
        (mail("", "application/json; name=xarf.json", XARF_4), "abuse", "dawn@isp.example"),
        (mail("", "application/json", XARF_3), "abuse", "dawn@isp.example"),
        (mail("", "application/json", XARF_4, "multipart/report; report-type=feedback-report"), "abuse", "dawn@isp.example"),
    ],
    ids=["0.2", "0.1", "phishing", "4", "3", "within a feedback report"],
)
def test_bnc_11_x_arf(raw: bytes, kind: str, address: str) -> None:
    seen = read(raw)
    assert seen.kind == "complaint", seen.steps
    assert seen.complaint is not None
    assert (seen.complaint.type, seen.complaint.address, seen.complaint.original_ids) == (kind, address, ("o1@lists.example.org",))


@pytest.mark.parametrize(
    "raw",
    [
        mail("X-ARF: YES\n", "text/plain", LOGIN),
        mail("", "application/json", '{"xarf_version": "4.0.0", "category": "connection", "type": "scan"}'),
        mail("", "application/json", "[" * 5000),
        mail("", "application/json", '{"type": "spam", "smtp_to": "dawn@isp.example"}'),
        mail("", "text/plain", "Reported-From: jane@school.example\nReport-Type: spam\n"),
    ],
    ids=["a login", "a scan", "nested", "other JSON", "words alone"],
)
def test_reports_about_something_else_are_no_complaint(raw: bytes) -> None:
    seen = read(raw)
    assert seen.complaint is None
    assert seen.error is None


@pytest.mark.parametrize(
    "head",
    [
        'From: "Mail Administrator" <dmarc@isp.example>\nSubject: Report Domain: lists.example.org; Submitter: isp.example; Report-ID: <x1>\n',
        "From: dmarc@isp.example\nSubject: Report domain: lists.example.org Submitter: isp.example Report-ID: 123\n",
        "From: dmarc@isp.example\nSubject: [Preview] Report Domain: lists.example.org\n",
        "From: tls@isp.example\nSubject: Daily report\nTLS-Report-Domain: lists.example.org\n",
        "From: tls@isp.example\nSubject: Daily report\nContent-Type: multipart/report; report-type=tlsrpt; boundary=b\n",
    ],
    ids=["RFC 9990", "RFC 7489", "with a mark", "TLS by its field", "TLS by its type"],
)
def test_daily_reports_about_a_domain_are_a_machines(head: str) -> None:
    assert read(f"{head}MIME-Version: 1.0\n\nThis is an aggregate report. 2 messages were rejected.".encode()).kind == "auto-reply"


def test_whom_the_returned_mail_names_is_whom_we_wrote_to_unless_it_is_a_post() -> None:
    """A forwarder's address in `Delivered-To` is none that we know; in a post, `To` names the list."""
    report = "Feedback-Type: abuse\nUser-Agent: ISP\nVersion: 1\n"
    kept = f"Delivered-To: dawn.mill@home.example\n{ORIGINAL}"
    for original, address in ((kept, "dawn@mill.example"), (f"List-Id: <mendip.lists.example.org>\n{kept}", "dawn.mill@home.example")):
        seen = read(mail("", "message/feedback-report", report, "multipart/report; report-type=feedback-report", original))
        assert seen.complaint is not None
        assert seen.complaint.address == address
