"""Token buckets per channel and endpoint (rate-limits): method and path template count, parameters do not."""

from dataclasses import dataclass

from .clock import Clock

DEFAULT = (2000, 1.0)

_HOUR, _MINUTE = 3600.0, 60.0

LIMITS: dict[tuple[str, str], tuple[int, float]] = {
    ("POST", "/v2/bot/message/narrowcast"): (60, _HOUR),
    ("POST", "/v2/bot/message/broadcast"): (60, _HOUR),
    ("POST", "/v2/bot/channel/webhook/test"): (60, _HOUR),
    ("GET", "/v2/bot/insight/followers"): (60, _HOUR),
    ("GET", "/v2/bot/insight/message/delivery"): (60, _HOUR),
    ("GET", "/v2/bot/insight/message/event"): (60, _HOUR),
    ("GET", "/v2/bot/insight/message/event/aggregation"): (60, _HOUR),
    ("GET", "/v2/bot/insight/demographic"): (60, _HOUR),
    ("GET", "/v2/bot/insight/richmenu/{richMenuId}/summary"): (60, _HOUR),
    ("GET", "/v2/bot/insight/richmenu/{richMenuId}/daily"): (60, _HOUR),
    ("GET", "/v2/bot/channel/webhook/endpoint"): (1000, _MINUTE),
    ("PUT", "/v2/bot/channel/webhook/endpoint"): (1000, _MINUTE),
    ("POST", "/v2/bot/richmenu"): (100, _HOUR),
    ("DELETE", "/v2/bot/richmenu/{richMenuId}"): (100, _HOUR),
    ("DELETE", "/v2/bot/richmenu/alias/{richMenuAliasId}"): (100, _HOUR),
    ("GET", "/v2/bot/richmenu/progress/batch"): (100, _HOUR),
    ("POST", "/v2/bot/richmenu/batch"): (3, _HOUR),
    ("GET", "/v2/bot/richmenu/list"): (10, 1.0),
    ("POST", "/v2/bot/chat/loading/start"): (100, 1.0),
    ("POST", "/v2/bot/message/multicast"): (200, 1.0),
    ("POST", "/v2/oauth/accessToken"): (370, 1.0),
}


@dataclass(slots=True)
class Bucket:
    capacity: float
    per_second: float
    tokens: float
    filled_at: float


class RateLimiter:
    """Buckets on the movable clock: moving an hour ahead refills what an hour refills."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, str, str], Bucket] = {}
        self.scale = 1.0
        """Multiplies every limit; 0 means no limits (a bench of the emulator itself)."""

    def take(self, channel_id: str, method: str, template: str) -> bool:
        if not self.scale:
            return True
        now = self._clock.now()
        key = (channel_id, method, template)
        bucket = self._buckets.get(key)
        if bucket is None:
            count, seconds = LIMITS.get((method, template), DEFAULT)
            capacity = count * self.scale
            bucket = self._buckets[key] = Bucket(capacity, capacity / seconds, capacity, now)
        # A clock that was moved back must not drain the bucket.
        elapsed = max(0.0, now - bucket.filled_at)
        bucket.tokens = min(bucket.capacity, bucket.tokens + elapsed * bucket.per_second)
        bucket.filled_at = now
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True

    def reset(self) -> None:
        self._buckets.clear()
