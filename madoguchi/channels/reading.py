"""Small signals to the customer. Nothing depends on them, so nothing is done when they fail."""

from __future__ import annotations

import asyncio
import logging

from madoguchi.channels.errors import ChannelError
from madoguchi.channels.line.client import Access, LineClient
from madoguchi.channels.models import Account

logger = logging.getLogger(__name__)

WRITING_SECONDS = 20


def mark_as_read(account: Account, read_token: str) -> None:
    """That message and all before it; it has an effect only while the account's chat is on (mark-as-read)."""
    try:
        asyncio.run(_mark_as_read(Access.of(account), read_token))
    except ChannelError as error:
        logger.info("%s: not marked as read: %s", account.name, error.message)


def show_writing(account: Account, external_id: str) -> None:
    """Three dots in the customer's chat while they have it open, until our next message (display-a-loading-indicator)."""
    try:
        asyncio.run(_show_writing(Access.of(account), external_id))
    except ChannelError as error:
        logger.info("%s: writing not shown: %s", account.name, error.message)


async def _show_writing(access: Access, external_id: str) -> None:
    async with LineClient(connections=1) as line:
        await line.show_loading(access, external_id, WRITING_SECONDS)


async def _mark_as_read(access: Access, read_token: str) -> None:
    async with LineClient(connections=1) as line:
        await line.mark_as_read(access, read_token)
