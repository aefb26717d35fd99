"""/join/SLUG: ask for mail at an address. The answer is the same page, in the same time, whoever is known (CMD-8).

The question goes to the address by mail, from the outbox and after this answer; only its YES begins anything. Nothing is
ticked beforehand and each purpose stands alone (DP-2).
"""

from __future__ import annotations

from mailer import clock
from mailer.acts import join
from mailer.consent import purposes
from mailer.errors import NotFound, Refused
from mailer.message.address import domain_of, parse_address
from mailer.people import networks
from mailer.people.networks import Network
from mailer.web import paper, posting, published
from mailer.web.asking import Answer, Asked, Page
from mailer.web.limits import Limiter

FLOOR = 0.4  # seconds: well above what any case takes, so that the time tells none of them
CLIENTS = Limiter(most=30, seconds=600.0)  # a whole school behind one address may join in a break


def show(asked: Asked) -> Answer:
    """The form."""
    return _page(asked, network_of(asked))


def act(asked: Asked) -> Answer:
    """Take what was asked; errors stand next to their field (ACC-7)."""
    network = network_of(asked)
    ticked = [name for name in purposes.SUBSCRIPTIONS if name in asked.form.many("purpose")]
    address = asked.form.one("email", 320)
    problems: dict[str, str] = {}
    clean = parse_address(address)
    if clean is None or "." not in domain_of(clean):
        problems["email"] = "email" if address else "email-missing"
    if not ticked:
        problems["purpose"] = "purpose"
    if problems:
        return _page(asked, network, problems=problems, ticked=ticked, status=400)
    if asked.client and not CLIENTS.take(asked.client, clock.monotonic()):
        return Page("busy", status=429, headers={"Retry-After": "600"}, language=asked.language(network.language))
    try:
        with asked.house.store.write() as session:
            join.ask(
                session,
                network,
                address,
                channel="web",
                hasher=asked.house.hasher,
                now=asked.now,
                purposes=ticked,
                name=asked.form.one("name", 100),
                organisation=asked.form.one("organisation", 100),
                told_by=asked.form.one("told_by", 200),
                language=asked.language(""),
                evidence_sha256=posting.evidence(asked),
            )
    except Refused:  # cannot be an address, or is one of the network's own
        return _page(asked, network, problems={"email": "email"}, ticked=ticked, status=400)
    return Page("asked", {"network": published.look(asked, network)}, language=asked.language(network.language))


def network_of(asked: Asked) -> Network:
    """The network of the path, if it may be joined. Raises NotFound."""
    with asked.house.store.read() as session:
        found = networks.get(session, asked.path["slug"])
    if found.closed_at is not None:
        raise NotFound("The network is closed.")
    return found


def _page(
    asked: Asked,
    network: Network,
    *,
    problems: dict[str, str] | None = None,
    ticked: list[str] | None = None,
    status: int = 200,
) -> Page:
    fields = {
        "network": published.look(asked, network),
        "purposes": published.purpose_words(paper.language_of("join", asked.language(network.language))),
        "problems": problems or {},
        "ticked": ticked or [],
        "given": {name: asked.form.one(name, 320) for name in ("email", "name", "organisation", "told_by")},
        "notice_version": network.notice_version,
    }
    return Page("join", fields, status=status, language=asked.language(network.language))
