"""Complaints in X-ARF, old and new: `report.txt` beside the mail complained about, or a JSON report (RFC 9477 3.1.1).

X-ARF 0.1 and 0.2 are marked by a field of the message and carry YAML in a part of its own; XARF 3 and 4 are JSON. Reports of
logins, scans and copyright are about a host, not about our mail, and are left to the machines.
"""

from __future__ import annotations

import json
import re

from mailer.message import charset
from mailer.message.parts import Part

MAX_REPORT = 100_000
_LINE = re.compile(r"(?m)^([A-Za-z][A-Za-z-]{2,40})[ \t]*:[ \t]*['\"]?([^\n'\"]{1,300})")
_OF_MAIL = re.compile(r"(?i)spam|mail|abuse|complaint|messaging|phish|fraud|virus|malware")


def fields_of(root: Part) -> dict[str, str] | None:
    """The report as the fields of RFC 5965 would say it; None if this mail carries none about mail."""
    marked = bool(root.get("x-arf") or root.get("x-xarf"))
    for part in root.walk(into_messages=False):
        if part.children or part is root:
            continue
        if part.type.endswith("/json") or part.filename.lower().endswith(".json"):
            said = _json(charset.decode(part.content[:MAX_REPORT]))
        elif marked and part.type.startswith("text/"):
            said = {name.lower(): value.strip() for name, value in _LINE.findall(charset.decode(part.content[:MAX_REPORT]))}
        else:
            continue
        kind = said.get("report-type", "")
        if "reported-from" in said and _OF_MAIL.search(f"{kind} {said.get('category', '')}") and not re.search(r"login|attack|scan|copyright", kind):
            return said | {"feedback-type": "fraud" if re.search(r"(?i)phish|fraud", kind) else "abuse"}
    return None


def _json(text: str) -> dict[str, str]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict) or not ("xarf_version" in said or "XARF" in str(said.get("Version", "")) or "ReporterInfo" in said):
        return {}
    nested = said.get("Report")  # in XARF 3
    report = nested if isinstance(nested, dict) else said
    values = {key.lower(): value for key, value in report.items() if isinstance(value, str)}
    return {
        "reported-from": "a JSON report",
        "report-type": values.get("reporttype") or values.get("type", ""),
        "category": values.get("reportclass") or values.get("category", ""),
        "original-rcpt-to": values.get("smtp_to") or values.get("smtprcptto") or values.get("smtprcpttoaddress", ""),
        "user-agent": "XARF",
    }
