"""One request of the outbox to LINE, and what its answer means.

Reply (free, needs a token, no retry key) and push (counts, repeatable under its key for 24 hours) differ in what silence
means: a push without an answer is simply pushed again, a reply without an answer may or may not have been sent.
Branches are on status codes; LINE's texts are not contractual, and are looked at only where one status means two things.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass

import aiohttp

from madoguchi.channels.line.client import Access, Answer, LineClient, describe, problem
from madoguchi.channels.models import OutboundMessage
from madoguchi.channels.outcomes import (
    Accepted,
    AccessRefused,
    Outcome,
    OutcomeUnknown,
    Refused,
    ReplyTokenInvalid,
    TryAgain,
)

_Refusal = OutboundMessage.Refusal


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes out: ``messages`` is the JSON text of the list of message objects, the same at every attempt."""

    key: uuid.UUID
    external_id: str
    messages: str
    reply_token: str = ""
    """Empty: by push."""


async def send(line: LineClient, access: Access, parcel: Parcel) -> Outcome:
    """Never raises for anything that LINE or the network does."""
    if parcel.reply_token:
        return await _reply(line, access, parcel)
    else:
        return await _push(line, access, parcel)


async def _reply(line: LineClient, access: Access, parcel: Parcel) -> Outcome:
    body = f'{{"replyToken":{json.dumps(parcel.reply_token)},"messages":{parcel.messages}}}'.encode()
    try:
        answer = await line.send(access.reply_url, body, access.headers)
    except aiohttp.ClientConnectorError as error:  # no connection, so nothing was sent
        return TryAgain(describe(error), is_silence=True)
    except (aiohttp.ClientError, TimeoutError) as error:
        return OutcomeUnknown(describe(error))
    if answer.status == 400 and "reply token" in problem(answer.body).lower():
        return ReplyTokenInvalid()
    if answer.status >= 500 or answer.status == 408:
        return OutcomeUnknown(_told(answer))
    return _common(answer, counts=False)


async def _push(line: LineClient, access: Access, parcel: Parcel) -> Outcome:
    body = f'{{"to":{json.dumps(parcel.external_id)},"messages":{parcel.messages}}}'.encode()
    try:
        answer = await line.send(access.push_url, body, access.headers | {"X-Line-Retry-Key": str(parcel.key)})
    except (aiohttp.ClientError, TimeoutError) as error:
        return TryAgain(describe(error), is_silence=True)
    if answer.status == 409:  # accepted at an earlier attempt, whose answer we did not get
        return Accepted(answer.accepted_request_id, _sent_messages(answer), counts=True)
    if answer.status >= 500 or answer.status == 408:
        return TryAgain(_told(answer), is_silence=True)
    return _common(answer, counts=True)


def _common(answer: Answer, *, counts: bool) -> Outcome:
    told = _told(answer)
    match answer.status:
        case 200:
            return Accepted(answer.request_id, _sent_messages(answer), counts=counts)
        case 401:
            return AccessRefused(told)
        case 403:
            return Refused(_Refusal.FORBIDDEN, told, answer.request_id)
        case 429 if "monthly limit" in told.lower():
            return Refused(_Refusal.QUOTA, told, answer.request_id)
        case 429:
            return TryAgain(told, is_rate_limit=True)
        case 400 if _concerns_recipient(answer):
            return Refused(_Refusal.RECIPIENT, told, answer.request_id)
        case _:
            return Refused(_Refusal.INVALID, told, answer.request_id)


def _concerns_recipient(answer: Answer) -> bool:
    """400 for an id that LINE does not know, or that belongs to another provider (send-push-message)."""
    details = answer.body.get("details") or []
    if details:
        return all(isinstance(detail, dict) and detail.get("property") == "to" for detail in details)
    text = str(answer.body.get("message") or "")
    return text.startswith("Failed to send messages") or "property, to" in text


def _sent_messages(answer: Answer) -> list[dict[str, object]]:
    sent = answer.body.get("sentMessages")
    return [each for each in sent if isinstance(each, dict)] if isinstance(sent, list) else []


def _told(answer: Answer) -> str:
    return problem(answer.body) or f"HTTP {answer.status}"
