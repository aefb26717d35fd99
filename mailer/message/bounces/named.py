"""Which of the addresses in a notice have failed: each gets a rank by how it stands there, and the best rank wins."""

from __future__ import annotations

import re

from mailer.message.address import key, parse_address

MAX_LINES = 400
# letters beyond ASCII (RFC 6531), without quotation marks and the punctuation of China and Japan, which stand around an address
_BEYOND = "\u00c0-\u1fff\u2c00-\u2fff\u3040-\uf8ff"
ANY = re.compile(
    rf"(?<![\w.+=@/-])[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.{_BEYOND}-]{{1,64}}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?\.){{1,10}}[A-Za-z]{{2,24}}(?=[{_BEYOND}])"
    rf"|(?<![\w.+=@/-])[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.{_BEYOND}-]{{1,64}}@[A-Za-z0-9{_BEYOND}](?:[A-Za-z0-9.{_BEYOND}-]{{0,250}}[A-Za-z0-9{_BEYOND}])"
)
_ALONE = re.compile(
    r"^[\s*>•·\-–\"'<\[(]*(?:(?:smtp|mailto|rfc822)[:;])?\s*<?([^\s<>]+@[^\s<>]+?)>?[\])]?[\s\"'>:;,.*]*(?:\(.{0,120}\))?$"
)
_FIELD = re.compile(r"\s*[A-Za-z-]{2,30}[ \t]*:")
SAID_OF = re.compile(r"\s*<?[^\s<>]+@[^\s<>]+>?:\s*\S")
_BEGUN = re.compile(r"<[^\s<>]+@[^\s<>]+>(?: \(expanded from <[^<>]{3,300}>\))?: \w")
_HEADED = re.compile(
    r"^[\s*>•·\-–]*[\"'<\[]*(?:smtp:)?([^\s<>\"\[\]]+@[^\s<>\"\[\]]+?)[\"'>\])]*\s*(?::|;|\.\.\.|\s-\s|\s+on\s|,?\s+(?:\(|failed|was|is|does|user|no such|mailbox|unknown|has|not|recipient|5\d\d|4\d\d|delivery|could|can|remote))"
)
_REPLIED = re.compile(r"^\s*[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3} )?<?$")  # sendmail: `550 5.1.1 <jane@x.example>... User unknown`
_NAMED = re.compile(
    r"(?i)(?:rcpt to:\s*|recipients?(?:'s)?(?: address(?:es)?)?\s*[:=]\s*|failed (?:recipient|address)\s*:\s*|address\s*:\s*|error-for:\s*|attempts:\s*|undeliverable\s+to:?\s*|(?:unknown|invalid) (?:user|recipient|final delivery userid)s?\s*:?\s*|delivered to:?\s*|"
    r"to (?:the )?(?:following )?(?:local )?(?:user|address|recipient|e-?mail)(?: address)?s?:?\s*|intended recipient:?\s*|(?:mail|message) to:?\s*|deliver(?:ed|y)? [^.]{0,30}to:?\s*|addressed(?: to:?|,)?\s*|generated from\s*|expanded from:?\s*|mailbox(?: is full)?:?\s*|local mailbox\s*|user\s*|dda:smtp=|quota violation for\s*|recipient:?\s*|"
    r"destinataire\s*:?\s*|empfänger\s*:?\s*|destinatario\s*:?\s*|adres\s*:?\s*|original address:\s*|account=)[\"'<\[(]*$"
)
_ASIDE = re.compile(
    r"(?i)contact\b|\bsenders?\b\s*(?:address)?\s*[:=]|assistance|please (?:e-?mail|write|forward|(?:re-?)?send|reply|include|try|use|ask)|help ?desk|questions|administrator|abuse@|support|report (?:this|to)|message-?id|^\s*from\s*:|^\s*sender\s*:|mail from:?\s|from:? *<|sent by|reply-to|for (?:further|more|help|information)|you (?:can|may)|^\s*date:|^\s*subject:|try (?:emailing|sending)|"
    r"visit|http|^\s*id\b|sent from|alternative|instead|new address|e\.g\.|relay=|by postmaster|following error|by way of|header\.|envelope-from"
)
_INSTEAD = re.compile(r"(?i)[>)\]]*,?\s*(?:instead|from now on|in (?:the )?future|is (?:my|his|her|their|the) new)\b")
_EXPANDED = re.compile(
    r"(?i)\(?(?:expanded|generated|originally addressed) (?:from|to):?\s*<?([^\s<>()]+@[^\s<>()]+)>?\)?"
)


def ranked(notice: str, avoid: set[str]) -> tuple[dict[str, str], int]:
    """Addresses of the best rank, and that rank: 0 alone on or heading a line, 1 after a telling word, 2 before `...`,
    3 anywhere, 4 after `To:`, which may be a copied field."""
    ranks: dict[str, tuple[int, str, str]] = {}
    lines = notice.split("\n")[:MAX_LINES]
    originals: set[str] = set()
    asides: set[str] = set()
    folded = _folded(lines)
    for i, line in enumerate(lines):
        line = line[:600]
        if ("@" not in line and "=" not in line) or i in folded:
            continue
        for found in list(ANY.finditer(line))[:20]:
            address = re.sub(r"(?i)^smtp[=:]", "", found[0].strip(".'`*"))
            if key(address) in avoid or not parse_address(address):
                continue
            before = line[: found.start()]
            expanded = _EXPANDED.search(line)
            if expanded and address in expanded[1]:
                originals.add(key(address))
            if (_ASIDE.search(before) and not _NAMED.search(before)) or _INSTEAD.match(line[found.end() :]):
                asides.add(key(address))
                continue
            rank = _rank(line, found, address)
            if rank > 1 and i and not _FIELD.match(before):
                sentence = f"{lines[i - 1][-200:]} {before}".rpartition(". ")[2]  # it may have begun a line above
                if _ASIDE.search(sentence):
                    asides.add(key(address))
            if key(address) in asides and not SAID_OF.match(line):  # whom to ask for help
                continue
            near = "\n".join(_about(lines, i, address, folded))
            have = ranks.get(key(address))
            if have is None or rank < have[0]:
                ranks[key(address)] = (rank, address, near)
    if not ranks:
        return {}, 9
    best = min(rank for rank, _, _ in ranks.values())
    limit = max(best, 1) if best <= 1 else best
    return {address: near for k, (rank, address, near) in ranks.items() if rank <= limit or k in originals}, best


def _rank(line: str, found: re.Match[str], address: str) -> int:
    before, after = line[: found.start()], line[found.end() :]
    if _ALONE.match(line) or ((headed := _HEADED.match(line)) and headed[1].strip(".'`*\"<>:") == address):
        return 0
    if _NAMED.search(before) or (before.endswith("<") and len(before) < 80 and not after.strip(" >.,;:")):
        return 1
    if before.rstrip().endswith("<") and after.lstrip().startswith(">") and not before.strip(" <*-"):
        return 0
    if re.match(r"\s*>?\s*\.\.\.", after):
        return 1 if _REPLIED.match(before) else 2
    return 3


def _folded(lines: list[str]) -> set[int]:
    """Lines that only go on with what `<jane@x.example>: host ... said` began: whom a server names there has not failed."""
    found: set[int] = set()
    for i, line in enumerate(lines[1:], 1):
        above = lines[i - 1]
        if line[:1] in (" ", "\t") and (i - 1 in found or _BEGUN.match(above[:300])):
            found.add(i)
    return found


def _about(lines: list[str], at: int, address: str, folded: set[int]) -> list[str]:
    """The line and what is said after it, up to the next address that heads a line; its own may, where lines were folded."""
    near = [lines[at][:600]]
    for i, line in enumerate(lines[at + 1 : at + 8], at + 1):
        heads = None if i in folded else _ALONE.match(line[:600]) or (_HEADED.match(line[:600]) if line.strip() else None)
        if heads and key(heads[1].strip(".'`*\"<>:")) != key(address):
            break
        near.append(line[:600])
    return near
