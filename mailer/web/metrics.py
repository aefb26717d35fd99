"""/metrics for Prometheus: counts and ages, read from the database when asked. No label holds anything of a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from sqlalchemy import Connection, func, select

from mailer.store.tables import inbox, outgoing
from mailer.web.asking import Answer, Asked, Octets

UNHANDLED = ("stored", "handling")
UNSENT = ("queued", "deferred")


def show(asked: Asked) -> Answer:
    """The text form of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    with asked.house.store.read() as session:
        registry.register(_Figures(list(_figures(session, asked.now))))
    return Octets(generate_latest(registry), CONTENT_TYPE_LATEST)


class _Figures(Collector):
    def __init__(self, figures: list[Metric]) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        return self._figures


def _figures(session: Connection, now: datetime) -> Iterator[Metric]:
    came = GaugeMetricFamily("termpost_inbox_messages", "Messages that came in, by state.", labels=["state"])
    for state, count in session.execute(select(inbox.c.state, func.count()).group_by(inbox.c.state)):
        came.add_metric([state], count)
    yield came
    goes = GaugeMetricFamily("termpost_outbox_letters", "Letters, by state and lane.", labels=["state", "lane"])
    by_lane = select(outgoing.c.state, outgoing.c.lane, func.count()).group_by(outgoing.c.state, outgoing.c.lane)
    for state, lane, count in session.execute(by_lane):
        goes.add_metric([state, lane], count)
    yield goes
    oldest = GaugeMetricFamily("termpost_oldest_waiting_seconds", "Age of what waits longest.", labels=["where"])
    first_in = select(func.min(inbox.c.received_at)).where(inbox.c.state.in_(UNHANDLED))
    oldest.add_metric(["inbox"], _age(session.execute(first_in).scalar(), now))
    due = outgoing.c.not_before  # not its next try, which is ahead while it is overdue
    first_out = select(func.min(due)).where(outgoing.c.state.in_(UNSENT), due <= now)
    oldest.add_metric(["outbox"], _age(session.execute(first_out).scalar(), now))
    yield oldest


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
