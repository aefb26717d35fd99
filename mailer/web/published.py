"""/n/SLUG/...: who runs a network, its privacy notice, and what it has published: issues sent, agendas final.

Anyone may read these pages, so they name nobody: members agreed to be read by members (V9). Authors, new members and who
brought an item are left out, and addresses in the text other than the network's own.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection, select

from mailer.consent import purposes, wordings
from mailer.meetings import agenda as agendas
from mailer.meetings import meetings
from mailer.meetings.meetings import Meeting
from mailer.newsletters import assembly, issues, pictures
from mailer.newsletters.issues import Issue
from mailer.outbound.compose import NetworkLook
from mailer.outbound.compose.sanitise import sanitised
from mailer.outbound.writing import look_of
from mailer.people import formats, networks
from mailer.people.networks import Network
from mailer.store.tables import pictures as picture_rows
from mailer.web import paper
from mailer.web.asking import Answer, Asked, Octets, Page, missing

_ADDRESS = re.compile(r"[^\s<>()\[\]\",;:@]{1,64}@[a-z0-9.-]+\.[a-z]{2,}", re.IGNORECASE)
_MAILTO = re.compile(r'<a href="mailto:[^"]*"[^>]*>(.*?)</a>', re.IGNORECASE | re.DOTALL)
_CID = re.compile(r'src="cid:([^"]*)"', re.IGNORECASE)
LEFT_OUT = {"en": "[address left out]", "cy": "[cyfeiriad wedi'i hepgor]"}


def overview(asked: Asked) -> Answer:
    """What there is to read, newest first."""
    with asked.house.store.read() as session:
        network = _network(asked, session)
        out = [issue for issue in issues.listing(session, network.id) if _is_out(session, issue)]
        held = [meeting for meeting in meetings.listing(session, network.id) if _is_final(asked, session, meeting)]
        fields = {
            "issues": [issues.facts(issue, network.timezone) for issue in reversed(out)],
            "meetings": [meetings.facts(meeting, network) for meeting in reversed(held)],
        }
    return _page(asked, "network", network, fields)


def about(asked: Asked) -> Answer:
    """Who runs it, what for, what becomes of personal data (DP-15), how to reach it, how accessible it is (ACC-9)."""
    with asked.house.store.read() as session:
        network = _network(asked, session)
    fields = {
        "notice_version": network.notice_version,
        "notice_url": asked.house.settings.notice_url or "",
        "operator": asked.house.settings.operator or "",
        "purposes": purpose_words(paper.language_of("about", asked.language(network.language))),
    }
    return replace(_page(asked, "about", network, fields), language=asked.language(network.language))


def issue(asked: Asked) -> Answer:
    """One newsletter that went out."""
    with asked.house.store.read() as session:
        network, found = _issue(asked, session)
        if found is None:
            return missing()
        tree = assembly.assemble(session, found.id, asked.now, paper.language_of("issue", network.language))
    at = f"/n/{network.slug}/issues/{found.number}/pictures"
    sections = [
        {"title": part["title"], "pieces": [_nameless(piece, at, look(asked, network)) for piece in part["pieces"]]}
        for part in tree["sections"]
    ]
    return _page(asked, "issue", network, {"issue": tree["issue"], "sections": sections})


def picture(asked: Asked) -> Answer:
    """A picture of a piece that was printed; by its octets one of four harmless types, and never run (SAFE-6)."""
    with asked.house.store.read() as session:
        network, found = _issue(asked, session)
        if found is None:
            return missing()
        tree = assembly.assemble(session, found.id, asked.now, network.language)
        printed = {shown["id"] for part in tree["sections"] for piece in part["pieces"] for shown in piece["pictures"]}
        wanted = asked.number("picture")
        if wanted not in printed:
            return missing()
        row = session.execute(
            select(picture_rows.c.type, picture_rows.c.content).where(picture_rows.c.id == wanted)
        ).one()
    if row.type not in pictures.ENDINGS:
        return missing()
    return Octets(bytes(row.content), row.type, headers={"Content-Security-Policy": "sandbox; default-src 'none'"})


def agenda(asked: Asked) -> Answer:
    """The agenda of one meeting, once it is final."""
    with asked.house.store.read() as session:
        network = _network(asked, session)
        numbered = [one for one in meetings.listing(session, network.id) if one.number == asked.number("number")]
        if not numbered or not _is_final(asked, session, numbered[0]):
            return missing()
        slots = agendas.lines(session, numbered[0].id, paper.language_of("agenda", network.language))
    shown = [{**slot, "items": [_item(item, look(asked, network)) for item in slot["items"]]} for slot in slots]
    return _page(asked, "agenda", network, {"meeting": meetings.facts(numbered[0], network), "slots": shown})


def look(asked: Asked, network: Network) -> NetworkLook:
    """A network as pages show it."""
    return replace(look_of(asked.house, network), closed=network.closed_at is not None)


def purpose_words(language: str) -> list[tuple[str, str]]:
    """Each purpose with the words that people agree to."""
    said = wordings.names("purposes", language)
    return [(name, said[name]) for name in purposes.SUBSCRIPTIONS]


def _page(asked: Asked, template: str, network: Network, fields: dict[str, Any]) -> Page:
    return Page(template, {"network": look(asked, network), **fields}, language=network.language)


def _network(asked: Asked, session: Connection) -> Network:
    return networks.get(session, asked.path["slug"])


def _issue(asked: Asked, session: Connection) -> tuple[Network, Issue | None]:
    network = _network(asked, session)
    numbered = [one for one in issues.listing(session, network.id) if one.number == asked.number("number")]
    return network, numbered[0] if numbered and _is_out(session, numbered[0]) else None


def _is_out(session: Connection, found: Issue) -> bool:
    return issues.state(session, found) == "sent"


def _is_final(asked: Asked, session: Connection, meeting: Meeting) -> bool:
    return meeting.state != "cancelled" and agendas.state(session, meeting, asked.now) == "final"


def _nameless(piece: dict[str, Any], at: str, network: NetworkLook) -> dict[str, Any]:
    """A piece without its author and without addresses; its pictures under our own paths."""
    paths = {shown["cid"]: f"{at}/{shown['id']}" for shown in piece["pictures"]}
    html = _CID.sub(lambda found: f'src="{paths.get(found[1], "")}"', sanitised(piece["html"])) if piece["html"] else ""
    return {
        "title": _without_addresses(piece["title"], network),
        "text": _without_addresses(piece["text"], network),
        # sanitised above; what is put in is our own paths and fixed words
        "html": Markup(_without_addresses(_MAILTO.sub(r"\1", html), network)),  # noqa: S704
        "pictures": [
            {"path": paths[shown["cid"]], "caption": _without_addresses(shown["caption"], network)}
            for shown in piece["pictures"]
            if not shown["inline"]
        ],
    }


def _item(item: dict[str, Any], network: NetworkLook) -> dict[str, Any]:
    return {"title": _without_addresses(item["title"], network), "minutes": item["minutes"], "kind": item["kind"]}


def _without_addresses(text: str, network: NetworkLook) -> str:
    own, _, own_domain = network.post.rpartition("@")
    between = "+" if network.mailbox else "-"

    def kept(found: re.Match[str]) -> str:
        local, _, domain = found[0].lower().rpartition("@")
        ours = domain == own_domain and (local == own or local.startswith(f"{own}{between}"))
        return found[0] if ours else LEFT_OUT[formats.known(network.language)]

    return _ADDRESS.sub(kept, text)
