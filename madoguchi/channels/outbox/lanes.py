"""What the sender knows of each account while it runs: how to reach it, how fast, and whether to leave it alone for now.

Nothing here is needed to be right again after a crash: a new sender finds out by trying.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace

from django.core.exceptions import ImproperlyConfigured

from madoguchi.channels.line.client import Access
from madoguchi.channels.outbox.rows import AccountRow
from madoguchi.kit.encrypted import decrypt

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 60.0
"""How long nothing is sent for an account whose token is refused, unless the token changes."""
SILENCES_UNTIL_UNREACHABLE = 3

_BURST_SECONDS = 0.1
"""The bucket holds this much of the rate: never more than LINE's own bucket, which holds a second's worth, minus what is
on its way."""


def access(account: AccountRow) -> Access:
    return Access(account.api_base, account.data_base, decrypt(account.encrypted_token))


@dataclass(slots=True)
class Lane:
    account: AccountRow
    access: Access = field(init=False)
    tokens: float = 1.0
    filled_at: float = field(default_factory=time.monotonic)
    in_flight: int = 0
    paused_until: float = 0.0
    is_probing: bool = False
    """After a refused token: one at a time until one succeeds."""
    silences: int = 0
    """Requests without an answer, or with an error of the provider's own, since the last good one."""

    def __post_init__(self) -> None:
        self.access = access(self.account)

    @property
    def per_second(self) -> float:
        return max(1.0, self.account.requests_per_second)

    def allowance(self, now: float) -> int:
        """How many requests may start now. ``now`` as of time.monotonic()."""
        capacity = max(1.0, self.per_second * _BURST_SECONDS)
        self.tokens = min(capacity, self.tokens + max(0.0, now - self.filled_at) * self.per_second)
        self.filled_at = now
        if not self.account.is_active or now < self.paused_until:
            return 0
        if self.is_probing:
            return 0 if self.in_flight else min(1, int(self.tokens))
        return int(self.tokens)

    def start(self) -> None:
        self.tokens -= 1
        self.in_flight += 1

    def end(self) -> None:
        self.in_flight -= 1

    def slow_down(self) -> None:
        """LINE says that we are too fast: somebody else uses the same channel, or LINE counts differently."""
        self.tokens = -self.per_second

    def note_health(self, health: str) -> None:
        """As it will be in the database in a moment."""
        self.account = replace(self.account, health=health)

    def pause(self, now: float) -> None:
        self.paused_until = now + PAUSE_SECONDS
        self.is_probing = True

    def resume(self) -> None:
        self.paused_until = 0.0


@dataclass(slots=True)
class Lanes:
    by_account: dict[int, Lane] = field(default_factory=dict)
    unreadable: set[int] = field(default_factory=set)
    """Accounts without a lane, because their token was encrypted under another key; what is theirs waits."""

    def update(self, accounts: list[AccountRow]) -> None:
        """As the database has them now. A new token ends a pause at once."""
        known, self.by_account = self.by_account, {}
        for account in accounts:
            try:
                self.by_account[account.id] = self._lane(known.get(account.id), account)
                self.unreadable.discard(account.id)
            except ImproperlyConfigured as error:
                if account.id not in self.unreadable:
                    logger.error("Nothing is sent for account %d until it has a new token: %s", account.id, error)
                self.unreadable.add(account.id)

    @staticmethod
    def _lane(lane: Lane | None, account: AccountRow) -> Lane:
        """Raises ImproperlyConfigured when the token cannot be read."""
        if lane is None:
            return Lane(account)
        if lane.account.encrypted_token != account.encrypted_token:
            lane.resume()
        if lane.account != account:
            lane.access = access(account)
            lane.account = account
        return lane

    def allowances(self, free: int) -> dict[int, int]:
        """Requests that may start now, by account; none above ``free``, accounts with none left out."""
        now = time.monotonic()
        allowed = {account_id: min(free, lane.allowance(now)) for account_id, lane in self.by_account.items()}
        return {account_id: number for account_id, number in allowed.items() if number > 0}

    def are_filling(self) -> bool:
        """Whether an account has to wait for its rate only."""
        now = time.monotonic()
        return any(
            lane.account.is_active and now >= lane.paused_until and lane.tokens < 1 for lane in self.by_account.values()
        )
