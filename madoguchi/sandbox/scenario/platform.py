"""The demo's side at LINE, that is, at the sandbox: channels, people, friendships, chats. Through its control API only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from madoguchi.bindings.links import code_url
from madoguchi.bindings.models import Code
from madoguchi.bindings.tokens import shown
from madoguchi.channels.models import Account, OutboundMessage
from madoguchi.conversations.models import Message
from madoguchi.kit.setup import SetupError
from madoguchi.sandbox.line.identifiers import user_id
from madoguchi.sandbox.scenario.accounts import ACCOUNTS, PROVIDER, AccountSpec
from madoguchi.sandbox.scenario.history import Customer
from madoguchi.sandbox.scenario.phones import NEWCOMER
from madoguchi.sandbox.scenario.pictures import Picture
from madoguchi.sandbox.scenario.thread import Thread

PORTION = 1_000
_GONE_OUT = (OutboundMessage.State.ACCEPTED, OutboundMessage.State.UNKNOWN)


def user_ids(customers: Sequence[Customer]) -> dict[str, str]:
    """Person → the id that LINE gives them for our provider: always the same."""
    return {customer.person_id: user_id(PROVIDER, customer.person_id) for customer in customers}


@dataclass(slots=True)
class Platform:
    """A running sandbox. Raises SetupError when it does not answer as expected."""

    session: aiohttp.ClientSession
    url: str

    async def create_channel(self, spec: AccountSpec, account: Account, console_url: str) -> None:
        """Known to both sides by the same secrets."""
        await self._post(
            "/sandbox/channels",
            {
                "channelId": spec.channel_id,
                "secret": spec.secret,
                "accessToken": spec.access_token,
                "name": spec.name,
                "provider": PROVIDER,
                "basicId": spec.basic_id,
                "botUserId": spec.bot_user_id,
                "country": spec.country,
                "verified": True,
                "plan": {"limit": spec.quota},
                "webhookUrl": f"{console_url}/hooks/line/{account.public_id}",
                "webhookActive": True,
                "redelivery": True,
            },
        )
        await self._post(
            "/sandbox/channels",
            {
                "channelId": spec.login_channel_id,
                "kind": "login",
                "name": spec.name,
                "provider": PROVIDER,
                "linkedBot": spec.channel_id,
                "country": spec.country,
            },
        )
        await self._post(
            f"/sandbox/channels/{spec.login_channel_id}/liff",
            {
                "liffId": spec.liff_id,
                "view": {"type": "full", "url": f"{console_url}/liff"},
                "scope": ["openid", "profile"],
                "botPrompt": "aggressive",
            },
        )

    async def print_cards(self, codes: Iterable[Code]) -> None:
        """The counter cards that a visitor can hold a phone to."""
        cards = [
            {
                "text": code_url(code),
                "title": code.staff.display_name if code.staff else str(code.store),
                "note": f"{code.store} · {shown(code.token)}" if code.staff else code.label,
            }
            for code in codes
        ]
        await self._put("/sandbox/printed-codes", cards)

    async def create_people(self, customers: Sequence[Customer], ids: dict[str, str]) -> None:
        people: dict[str, dict[str, Any]] = {}
        for customer in customers:
            contact = customer.thread.contact
            people[customer.person_id] = {
                "personId": customer.person_id,
                "name": contact.profile_name,
                "language": contact.language,
                "statusMessage": contact.status_message,
                "userIds": {PROVIDER: ids[customer.person_id]},
            }
        person_id, name, status = NEWCOMER
        people[person_id] = {"personId": person_id, "name": name, "language": "zh-TW", "statusMessage": status}
        for portion in _portions(people.values()):
            await self._post("/sandbox/people", portion)

    async def befriend(self, customers: Sequence[Customer]) -> None:
        channels = {spec.code: spec.channel_id for spec in ACCOUNTS}
        chats = [
            {"channelId": channels[customer.account], "personId": customer.person_id, "friend": True}
            for customer in customers
        ]
        for portion in _portions(chats):
            await self._post("/sandbox/history", portion)
        for customer in customers:
            if customer.thread.contact.friendship == "blocked":
                await self._post(f"{_chat(customer)}/block", {"quiet": True})

    async def seed_chat(self, customer: Customer) -> dict[int, str]:
        """The whole thread on the phone; returns message → the sandbox's id for it."""
        chat = await self._get(f"{_chat(customer)}/chat")
        if chat["messages"]:
            raise SetupError(
                "The sandbox holds chats of a load that was interrupted. Start over with: make demo FRESH=1"
            )
        thread = customer.thread
        known: dict[int, str] = {}
        for run in _runs(_seen_by_line(customer)):
            if isinstance(run, Message):
                made = [await self._upload(customer, run, thread.media[run.media_id or 0][1])]
                messages = [run]
            else:
                messages = run
                made = (await self._post(f"{_chat(customer)}/messages", [_body(each, thread) for each in run]))[
                    "messages"
                ]
            known |= {message.pk: shown["id"] for message, shown in zip(messages, made, strict=True)}
        await self._post(f"{_chat(customer)}/open", {})
        return known

    async def _upload(self, customer: Customer, message: Message, picture: Picture) -> Any:
        form = aiohttp.FormData()
        form.add_field("type", "image")
        form.add_field("quiet", "1")
        form.add_field("timestamp", str(_milliseconds(message)))
        form.add_field("file", picture.data, filename=f"{picture.name}.jpg", content_type="image/jpeg")
        async with self.session.post(f"{self.url}{_chat(customer)}/messages", data=form) as response:
            return (await _read(response))["message"]

    async def _post(self, path: str, body: Any) -> Any:
        async with self.session.post(self.url + path, json=body) as response:
            return await _read(response)

    async def _put(self, path: str, body: Any) -> Any:
        async with self.session.put(self.url + path, json=body) as response:
            return await _read(response)

    async def _get(self, path: str) -> Any:
        async with self.session.get(self.url + path) as response:
            return await _read(response)


def _portions(rows: Iterable[Any]) -> Iterator[list[Any]]:
    listed = list(rows)
    for start in range(0, len(listed), PORTION):
        yield listed[start : start + PORTION]


async def _read(response: aiohttp.ClientResponse) -> Any:
    if response.status >= 400:
        raise SetupError(f"The sandbox refused {response.url.path}: {await response.text()}")
    return await response.json()


def _chat(customer: Customer) -> str:
    channel = next(spec.channel_id for spec in ACCOUNTS if spec.code == customer.account)
    return f"/sandbox/people/{customer.person_id}/channels/{channel}"


def _seen_by_line(customer: Customer) -> Iterator[Message]:
    """What is on the phone: neither notes and quiet lines nor what LINE has refused."""
    outbox = customer.thread.outbox
    for message in customer.thread.messages:
        is_theirs = message.direction == Message.Direction.INBOUND and message.unsent_at is None
        if is_theirs or (message.outbound_id and outbox[message.outbound_id].state in _GONE_OUT):
            yield message


def _runs(messages: Iterator[Message]) -> Iterator[list[Message] | Message]:
    """Customers' pictures alone, for they are uploaded; everything between them together."""
    run: list[Message] = []
    for message in messages:
        if message.direction == Message.Direction.INBOUND and message.kind == Message.Kind.IMAGE:
            if run:
                yield run
            run = []
            yield message
        else:
            run.append(message)
    if run:
        yield run


def _body(message: Message, thread: Thread) -> dict[str, Any]:
    body: dict[str, Any] = {"quiet": True, "timestamp": _milliseconds(message)}
    if message.outbound_id:
        body["direction"] = "out"
        return {**body, **thread.outbox[message.outbound_id].messages[message.client_part]}
    if message.kind == Message.Kind.STICKER:
        details = message.details
        return body | {
            "type": "sticker",
            "packageId": details["package_id"],
            "stickerId": details["sticker_id"],
            "keywords": details["keywords"],
        }
    if message.kind == Message.Kind.LOCATION:
        return {**body, "type": "location", **message.details}
    return body | {"type": "text", "text": message.text}


def _milliseconds(message: Message) -> int:
    return int(message.occurred_at.timestamp() * 1000)
