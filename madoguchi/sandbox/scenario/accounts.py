"""The official accounts of the demo at the sandbox. Their secrets open nothing but the sandbox on this machine."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

PROVIDER = "萬物生活股份有限公司"


@dataclass(frozen=True, slots=True)
class AccountSpec:
    code: str
    name: str
    channel_id: str
    basic_id: str
    market: str
    brand: str
    department: str
    quota: int
    country: str
    languages: tuple[str, ...]

    @property
    def secret(self) -> str:
        return _digest(f"secret of {self.code}")

    @property
    def access_token(self) -> str:
        return "demo-" + _digest(f"first token of {self.code}") + _digest(f"second token of {self.code}")

    @property
    def login_channel_id(self) -> str:
        """Of the LINE Login channel that is linked to the account."""
        return str(int(self.channel_id) + 1_000)

    @property
    def liff_id(self) -> str:
        return f"{self.login_channel_id}-{_digest(f'liff of {self.code}')[:8]}"

    @property
    def bot_user_id(self) -> str:
        return "U" + _digest(f"bot of {self.code}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


ACCOUNTS = (
    AccountSpec(
        "one", "One 生活窗口", "2007290078", "@one-life", "tw", "velora", "care-tw", 6000, "TW", ("zh", "en", "ja"),
    ),
    AccountSpec(
        "one-jp", "One 暮らしの窓口", "2007290081", "@one-kurashi", "jp", "kumone", "care-jp", 5000, "JP", ("ja", "en"),
    ),
)  # fmt: skip
