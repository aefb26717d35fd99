"""What the letter, the signature and the transport can do without a database: the floor under the delivery engine.

    python tests/bench/outbound_floor.py [--letters 3000] [--processes 1 2]

Fills a 44 KB letter with words, links, tag and sender for each person, signs it (RSA-2048), and sends it over one kept,
pipelined connection a process into Postfix's smtp-sink on this machine; beside it smtp-source sends the same size into
the same sink. Figures move by 20 to 40 % between runs: read the ratios of one run.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import multiprocessing
import os
import resource
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from mailer.outbound.dkim import Signer
from mailer.outbound.letter import Draft, Marks, Skeleton, compile, fill
from mailer.outbound.transport import Wire, relays

WINDOW = 16
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
TAG = "u1" + "abcdefgh" * 4 + "xyz"
NOW = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)


def skeleton(size: int = 44_000) -> Skeleton:
    """A newsletter: about three quarters HTML, a quarter text."""
    marks = Marks()
    mark = marks.mark
    paragraph = '<p style="margin:0 0 16px;font-size:16px;line-height:1.5">What the schools did this term, and what they found.</p>\n'
    line = "What the schools did this term, and what they found out doing it.\n"
    html = f"<html lang='en'><body><p>{mark('greeting', 'html')}</p>\n" + paragraph * (size * 3 // 4 // 132)
    html += f'<p><a href="{mark("leave_url", "url")}">Stop</a> <a href="{mark("preferences_url", "url")}">Change</a></p></body></html>'
    text = f"{mark('greeting', 'text')}\n\n" + line * (size // 4 // len(line))
    text += f"\nStop: {mark('leave_url', 'url')}\nChange: {mark('preferences_url', 'url')}\n"
    headers = (
        ("List-Id", '"Mendip" <mendip.lists.example.org>'),
        ("List-Help", "<mailto:mendip-help@lists.example.org>"),
        ("List-Owner", "<mailto:mendip-committee@lists.example.org>"),
        ("List-Post", "NO"),
        ("List-Unsubscribe", f"<{mark('leave_url', 'url')}>, <{mark('leave_mailto', 'url')}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Auto-Submitted", "auto-generated"),
    )
    return compile(Draft("The winter newsletter", text, html, headers), marks, boundary_seed="bench")


def values(number: int) -> dict[str, str]:
    tag = f"{TAG[:-9]}{number:09d}"
    return {
        "from_name": "Mendip Technicians",
        "from_address": "mendip-committee@lists.example.org",
        "to_name": f"Person {number}",
        "to_address": f"person{number}@school.example",
        "reply_to": f"mendip+{tag}@lists.example.org",
        "greeting": f"Hello Person {number},",
        "leave_url": f"https://lists.example.org/u/{tag}",
        "leave_mailto": f"mailto:mendip+{tag}@lists.example.org",
        "preferences_url": f"https://lists.example.org/p/{tag}",
    }


def letters(key: RSAPrivateKey | None, first: int, count: int) -> Iterator[Wire]:
    compiled = Skeleton.from_bytes(skeleton().to_bytes())
    signer = Signer("lists.example.org", "bench", key) if key else None
    for number in range(first, first + count):
        content = fill(compiled, values(number), date=NOW, message_id=f"<{number}.bench@lists.example.org>")
        if signer:
            content = signer.sign(content, 1_794_474_000, clean=True)
        yield Wire(number, f"mendip+b{number}@lists.example.org", f"person{number}@school.example", content, clean=True)


def send(port: int, pem: bytes, first: int, count: int) -> None:
    key = load_pem_private_key(pem, None) if pem else None
    assert key is None or isinstance(key, RSAPrivateKey)
    relay = relays(f"smtp://127.0.0.1:{port}", hostname="bench.example")[0]
    connection = relay.connect()
    copies = letters(key, first, count)
    while window := list(itertools.islice(copies, WINDOW)):
        if not connection.usable:
            connection = relay.connect()
        assert all(reply.state == "accepted" for reply in connection.send(window))
    connection.close()


@contextlib.contextmanager
def sink() -> Iterator[int]:
    program = shutil.which("smtp-sink", path=PATH)
    if not program:
        raise SystemExit("smtp-sink is not installed (Debian: postfix)")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    user = ["-u", "root"] if os.geteuid() == 0 else []
    process = subprocess.Popen([program, *user, f"127.0.0.1:{port}", "1000"])
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait()


def measured(name: str, count: int, work: Callable[[], object], base: float | None = None) -> float:
    """Prints and returns letters a second."""
    cpu = resource.getrusage(resource.RUSAGE_CHILDREN), resource.getrusage(resource.RUSAGE_SELF)
    began = time.perf_counter()
    work()
    took = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN), resource.getrusage(resource.RUSAGE_SELF)
    spent = sum(b.ru_utime + b.ru_stime - a.ru_utime - a.ru_stime for a, b in zip(cpu, after, strict=True))
    rate = count / took
    ratio = f"   {rate / base:5.2f} of smtp-source" if base else ""
    print(f"{name:44} {rate:9,.0f}/s   {spent / count * 1000:7.3f} ms CPU each{ratio}", flush=True)
    return rate


def spread(port: int, pem: bytes, count: int, processes: int) -> None:
    share = count // processes
    workers = [multiprocessing.Process(target=send, args=(port, pem, n * share, share)) for n in range(processes)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0


def main() -> None:
    ask = argparse.ArgumentParser(description="The floor of the outbound pipeline, without a database.")
    ask.add_argument("--letters", type=int, default=3000)
    ask.add_argument("--processes", type=int, nargs="*", default=[1, 2])
    given = ask.parse_args()
    count: int = given.letters
    key = generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    size = len(next(letters(None, 1, 1)).content)
    print(f"{count} letters of {size:,} octets")
    measured("RSA-2048 alone", count, lambda: [sign_alone(key) for _ in range(count)])
    measured("fill", count, lambda: sum(1 for _ in letters(None, 0, count)))
    measured("fill, sign", count, lambda: sum(1 for _ in letters(key, 0, count)))
    with sink() as port:
        base = None
        if source := shutil.which("smtp-source", path=PATH):
            base = measured(
                "smtp-source, one session, same size",
                count,
                lambda: subprocess.run(
                    [source, "-s", "1", "-d", "-l", str(size), "-m", str(count), f"127.0.0.1:{port}"], check=True
                ),
            )
        for processes in given.processes:
            measured(
                f"fill, send; {processes} process(es)", count, lambda n=processes: spread(port, b"", count, n), base
            )  # type: ignore[misc]
            measured(
                f"fill, sign, send; {processes} process(es)",
                count,
                lambda n=processes: spread(port, pem, count, n),
                base,
            )  # type: ignore[misc]


def sign_alone(key: RSAPrivateKey) -> bytes:
    from mailer.outbound.dkim import _PADDING, _PREHASHED

    return key.sign(b"x" * 32, _PADDING, _PREHASHED)


if __name__ == "__main__":
    main()
