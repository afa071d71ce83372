"""A clock that can be moved, so that rules of a minute, a day or a month can be tried in an instant."""

import asyncio
import time


class Clock:
    """Wall time plus a shift, running `rate` times as fast. Instants are Unix seconds."""

    def __init__(self, *, shift_seconds: float = 0.0, rate: float = 1.0) -> None:
        self._real = time.time()
        self._anchor = self._real + shift_seconds
        self.rate = rate
        self._waiters: set[asyncio.Event] = set()

    def now(self) -> float:
        return self._anchor + (time.time() - self._real) * self.rate

    def now_ms(self) -> int:
        return int(self.now() * 1000)

    @property
    def shift_seconds(self) -> float:
        """How far this clock is ahead of the real one."""
        return self.now() - time.time()

    def set(self, instant: float, *, rate: float | None = None) -> None:
        """Move to `instant`; everybody who sleeps looks at the clock again. A rate of 0 stops it."""
        if rate is not None and rate < 0:
            raise ValueError("the clock cannot run backwards")
        self._real, self._anchor = time.time(), instant
        if rate is not None:
            self.rate = rate
        for waiter in self._waiters:
            waiter.set()

    def advance(self, seconds: float) -> None:
        self.set(self.now() + seconds)

    async def sleep_until(self, instant: float) -> None:
        while (remaining := instant - self.now()) > 0:
            moved = asyncio.Event()
            self._waiters.add(moved)
            try:
                async with asyncio.timeout(remaining / self.rate if self.rate else None):
                    await moved.wait()
            except TimeoutError:
                pass
            finally:
                self._waiters.discard(moved)
