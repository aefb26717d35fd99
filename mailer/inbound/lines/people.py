"""People pasted into a mail: addresses and lines such as "Dawn Price <dawn@school.example>, Hillside School"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailer.people.sheet import agreed

CAP_LINES = 5_000
CAP_LINE = 1_000
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_GROUPED = re.compile(r"(?P<name>[^<>;,\t\"]*|\"[^\"<>]{0,120}\"\s*)<\s*(?:mailto:)?(?P<address>[^<>\s]{3,254})\s*>")
_PLACE = re.compile(r"\b(?:school|college|university|academy|high|primary|secondary|ysgol|coleg|prifysgol|trust|department|dept|hospital|institute|centre|council|sixth form|grammar|ltd|comprehensive)\b", re.IGNORECASE)
_ROLE = re.compile(r"^(?:(?:senior|lead|head|science|chief|assistant|deputy|laboratory|lab|chemistry|biology|physics|dt|art)\s+)*(?:technicians?|technologist|teacher|manager|chair|secretary|organiser|host|guest|member|named[- ]contact|head of \w+|prep room)$", re.IGNORECASE)
_HEADER = re.compile(r"^\W*(?:name|e-?mail|address|full name|first name|enw|ebost)\b.*\b(?:e-?mail|address|name|school|organisation|ebost)\b", re.IGNORECASE)
_TURNED = re.compile(r"^\W*([\w'’-]{2,40}),\s*([\w'’. -]{2,40}?)\W*$")
_LABEL = re.compile(r"\b(?:full name|name|e-?mail(?: address)?|enw|e-?bost)\s*:|(?:^|(?<=,))\s*(?:school|college|organisation|ysgol)\s*:", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*•·–]|\d{1,3}[.)])\s+")


@dataclass(frozen=True)
class PersonLine:
    """One address with what stood around it; `doubt` says what is odd, in words."""

    email: str
    name: str = ""
    organisation: str = ""
    role: str = ""
    line: str = ""
    doubt: str = ""
    left: bool = False  # a remark in the line says that they get no mail
    others: tuple[str, ...] = ()  # further addresses of the same person, of a list


def read_people(text: str) -> tuple[PersonLine, ...]:
    """Rows in order, each address once (first wins, gaps filled by later rows); lines without an address are left."""
    rows: dict[str, PersonLine] = {}
    for raw in text.split("\n")[:CAP_LINES]:
        line = _BULLET.sub("", raw.strip()[:CAP_LINE])
        if "@" not in line or (_HEADER.match(line) and not _ADDRESS.search(line)):
            continue
        for row in _line(line):
            known = rows.get(row.email)
            rows[row.email] = row if known is None else PersonLine(row.email, known.name or row.name, known.organisation or row.organisation, known.role or row.role, known.line, known.doubt, known.left or row.left)
    return tuple(rows.values())


def _line(line: str) -> list[PersonLine]:
    addresses = list(_ADDRESS.finditer(line))
    if not addresses:
        return [PersonLine(line.strip(), line=line, doubt="This is not an address.")] if re.search(r"\S@\S|@\S+\.\S", line) else []
    if len(addresses) == 1:
        return [_one(line, addresses[0][0])]
    rows = []
    last = 0
    for found in addresses:  # "Dawn Price <dawn@...>; joe@...; ..." on one line
        end = found.end() + (1 if line[found.end() : found.end() + 1] == ">" else 0)
        rows.append(_one(line[last:end].strip(" ;,\t"), found[0]))
        last = end
    return rows


def _one(part: str, address: str) -> PersonLine:
    grouped = _GROUPED.search(part)
    pieces: list[str] = []
    if grouped and address in grouped["address"]:
        before = (part[: grouped.start()] + grouped["name"]).strip()
        turned = _TURNED.match(before)
        before = f"{turned[2]} {turned[1]}" if turned else before
        pieces = [*([before] if before else []), *re.split(r"[,;\t|]", part[grouped.end() :])]
    else:
        pieces = re.split(r"[,;\t|<>()\[\]]| [-–] |:(?!/)", _LABEL.sub(",", part.replace(address, ",")))
    pieces = [p.strip(" \t\"'()<>-–") for p in pieces]
    pieces = [p for p in pieces if p and not agreed.noted_out(p) and not re.fullmatch(r"(?i)(?:mailto|e-?mail|and|or|name|school|organisation|ebost|enw)", p)]
    name = organisation = role = ""
    for piece in pieces:
        if _ROLE.match(piece) and not role:
            role = piece
        elif _PLACE.search(piece) and not organisation and (name or len(pieces) == 1 or len(pieces) > 1):
            organisation = piece
        elif not name:
            name = piece
        elif not organisation:
            if len(name.split()) == 1 and len(piece.split()) == 1 and len(pieces) > 2 and piece != pieces[-1]:
                name = f"{piece} {name}"  # "Price, Dawn, dawn@..., Hillside"
            else:
                organisation = piece
    email = address.rstrip(".").lower() if address.isascii() else address
    doubt = "This address looks unfinished." if ".." in email or email.startswith(".") else ""
    left = agreed.noted_out(part.replace(address, " "))
    return PersonLine(email, " ".join(name.split()), " ".join(organisation.split()), role, part, doubt, left)
