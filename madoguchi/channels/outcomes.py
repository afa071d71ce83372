"""What can become of one request to a provider. The adapter decides; the outbox acts on it without knowing the provider."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from madoguchi.channels.models import OutboundMessage


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has it. Nothing is known about its arrival at the customer."""

    request_id: str = ""
    sent_messages: list[dict[str, Any]] = field(default_factory=list)
    """[{id, quoteToken?}], in the order of the bubbles."""
    counts: bool = False
    """Whether it used up one message of the quota."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Certainly not sent, and trying again would not help."""

    refusal: OutboundMessage.Refusal
    detail: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Not sent, or sent under a key that makes repeating harmless. By push, after a while."""

    detail: str = ""
    is_rate_limit: bool = False
    is_silence: bool = False
    """The provider did not answer, or answered with an error of its own."""


@dataclass(frozen=True, slots=True)
class ReplyTokenInvalid:
    """Certainly not sent: the right to a free reply is gone. By push, at once."""


@dataclass(frozen=True, slots=True)
class AccessRefused:
    """The account's access token does not work. Concerns everything of the account, so nothing is given up."""

    detail: str = ""


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """Perhaps sent, and repeating could send it twice: for a person to decide."""

    detail: str = ""


Outcome = Accepted | Refused | TryAgain | ReplyTokenInvalid | AccessRefused | OutcomeUnknown
