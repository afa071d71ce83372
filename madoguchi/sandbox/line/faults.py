"""Faults on purpose: what a client of LINE has to survive, injected by rule."""

import random
import re
from dataclasses import dataclass
from enum import StrEnum

from .records import Json


class Fault(StrEnum):
    ERROR_BEFORE = "500"
    """500, nothing happened."""
    ERROR_AFTER = "500_after"
    """500, although the request was carried out."""
    RATE_LIMITED = "429"
    TIMEOUT_BEFORE = "timeout_before_accept"
    """No answer for `seconds`, nothing happened."""
    TIMEOUT_AFTER = "timeout_after_accept"
    """No answer for `seconds`, although the request was carried out."""
    DROP = "drop"
    """The connection breaks before anything happened."""
    SLOW = "slow"
    """An ordinary answer, `seconds` late."""


@dataclass(slots=True)
class FaultRule:
    kind: Fault
    method: str = "*"
    path: re.Pattern[str] | None = None
    path_text: str = ""
    channel_id: str = ""
    times: int | None = None
    rate: float = 1.0
    seconds: float = 30.0
    hits: int = 0

    @classmethod
    def read(cls, data: Json) -> "FaultRule":
        """From `{match: {method, path, channelId?}, kind, times | rate, seconds?}`; `*` in a path is a wildcard.

        Raises ValueError on an unknown kind."""
        match = data.get("match") or {}
        path = str(match.get("path", ""))
        pattern = re.compile(".*".join(map(re.escape, path.split("*"))) + r"\Z") if path else None
        return cls(
            kind=Fault(data["kind"]),
            method=str(match.get("method", "*")).upper(),
            path=pattern,
            path_text=path,
            channel_id=str(match.get("channelId", "")),
            times=data.get("times"),
            rate=float(data.get("rate", 1.0)),
            seconds=float(data.get("seconds", 2.0 if data["kind"] == "slow" else 30.0)),
        )

    def to_json(self) -> Json:
        match = {"method": self.method, "path": self.path_text or "*", "channelId": self.channel_id}
        return {
            "match": {name: value for name, value in match.items() if value},
            "kind": self.kind.value,
            "times": self.times,
            "rate": self.rate,
            "seconds": self.seconds,
            "hits": self.hits,
        }


class FaultBook:
    """The rules in order; the first that matches and is not used up decides."""

    def __init__(self) -> None:
        self.rules: list[FaultRule] = []
        self._random = random.Random(0)

    def replace(self, rules: list[FaultRule], seed: int = 0) -> None:
        self.rules = rules
        self._random = random.Random(seed)

    def pick(self, method: str, path: str, channel_id: str) -> FaultRule | None:
        for rule in self.rules:
            if rule.method not in ("*", method) or (rule.channel_id and rule.channel_id != channel_id):
                continue
            if (rule.path and not rule.path.match(path)) or (rule.times is not None and rule.hits >= rule.times):
                continue
            if rule.rate < 1 and self._random.random() >= rule.rate:
                continue
            rule.hits += 1
            return rule
        return None
