"""Octets of a line: whatever the kernel takes at a time, all of them come, once and in order (ruling 5, OUT-5)."""

from __future__ import annotations

import socket
import threading

import pytest

from mailer.clock import monotonic
from mailer.outbound.transport.line import Line, LineLost, _rest

CONTENT, BEHIND = b"0123456789\r\n" * 3, b".\r\nMAIL"


@pytest.mark.parametrize("sent", range(len(CONTENT) + len(BEHIND)))
def test_what_is_left_of_a_letter_and_what_goes_behind_it(sent: int) -> None:
    assert b"".join(_rest(CONTENT, BEHIND, sent)) == (CONTENT + BEHIND)[sent:]


SIZES = {"a letter that fills the line": 600_000, "a short one": 12, "none": 0}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_slow_peer_gets_everything(size: int) -> None:
    content, behind = bytes(range(256)) * (size // 256) + b"x" * (size % 256), b".\r\n" + b"y" * 20_000
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    came = bytearray()

    def read() -> None:
        while got := theirs.recv(1500):
            came.extend(got)

    reader = threading.Thread(target=read)
    reader.start()
    line = Line(ours)
    line.write(content, 10, monotonic() + 20, behind)
    line.close()
    reader.join(20)
    theirs.close()
    assert bytes(came) == content + behind


def test_what_was_written_before_a_stall_is_known() -> None:
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    with pytest.raises(LineLost) as stalled:
        Line(ours).write(b"x" * 600_000, 0.2, monotonic() + 5, b".\r\n")
    theirs.setblocking(False)
    ours.close()
    came = 0
    while got := theirs.recv(65_536):
        came += len(got)
    theirs.close()
    assert (stalled.value.reason, stalled.value.written) == ("no-answer", came)
    assert 0 < came < 600_000


REPLIES: dict[str, tuple[bytes, tuple[int, str | None, tuple[str, ...]]]] = {
    "one line": (b"250 2.0.0 Ok\r\n", (250, "2.0.0", ("2.0.0 Ok",))),
    "the same again": (b"250 2.0.0 Ok\r\n", (250, "2.0.0", ("2.0.0 Ok",))),
    "several lines": (b"550-5.1.1 No\r\n550 5.7.1 such user\r\n", (550, "5.1.1", ("5.1.1 No", "5.7.1 such user"))),
    "the last code counts": (b"450-first\r\n451 last\r\n", (451, None, ("first", "last"))),
    "a code alone": (b"354\r\n", (354, None, ("",))),
    "without CR": (b"250 Ok\n", (250, None, ("Ok",))),
}


@pytest.mark.parametrize(("octets", "said"), REPLIES.values(), ids=REPLIES)
def test_a_reply_is_read_as_it_stands(octets: bytes, said: tuple[int, str | None, tuple[str, ...]]) -> None:
    ours, theirs = socket.socketpair()
    theirs.sendall(octets)
    answer = Line(ours).answer(5, monotonic() + 5)
    assert (answer.code, answer.enhanced, answer.lines) == said
    ours.close()
    theirs.close()
