"""Redis as the carrier of wake-ups: whoever waits for one waits at the server.

The library asks each queue again and again, up to the wait that it is given: a wake-up was heard after 50 milliseconds in the
middle, and a process with nothing to do spent 20 of every 1,000 on asking.
"""

from __future__ import annotations

from typing import Any

import redis
from dramatiq.brokers.redis import RedisBroker, _RedisConsumer
from dramatiq.errors import ConnectionClosed

WAIT = 1  # whole seconds: stopping waits for it, and the server learns that we live when it is over


class Waiting(_RedisConsumer):
    """Takes what a queue holds, and waits where it holds nothing."""

    def __next__(self) -> Any:
        """The next wake-up, or None if none came. Raises ConnectionClosed."""
        if not self.message_cache and self.outstanding_message_count < self.prefetch:
            self._wait()
            self.misses = 0  # the library's own wait, after somebody else was quicker, is of milliseconds then
        return super().__next__()  # type: ignore[no-untyped-call]

    def _wait(self) -> None:
        """Until the queue holds something. Its last wake-up is moved to its front, as all of them say the same."""
        queue = f"{self.broker.namespace}:{self.queue_name}"
        try:
            self.broker.client.brpoplpush(queue, queue, timeout=WAIT)
        except redis.ConnectionError as error:
            raise ConnectionClosed(error) from None  # type: ignore[no-untyped-call]
        except redis.TimeoutError:
            return  # the URL may set one that is shorter


class Broker(RedisBroker):
    """The library's, but for how it waits."""

    @property
    def consumer_class(self) -> type[Waiting]:
        return Waiting
