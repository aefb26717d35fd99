"""The same load for others, in the same run on the same machine: GNU Mailman 3, mlmmj, and Postfix's smtp-source.

Each runs in a folder of its own on free ports and is stopped at the end. What is not installed is said, and left out of the
table. MAILMAN and MLMMJ name other programs than those on the path (`mailman`, `mlmmj-receive`).
"""

from __future__ import annotations

import contextlib
import os
import pwd
import resource
import shutil
import signal
import smtplib
import subprocess
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from tests.bench import scene
from tests.bench.figures import Figure
from tests.bench.scene import Sink, Tell
from tests.servers import SBIN, folder, free_port, until

LIST = "bench@lists.example.org"
MEMBERS = "example.net"
LMTP_ACCEPTS = "Mailman 3: LMTP accepts, 16 sessions, 5 KB"  # by aiosmtpd

MAILMAN_CFG = """[mailman]
layout: bench
site_owner: owner@lists.example.org
[paths.bench]
var_dir: {home}/var
bin_dir: {programs}
queue_dir: $var_dir/queue
list_data_dir: $var_dir/lists
log_dir: $var_dir/logs
lock_dir: $var_dir/locks
data_dir: $var_dir/data
cache_dir: $var_dir/cache
etc_dir: $var_dir/etc
ext_dir: $var_dir/ext
messages_dir: $var_dir/messages
archive_dir: $var_dir/archives
template_dir: $var_dir/templates
pid_file: $var_dir/master.pid
lock_file: $lock_dir/master.lck
[database]
class: mailman.database.sqlite.SQLiteDatabase
url: sqlite:///{home}/var/data/mailman.db
[mta]
incoming: mailman.mta.null.NullMTA
outgoing: mailman.mta.deliver.deliver
lmtp_host: 127.0.0.1
lmtp_port: {lmtp}
smtp_host: 127.0.0.1
smtp_port: {sink}
verp_delivery_interval: 1
verp_personalized_deliveries: yes
[webservice]
hostname: 127.0.0.1
port: {rest}
[archiver.prototype]
enable: no
[runner.digest]
start: no
[runner.nntp]
start: no
"""
MAILMAN_SETUP = """from mailman.config import config
from mailman.interfaces.archiver import ArchivePolicy
from mailman.interfaces.mailinglist import Personalization


def setup(mlist):
    mlist.personalize = Personalization.full
    mlist.max_message_size = 0
    mlist.digests_enabled = False
    mlist.send_welcome_message = False
    mlist.archive_policy = ArchivePolicy.never
    config.db.commit()
"""

REST = 1.0  # seconds in which a runner that waits for mail does next to nothing


def program(variable: str, name: str) -> str | None:
    """The path of a peer's program, or None."""
    return os.environ.get(variable) or shutil.which(name, path=SBIN)


def missing(what: str, package: str) -> Figure:
    return Figure(what, "recipients/s", note=f"not installed (Debian: {package})")


def letter(size: int) -> bytes:
    """What somebody posts to a peer's list: HTML and text of about the same size as our issue."""
    line = "What the schools did this term, and what they found out while they did it, in words for those who were not there.\n"
    message = EmailMessage(policy=SMTP)
    message["From"] = f"Ann Example <m0@{MEMBERS}>"
    message["To"] = LIST
    message["Subject"] = "The winter newsletter"
    message["Date"] = "Mon, 23 Nov 2026 10:00:00 +0000"
    message["Message-ID"] = f"<{time.time_ns()}@{MEMBERS}>"
    message.set_content(line * (size // 4 // len(line)))
    message.add_alternative("<html><body>" + f"<p>{line}</p>" * (size * 3 // 4 // (len(line) + 7)) + "</body></html>", subtype="html")
    return message.as_bytes()


# -- Mailman 3 ----------------------------------------------------------------------------------------------------------


def mailman(*, people: int, size: int, runs: int, accepts: int, tell: Tell) -> list[Figure]:
    """Every member gets a copy of their own with a sender of their own; it does not sign."""
    what = "Mailman 3, personal, VERP, unsigned"
    command = program("MAILMAN", "mailman")
    if command is None:
        return [missing(what, "mailman3")]
    speed, cost = Figure(what, "recipients/s"), Figure("Mailman 3: sender CPU", "ms each")
    taken = Figure(LMTP_ACCEPTS, "messages/s")
    with folder("mailman-", owner="list") as home, _sink(home) as sink:
        lmtp, rest = free_port(), free_port()
        (home / "var").mkdir()
        programs = os.environ.get("MAILMAN_BIN") or _mailman_programs(command)
        (home / "mailman.cfg").write_text(MAILMAN_CFG.format(home=home, programs=programs, lmtp=lmtp, rest=rest, sink=sink.port))
        (home / "benchsetup.py").write_text(MAILMAN_SETUP)
        (home / "members").write_text("".join(f"Ann Example {n} <m{n}@{MEMBERS}>\n" for n in range(people)))
        if os.geteuid() == 0:
            user = pwd.getpwnam("list")
            for path in (home / "var", *home.iterdir()):
                os.chown(path, user.pw_uid, user.pw_gid)
        run = _mailman(home, command)
        run("create", LIST)
        run("shell", "-l", LIST, "-r", "benchsetup.setup")
        run("addmembers", "--no-welcome-msg", str(home / "members"), LIST)
        run("start")
        master = _mailman_master(home)
        try:
            _until_up(lmtp, master)
            for number in range(runs):
                sink.ask("forget")
                cpu = scene.cpu_of(master)
                with smtplib.LMTP("127.0.0.1", lmtp) as line:
                    line.sendmail(f"m0@{MEMBERS}", [LIST], letter(size))
                began = time.time()
                sink.until(people)
                said = sink.honest(people)
                speed.runs.append(people / (said["last"] - began))
                cost.runs.append((scene.cpu_of(master) - cpu) / people * 1000)
                speed.note = f"{people:,} letters of {said['octets'] / people:,.0f} octets"
                tell(f"{what}, run {number + 1}: {speed.runs[-1]:,.0f}/s, {cost.runs[-1]:.1f} ms CPU each")
            for _ in range(runs):
                rate = smtp_source(lmtp, count=accepts, size=5120, sessions=16, to=LIST, sender="nobody@example.com", lmtp=True)
                if rate is None:
                    break
                taken.runs.append(rate)
                tell(f"Mailman 3: LMTP accepted {rate:,.0f} messages/s")
                until(lambda: not any((home / "var/queue/in").iterdir()), 300, 0.2)  # as ours has handled what it took
        finally:
            os.kill(master, signal.SIGTERM)
            _until_gone(master)
    return [speed, cost, *([taken] if taken.runs else [])]


def _mailman_programs(command: str) -> str:
    """Where `runner` and `master` are: beside it (pip), or in the package's own folder (Debian)."""
    beside = Path(command).resolve().parent
    if (beside / "runner").exists():
        return str(beside)
    listed = subprocess.run(["dpkg", "-L", "mailman3"], capture_output=True, text=True, check=True).stdout
    return str(Path(next(line for line in listed.splitlines() if line.endswith("/bin/runner"))).parent)


def _mailman(home: Path, command: str) -> Callable[..., None]:
    user = ["setpriv", "--reuid=list", "--regid=list", "--clear-groups"] if os.geteuid() == 0 else []
    env = dict(os.environ) | {"HOME": str(home / "var"), "MAILMAN_CONFIG_FILE": str(home / "mailman.cfg")}
    env["PYTHONPATH"] = f"{home}:{env['PYTHONPATH']}" if env.get("PYTHONPATH") else str(home)

    def run(*words: str) -> None:
        log = home / "said"  # a file: what it starts keeps its output open
        with log.open("ab") as out:
            done = subprocess.run([*user, command, *words], cwd=home, env=env, stdout=out, stderr=out, timeout=600)
        assert done.returncode == 0, f"mailman {' '.join(words)}: {log.read_text()[-2000:]}"

    return run


def _mailman_master(home: Path) -> int:
    pid = home / "var" / "master.pid"
    return int(until(lambda: pid.exists() and pid.read_text().strip(), said=lambda: "Mailman did not start"))


def _until_up(lmtp: int, master: int) -> None:
    """Until its LMTP runner answers and none of its runners is starting any more: what they import takes seconds of CPU."""

    def answers() -> bool:
        with contextlib.suppress(OSError), smtplib.LMTP("127.0.0.1", lmtp):
            return True
        return False

    def at_rest() -> bool:
        before = scene.cpu_of(master)
        time.sleep(REST)
        return scene.cpu_of(master) - before < REST * 0.05

    until(answers, 100, 0.2, said=lambda: "Mailman's LMTP runner did not start")
    until(at_rest, 100, said=lambda: "Mailman's runners are never at rest")


# -- mlmmj --------------------------------------------------------------------------------------------------------------


def mlmmj(*, people: int, size: int, runs: int, tell: Tell) -> list[Figure]:
    """One letter each with a sender of its own; the words are the same for all, and it does not sign."""
    what = "mlmmj, VERP, the same words for all, unsigned"
    command = program("MLMMJ", "mlmmj-receive")
    if command is None:
        return [missing(what, "mlmmj")]
    speed, cost = Figure(what, "recipients/s"), Figure("mlmmj: sender CPU", "ms each")
    with folder("mlmmj-") as home, _sink(home) as sink:
        spool = home / "list"
        for name in ["incoming", "queue/discarded", "archive", "text", "subconf", "unsubconf", "bounce", "control", "moderation", "subscribers.d", "digesters.d", "requeue", "nomailsubs.d"]:
            (spool / name).mkdir(parents=True)
        set_up = {"listaddress": LIST, "owner": "owner@lists.example.org", "relayhost": "127.0.0.1", "smtpport": str(sink.port)}
        for name, value in {**set_up, "notoccdenymails": "", "noarchive": "", "tocc": ""}.items():
            (spool / "control" / name).write_text(value + "\n" if value else "")
        (spool / "index").write_text("0\n")
        (spool / "subscribers.d" / "m").write_text("".join(f"m{n}@{MEMBERS}\n" for n in range(people)))
        for number in range(runs):
            sink.ask("forget")
            content = f"Return-Path: <m0@{MEMBERS}>\n".encode() + letter(size).replace(b"\r\n", b"\n")
            before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
            subprocess.run([command, "-F", "-L", str(spool)], input=content, check=True, timeout=600)
            sink.until(people)
            said = sink.honest(people)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            speed.runs.append(people / (said["last"] - began))
            cost.runs.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / people * 1000)
            speed.note = f"{people:,} letters of {said['octets'] / people:,.0f} octets"
            tell(f"{what}, run {number + 1}: {speed.runs[-1]:,.0f}/s, {cost.runs[-1]:.2f} ms CPU each")
    return [speed, cost]


# -- Postfix ------------------------------------------------------------------------------------------------------------


def postfix(*, people: int, size: int, runs: int, tell: Tell) -> list[Figure]:
    """smtp-source, a program in C that sends the same words again and again, into the same sink."""
    what = "smtp-source, the same size"
    if program("SMTP_SOURCE", "smtp-source") is None:
        return [missing(what, "postfix")]
    found = Figure(what, "recipients/s", note="one word for all, no database")
    with folder("source-") as home, _sink(home) as sink:
        for _ in range(runs):
            sink.ask("forget")
            rate = smtp_source(sink.port, count=people, size=size, sessions=2, to="m@example.net", sender="bench@example.org")
            assert rate is not None
            assert sink.ask("count") == people
            found.runs.append(rate)
        tell(f"{what}: {found.median:,.0f}/s")
    return [found]


def smtp_source(port: int, *, count: int, size: int, sessions: int, to: str, sender: str, lmtp: bool = False) -> float | None:
    """Messages a second that it hands over on kept lines, each with its answer; None where it is not installed."""
    source = program("SMTP_SOURCE", "smtp-source")
    if source is None:
        return None
    options = ["-d", *(["-L"] if lmtp else []), "-s", str(sessions), "-m", str(count), "-l", str(size), "-f", sender, "-t", to]
    began = time.perf_counter()
    subprocess.run([source, *options, f"127.0.0.1:{port}"], check=True, capture_output=True, timeout=600)
    return count / (time.perf_counter() - began)


@contextlib.contextmanager
def _sink(home: Path) -> Iterator[Sink]:
    with folder("sink-") as own:
        sink = Sink(own)
        sink.part.start()
        try:
            yield sink
        finally:
            sink.part.stop()


def _until_gone(pid: int, patience: float = 20.0) -> None:
    ends = time.monotonic() + patience
    while time.monotonic() < ends and Path(f"/proc/{pid}").exists():
        time.sleep(0.1)
