"""What stands elsewhere: the relay, the broker, our own doors, the polled mailbox, the DNS."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from mailer.cli.checking import Finding, Place
from mailer.inbound.authenticate.names import Dns, Names, Temporary
from mailer.outbound import transport
from mailer.settings.values import is_loopback
from mailer.store.tables import networks

PATIENCE = transport.Timeouts(connect=10, greeting=20, hello=10, tls=10, login=20)
_TRY_RELAY = "check TERMPOST_RELAY_URL and ask who runs the relay. What is to go waits and is tried again by itself"
# a key of transport.DOWN -> what to do, where that is more than asking
MEND_RELAY: dict[str, str] = {
    "name-unknown": "is the name in TERMPOST_RELAY_URL right, and does the DNS answer here (getent hosts NAME)?",
    "login-refused": "the user in TERMPOST_RELAY_URL, and the password in TERMPOST_RELAY_PASSWORD_FILE",
    "tls-not-trusted": "name the relay as its certificate does, or ask who runs it for a valid certificate",
    "tls-not-offered": "ask who runs the relay for STARTTLS, or use smtps://",
}


def relay(place: Place) -> Iterator[Finding]:
    """Each relay, by a connection that sends nothing."""
    if any(each.is_tray for each in place.settings.relays):
        yield Finding(True, "outgoing mail is kept in the tray; nothing leaves this machine")
    try:
        known = transport.relays(place.settings.relays, tray=lambda wires: None, timeouts=PATIENCE)
    except transport.RelayUrlError as error:
        yield Finding(False, str(error), "mend TERMPOST_RELAY_URL")
        return
    for each in known:
        if each.name == "tray:":
            continue
        try:
            each.connect().close()
            yield Finding(True, f"the relay {each.name} answers")
        except transport.RelayDown as down:
            yield Finding(False, f"the relay {each.name}: {down}", MEND_RELAY.get(down.reason, _TRY_RELAY))


def broker(place: Place) -> Iterator[Finding]:
    """The broker of the hosted form."""
    from workers import broker as brokers

    if place.settings.is_embedded:
        yield Finding(True, "one process does everything (termpost run); no broker is needed")
        return
    name = brokers.name(place.settings)
    why = brokers.trouble(place.settings)
    yield Finding(
        not why,
        f"the broker {name} takes work" if not why else f"the broker {name} takes no work: {why}",
        "does it run (systemctl status redis-server, or rabbitmq-server), has it memory and disk left, and is TERMPOST_BROKER_URL right? "
        "Mail is taken and stored meanwhile; it is handled, and mail goes out, once the broker takes work",
    )


def doors(place: Place) -> Iterator[Finding]:
    """Whether what listens at our doors greets as a mail server does."""
    for name, listen in (("SMTP", place.settings.smtp_listen), ("LMTP", place.settings.lmtp_listen)):
        if listen is None:
            continue
        answers = transport.greets(listen.host, listen.port, listen.path)
        yield Finding(
            answers,
            f"the {name} door at {listen} answers" if answers else f"nothing answers at the {name} door {listen}",
            "start it with: termpost run" if place.settings.is_embedded else "start it with: termpost smtp",
        )


def records(place: Place, names: Names | None = None) -> Iterator[Finding]:
    """The DNS records of each network's domain (docs/it.md, DNS), once the service is on the net."""
    if is_loopback(place.settings.public_host) or place.settings.imap_url:
        return  # nothing is on the net yet, or the domain is a provider's
    with place.database.read() as session:
        domains = session.execute(select(networks.c.domain).where(networks.c.closed_at.is_(None)).distinct()).scalars()
    asked = names or Dns()
    for domain in sorted(domains):
        try:
            yield from _records(domain, place, asked)
        except Temporary:
            yield Finding(
                False,
                f"the DNS does not answer here, so {domain} was not looked up",
                "look at /etc/resolv.conf and at the name server it names; without one no relay can be found either",
            )
            return


def _records(domain: str, place: Place, names: Names) -> Iterator[Finding]:
    """MX, SPF (RFC 7208), DMARC (RFC 7489), and DKIM (RFC 6376) where we sign."""
    signer = place.settings.dkim_domain or domain
    wanted = [
        ("MX", domain, "MX", "", "replies and posts find no way here: point it at your mail server"),
        ("SPF", domain, "TXT", "v=spf1", 'publish one: "v=spf1 ip4:RELAY -all"'),
        ("DMARC", f"_dmarc.{domain}", "TXT", "v=DMARC1", 'publish one: "v=DMARC1; p=none; rua=mailto:..."'),
    ]
    settings = place.settings
    for key_file, selector in (
        (settings.dkim_key_file, settings.dkim_selector),
        (settings.dkim_ed25519_key_file, settings.dkim_ed25519_selector),
    ):
        if key_file is not None:
            at = f"{selector}._domainkey.{signer}"
            wanted.append(("DKIM", at, "TXT", "", "publish the public key: openssl pkey -in KEY -pubout"))
    for what, name, kind, begins, mend in wanted:
        there = any(value.lower().startswith(begins.lower()) for value in names.ask(name, kind))
        if what == "DMARC" and not there:  # RFC 7489 6.6.3: the organisation's own may cover it
            there = any(v.lower().startswith("v=dmarc1") for v in names.ask(f"_dmarc.{domain.partition('.')[2]}", kind))
        yield Finding(there, f"{name} has {'its' if there else 'no'} {what} record in the DNS", mend)
