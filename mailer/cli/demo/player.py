"""The player: sets the stage, starts the real service, and moves the calendar from one moment to the next."""

from __future__ import annotations

import shutil
import signal
import socket
import threading
import time as real
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, time, timedelta
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from mailer import clock, log
from mailer.cli.demo import cast, expected, habits, outcome, script
from mailer.cli.demo.mailbox import Letter
from mailer.cli.demo.progress import Board
from mailer.cli.demo.stage import Stage
from mailer.errors import Conflict
from mailer.house import House, open_house
from mailer.settings import Listen, Settings
from mailer.settings.kept import DAYS, LONGEST
from mailer.store.tables import outgoing

PACE = 0.25  # least seconds of real time from one thing that is told to the next, so that a person can follow
ZONE = ZoneInfo("Europe/London")
KEPT = ("lock",)


def settings_for(settings: Settings) -> tuple[Settings, list[str]]:
    """The demo's own settings under DATA_DIR/demo, and what is to be said of doors that were busy."""
    notes: list[str] = []
    smtp = _door(settings.smtp_listen, 8025, "SMTP", notes)
    web = _door(settings.web_listen, 8080, "web", notes, taken=smtp.port)
    made = Settings.model_validate(
        {
            "data_dir": settings.data_dir / "demo",
            "relay_url": "tray:",
            "smtp_listen": str(smtp),
            "web_listen": str(web),
            "public_url": f"http://{web}",
            "operator": f"operator@{cast.DOMAIN}",
            "workers": settings.workers,
            "log_level": "warning",
            "retention": dict.fromkeys(DAYS, LONGEST),  # the clock is sped up: a term would be taken as it is played
        }
    )
    return made, notes


def _door(wanted: Listen | None, usual: int, name: str, notes: list[str], taken: int = 0) -> Listen:
    """The port of the settings if it is on this machine and free, else another free one."""
    host, port = ("127.0.0.1", usual)
    if wanted is not None and not wanted.path and wanted.is_loopback:
        host, port = wanted.host, wanted.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            if port == taken:
                raise OSError
            trial.bind((host, port))
            return Listen(host, trial.getsockname()[1])
        except OSError:
            pass
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.bind((host, 0))
        other = int(trial.getsockname()[1])
    notes.append(f"Port {port} is in use, so the {name} door of the demo is at port {other}.")
    return Listen(host, other)


@contextmanager
def fresh(folder: Path) -> Iterator[None]:
    """An empty folder that nobody else plays in. Raises Conflict where a demo runs already."""
    from workers import alone

    try:
        with alone.only_one(folder):
            for old in folder.iterdir():
                if old.name in KEPT:
                    continue
                if old.is_dir() and not old.is_symlink():
                    shutil.rmtree(old)
                else:
                    old.unlink()
            yield
    except Conflict as error:
        raise Conflict(
            f"A demo runs in {folder} already.", "Stop it with Ctrl-C first, or look at what it plays."
        ) from error


@contextmanager
def told_to_stop() -> Iterator[threading.Event]:
    """An event that is set when we are asked to stop."""
    from workers.daemon import asked_by

    told = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        told.set()

    if threading.current_thread() is not threading.main_thread():
        yield told
        return
    before = {number: signal.signal(number, tell) for number in asked_by()}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def perform(house: House, board: Board, told: threading.Event, looked: Callable[[], tuple[int, ...]], pace: float = PACE) -> Stage:
    """Play the term. `told` ends it early. The service runs while this returns; the caller stops it."""
    listen = house.settings.smtp_listen
    assert listen is not None
    year = clock.now().astimezone(ZONE).year
    start = datetime.combine(script.first_monday(year), time(8), ZONE)
    stage = Stage(house, (listen.host, listen.port), ZONE, start, board.tell, looked)
    clock.stand_at(start)
    network_id = script.open_network(stage)
    script.put_down(stage, network_id)
    end = script.moment(stage, *script.END, "17:00")
    while not told.is_set():
        began = real.monotonic()
        stage.settle(told.is_set)
        letters = stage.new_letters()
        for said in _gone(letters):
            board.tell(stage.now, said)
        for letter in letters:
            habits.read(stage, letter)
        board.count(stage.now, stage.mails, _sent(house))
        upcoming = stage.next_moment()
        if upcoming is None or upcoming > end:
            break
        told.wait(max(0.0, pace - (real.monotonic() - began)))
        stage.move_to(upcoming)
    return stage


def _gone(letters: list[Letter]) -> list[str]:
    """What the house has sent by itself at this moment, a line a kind; receipts are not told."""
    gone = Counter((letter.template, letter.about) for letter in letters if letter.template.startswith("occasions/"))
    organisers = len({letter.to for letter in letters if letter.template == "occasions/proof"})
    return [
        f"Termpost shows the {habits.spoken(about)} to {organisers} organisers first"
        if template == "occasions/proof"
        else f"Termpost sends: {habits.spoken(about)}, to {count} {'mailbox' if count == 1 else 'mailboxes'}"
        for (template, about), count in gone.items()
    ]


def _sent(house: House) -> int:
    with house.store.read() as session:
        return int(
            session.execute(
                select(func.count()).select_from(outgoing).where(outgoing.c.state == "accepted")
            ).scalar_one()
        )


def run(settings: Settings, *, serve: bool, pace: float = PACE) -> bool:
    """Play it, say what was done, serve. True if everything came out as the script says."""
    from workers import daemon

    mine, notes = settings_for(settings)
    with told_to_stop() as told, fresh(mine.data_dir), _logging_to(mine.data_dir / "log"):
        for note in notes:
            print(note)
        house = open_house(mine)
        running = daemon.Embedded(house)
        try:
            clock.stand_at(clock.now())
            running.start()
            with Board(cast.NAME) as board:
                stage = perform(house, board, told, lambda: running.looked, pace)
            if told.is_set():
                print("Stopped before the end of term.", flush=True)
                return True
            well = _say(house, stage)
            if serve:
                print(_where(mine), flush=True)
                _keep(told)
            return well
        finally:
            if serve or told.is_set():
                with suppress(OSError):  # the terminal may be gone
                    print("Stopping.", flush=True)
            running.stop()
            house.close()
            clock.use(settings.clock)


def _say(house: House, stage: Stage) -> bool:
    with house.store.read() as session:
        found = outcome.look(session)
    print(
        f"\nThe term is over: {cast.NAME}, {len(cast.MEMBERS) + len(cast.JOINERS)} members in {len(cast.SCHOOLS)} schools.\n"
    )
    print(outcome.summary(found, stage.mails), flush=True)
    wrong = [*stage.troubles, *expected.wrong(found)]
    if wrong:
        print("\nThis did not come out as it should:")
        print("\n".join(f"  - {each}" for each in wrong), flush=True)
    return not wrong


def _where(settings: Settings) -> str:
    return "\n".join(
        (
            "",
            f"Read the mail as each person got it:  {settings.public_url}/tray",
            f"Write to the network yourself:        SMTP at {settings.smtp_listen}, for example to {cast.SLUG}-help@{cast.DOMAIN}",
            f"Everything of this play is kept in    {settings.data_dir}",
            "The network keeps running. Ctrl-C stops it.",
        )
    )


def _keep(told: threading.Event) -> None:
    """Serve on; the calendar goes on from the end of term at its usual pace."""
    began, at = real.monotonic(), clock.now()
    while not told.wait(1):
        clock.stand_at(at + timedelta(seconds=real.monotonic() - began))


@contextmanager
def _logging_to(file: Path) -> Iterator[None]:
    """Log lines would tear the board apart; they go to a file for this while."""
    with file.open("w", encoding="utf-8") as stream:
        log.setup("warning", stream, json=True)
        try:
            yield
        finally:
            log.setup("info")
