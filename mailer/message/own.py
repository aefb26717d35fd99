"""Our own tags, links and footers, found again wherever they were quoted (FMT-12).

One reply would otherwise hand a member's personal links to everyone. A tag is known by its shape alone: 37 octets of
base32 behind a plus, in a Message-ID, or in a link, also one that a link scanner has wrapped and percent-encoded.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from mailer.message.tags import TAG_LENGTH, looks_like_tag

_SHAPE = rf"[A-Za-z2-7]{{{TAG_LENGTH}}}"
_TAG = re.compile(rf"(?<![A-Za-z0-9]){_SHAPE}(?![A-Za-z0-9])")
_PLUS = re.compile(rf"([A-Za-z0-9-]{{1,64}})(\+|%2[Bb])({_SHAPE})(?=@|%40)")
_URL = re.compile(r"(?i)(?:<|&lt;|\[|\()?\s?(?:https?|mailto):[^\s<>\"'\]]{1,4000}(?:>|&gt;|\]|\))?")
_HREF = re.compile(r"(?i)\s(?:href|src|action)\s*=\s*(?:\"[^\"]{0,4000}\"|'[^']{0,4000}'|[^\s>]{1,4000})")
_PREFIX = re.compile(r"^[>\s|]{0,40}")
_LABEL = re.compile(r"[^\n]{2,100}:\s*")
_WHY = re.compile(r"(?i)[*_]{0,4}(?:you get this (?:because|once)|rydych yn cael hwn )")
_LEFT = 60  # letters that must stay on a quoted line whose link was taken out, or the line goes too


def tags_in(texts: Iterable[str], own_hosts: Collection[str]) -> tuple[str, ...]:
    """Tags of ours in these texts, lower case, in order, each once: `slug+TAG@host`, `TAG@host`, `https://host/x/TAG`."""
    hosts = {host.lower() for host in own_hosts}
    if not hosts:
        return ()
    found: dict[str, None] = {}
    for text in texts:
        for match in list(_TAG.finditer(text[:200_000]))[:500]:
            tag = match[0].lower()
            if not looks_like_tag(tag) or tag in found:
                continue
            after = text[match.end() : match.end() + 260].lower()
            before = text[max(0, match.start() - 300) : match.start()].lower()
            at = re.match(r"(?:@|%40)([a-z0-9.-]+)", after)
            if (at and at[1].strip(".") in hosts) or any(_linked(before, host) for host in hosts):
                found[tag] = None
    return tuple(found)


def _linked(before: str, host: str) -> bool:
    at = before.rfind(host)
    return at >= 0 and not re.search(r"\s", before[at:]) and ("/" in before[at:] or "%2f" in before[at:])


def strip_own(text: str, own_hosts: Collection[str]) -> str:
    """Text or HTML without our tags and personal links. `slug+TAG@host` becomes `slug@host`; a link with a tag goes, and
    with it a line that held little else."""
    hosts = [host.lower() for host in own_hosts]
    if not hosts or not (_WHY.search(text) or _TAG.search(text) or any(host in text.lower() for host in hosts)):
        return text
    if re.search(r"(?i)<(?:a|html|body|div|p|br)[\s>/]", text):
        text = _HREF.sub(lambda m: "" if _personal(m[0], hosts) else m[0], text)
    out: list[str] = []
    inside = False  # our sentence about why the mail came, which may be wrapped
    for line in text.split("\n"):
        bare = _PREFIX.sub("", line[:300])
        inside = bool(bare.strip()) and (inside or _WHY.match(bare) is not None) and "://" not in bare
        if inside and "<" not in line:
            continue
        kept = _line(line, hosts)
        went = kept is None or (kept == ">" and line.strip() != ">")
        if went and out and _LABEL.fullmatch(_PREFIX.sub("", out[-1][:200])):
            out.pop()  # the words that stood over the link
        if kept is not None:
            out.append(kept)
    return "\n".join(out)


def _personal(text: str, hosts: list[str]) -> bool:
    low = text.lower()
    if _TAG.search(text):
        return True
    return any(host in low for host in hosts) and re.search(r"(?:/|%2f)[upr](?:/|%2f)", low) is not None


def _line(line: str, hosts: list[str]) -> str | None:
    if len(line) > 20_000 or not (_TAG.search(line) or any(host in line.lower() for host in hosts)):
        return line if len(line) <= 20_000 else _TAG.sub("", line)
    without = _URL.sub(lambda m: "" if _personal(m[0], hosts) else m[0], line)
    cut = without != line
    without = _PLUS.sub(r"\1", without)
    bare = _TAG.sub("", without)
    cut = cut or bare != without
    if cut and "<" not in bare:
        words = _PREFIX.sub("", bare).strip(" -*")
        if line.lstrip().startswith(">"):
            return ">" if len(words) < _LEFT and not re.search(r"[.?!]\s+\w", words) else bare
        if not re.search(r"\w", words) or words.endswith(":"):
            return None
    return bare
