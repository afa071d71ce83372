"""Which open stream wants which topics: one listener for the whole process, fanned out in memory."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from madoguchi.live import CHANNEL
from madoguchi.live.listener import Listener

SPREAD_SECONDS = 1.0
"""When every page is to look at everything, not all of them in the same moment."""


class Subscription:
    """What a stream has not told its page yet. A set of topic names: it cannot grow beyond what was subscribed to."""

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = frozenset(topics)
        self.pending: set[str] = set()
        self.must_resync = True
        """Signals may have been missed: the page has to look at everything. So it begins."""
        self.is_over = False
        """Nothing can be heard any more: better no stream than one that keeps silent."""
        self.changed = asyncio.Event()
        self.changed.set()

    def add(self, topic: str) -> None:
        self.pending.add(topic)
        self.changed.set()

    def resync(self) -> None:
        self.must_resync = True
        self.changed.set()

    def end(self) -> None:
        self.is_over = True
        self.changed.set()


class Hub:
    def __init__(self) -> None:
        self._by_topic: defaultdict[str, set[Subscription]] = defaultdict(set)
        self._listener = Listener(
            CHANNEL,
            on_message=self._deliver,
            on_connect=self._resync_all,
            on_loss=self._resync_one_by_one,
            on_unreachable=self._end_all,
        )

    async def run(self) -> None:
        """Until cancelled."""
        await self._listener.run()

    @contextmanager
    def subscribed(self, topics: Iterable[str]) -> Iterator[Subscription]:
        subscription = Subscription(topics)
        for topic in subscription.topics:
            self._by_topic[topic].add(subscription)
        try:
            yield subscription
        finally:
            for topic in subscription.topics:
                self._by_topic[topic].discard(subscription)
                if not self._by_topic[topic]:
                    del self._by_topic[topic]

    def _deliver(self, payload: str) -> None:
        for topic in payload.split():
            for subscription in self._by_topic.get(topic, ()):
                subscription.add(topic)

    def _resync_all(self) -> None:
        for subscription in self._all():
            subscription.resync()

    def _resync_one_by_one(self) -> None:
        loop = asyncio.get_running_loop()
        for subscription in self._all():
            loop.call_later(random.uniform(0, SPREAD_SECONDS), subscription.resync)

    def _end_all(self) -> None:
        for subscription in self._all():
            subscription.end()

    def _all(self) -> set[Subscription]:
        return {subscription for wanting in self._by_topic.values() for subscription in wanting}
