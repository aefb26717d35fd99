"""The queue that these tests look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import asked_of_postgres
from tests.live.sink import Sink
from tests.outbound.queue import Queue


@pytest.fixture
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Queue]:
    queue = Queue(tmp_path, asked_of_postgres(request))
    yield queue
    queue.store.close()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink
