"""From a closed door to a session: connect, banner, EHLO or HELO, STARTTLS, AUTH. Each step either holds or raises RelayDown.

Never opportunistic (OUT-14, RFC 8314): where the setting says TLS, a server that does not offer it, or whose certificate
does not fit its name, gets nothing from us, least of all the password.
"""

from __future__ import annotations

import base64
import socket
import ssl

from mailer.clock import monotonic
from mailer.outbound.transport.envelope import Features
from mailer.outbound.transport.line import Answer, Line, LineLost
from mailer.outbound.transport.terms import RelayDown, Timeouts
from mailer.settings.relay import Relay as Place


def open_session(
    place: Place, hostname: str, timeouts: Timeouts, context: ssl.SSLContext | None
) -> tuple[Line, Features]:
    """A line that is ready for MAIL. Raises RelayDown; the line is closed then."""
    line = _connect(place, timeouts)
    try:
        if place.security == "tls":
            _encrypt(line, context, place.host, timeouts)
        _greeting(line, timeouts)
        features = _hello(line, hostname, timeouts)
        if place.security == "starttls":
            _starttls(line, features, context, place.host, timeouts)
            features = _hello(line, hostname, timeouts)  # RFC 3207 4.2: what was said in clear is forgotten
        if place.user:
            _login(line, features, place.user, place.password, timeouts)
    except LineLost as lost:
        line.close()
        raise RelayDown(lost.reason, lost.detail, slow=lost.reason == "no-answer") from None
    except BaseException:
        line.close()
        raise
    return line, features


def _connect(place: Place, timeouts: Timeouts) -> Line:
    try:
        sock = socket.create_connection((place.host, place.port), timeout=timeouts.connect)
    except socket.gaierror as error:
        raise RelayDown("name-unknown", error.strerror or "") from None
    except TimeoutError:
        raise RelayDown("no-answer", "no connection") from None
    except (OSError, UnicodeError) as error:
        raise RelayDown("cannot-connect", getattr(error, "strerror", None) or "") from None
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Line(sock)


def _encrypt(line: Line, context: ssl.SSLContext | None, host: str, timeouts: Timeouts) -> None:
    try:
        line.secure(context or ssl.create_default_context(), host, timeouts.tls)
    except ssl.SSLCertVerificationError as error:
        raise RelayDown("tls-not-trusted", error.verify_message) from None
    except TimeoutError:
        raise RelayDown("no-answer", "during the TLS handshake") from None
    except (ssl.SSLError, OSError) as error:
        raise RelayDown("tls-failed", getattr(error, "reason", None) or "") from None


def _greeting(line: Line, timeouts: Timeouts) -> None:
    answer = line.answer(timeouts.greeting, monotonic() + timeouts.greeting)
    _expect(answer, 220)


def _hello(line: Line, hostname: str, timeouts: Timeouts) -> Features:
    answer = _ask(line, f"EHLO {hostname}", timeouts.hello)
    if answer.positive:
        return _features(answer)
    if answer.code == 421 or answer.code // 100 != 5:
        _expect(answer, 250)
    _expect(_ask(line, f"HELO {hostname}", timeouts.hello), 250)  # RFC 5321 3.2
    return Features()


def _features(answer: Answer) -> Features:
    """Keywords are case-blind; half an extension (SIZE=x, AUTH without a mechanism) counts as far as it can be read."""
    offered: dict[str, str] = {}
    for text in answer.lines[1:]:
        keyword, _, rest = text.strip().replace("AUTH=", "AUTH ", 1).partition(" ")
        offered[keyword.upper()] = f"{offered.get(keyword.upper(), '')} {rest}".strip().upper()
    size = offered.get("SIZE")
    return Features(
        pipelining="PIPELINING" in offered,
        eightbit="8BITMIME" in offered,
        smtputf8="SMTPUTF8" in offered,
        dsn="DSN" in offered,
        size=None if size is None else int(size) if size.isdecimal() and len(size) < 16 else 0,
        starttls="STARTTLS" in offered,
        auth=frozenset(offered.get("AUTH", "").split()),
    )


def _starttls(line: Line, features: Features, context: ssl.SSLContext | None, host: str, timeouts: Timeouts) -> None:
    if not features.starttls:
        raise RelayDown("tls-not-offered")
    answer = _ask(line, "STARTTLS", timeouts.tls)
    if answer.code != 220:
        raise RelayDown("tls-refused", answer.text, slow=answer.code == 421)
    if line.waiting:
        raise RelayDown("tls-injected")  # said in clear, meant to be read as encrypted
    _encrypt(line, context, host, timeouts)


def _login(line: Line, features: Features, user: str, password: str, timeouts: Timeouts) -> None:
    """RFC 4954; PLAIN (RFC 4616) before LOGIN."""
    if "PLAIN" in features.auth:
        answer = _ask(line, f"AUTH PLAIN {_coded(f'{chr(0)}{user}{chr(0)}{password}')}", timeouts.login)
    elif "LOGIN" in features.auth:
        answer = _ask(line, "AUTH LOGIN", timeouts.login)
        for word in (user, password):
            if answer.code != 334:
                break
            answer = _ask(line, _coded(word), timeouts.login)
    else:
        raise RelayDown("login-not-offered")
    if answer.code == 421:
        raise RelayDown("closing", answer.text, slow=True)
    if answer.code != 235:
        raise RelayDown("login-refused", answer.text, slow=True)


def _ask(line: Line, command: str, seconds: float) -> Answer:
    until = monotonic() + seconds
    if line.waiting:
        raise LineLost("nonsense", "an answer that nobody asked for")
    line.write(f"{command}\r\n".encode(), seconds, until)
    return line.answer(seconds, until)


def _expect(answer: Answer, code: int) -> None:
    if answer.code == code or (code == 250 and answer.positive):
        return
    if answer.code // 100 == 4:
        raise RelayDown("closing", f"{answer.code} {answer.text}", slow=True)
    if answer.code // 100 == 5:
        raise RelayDown("refused", f"{answer.code} {answer.text}", slow=True)
    raise RelayDown("nonsense", f"{answer.code} {answer.text}")


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
