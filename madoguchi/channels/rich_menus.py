"""Rich menus of an account at LINE (developers.line.biz/en/reference/messaging-api/#rich-menu).

``with RichMenus(account) as line:`` keeps one connection for a row of calls. Every method asks LINE and raises what
``channels.errors`` names; all but ``create`` and ``upload`` may simply be repeated.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from madoguchi.channels import errors
from madoguchi.channels.line.client import Access, LineClient
from madoguchi.channels.models import Account

Json = dict[str, Any]
Result = TypeVar("Result")

PEOPLE_PER_CALL = 500
"""link-rich-menu-to-users."""
MENUS_MOST = 1_000
"""And as many aliases: for an account, made through the API (rich-menus-overview)."""
CREATIONS_PER_HOUR = 100
"""And deletions (rate-limits)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A rich menu as LINE lists it."""

    line_id: str
    name: str


class RichMenus:
    def __init__(self, account: Account) -> None:
        self._access = Access.of(account)

    def __enter__(self) -> RichMenus:
        self._runner = asyncio.Runner()
        self._line = self._runner.run(_open())
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._line.close())
        self._runner.close()

    def listed(self) -> list[Standing]:
        """All that were made through the API, by whomever."""
        found = self._call("GET", "/v2/bot/richmenu/list").get("richmenus") or []
        return [Standing(str(menu.get("richMenuId")), str(menu.get("name"))) for menu in found]

    def create(self, menu: Json) -> str:
        """Its id at LINE. What it looks like and does can never be changed."""
        return str(self._call("POST", "/v2/bot/richmenu", menu)["richMenuId"])

    def upload(self, line_id: str, content: bytes, content_type: str) -> None:
        """Its picture, once. Nothing can be shown without one. Raises CallRefused for a second picture."""
        path = f"/v2/bot/richmenu/{line_id}/content"
        self._run(self._line.upload(self._access, path, content, content_type))

    def has_picture(self, line_id: str) -> bool:
        return self._run(self._has_picture(line_id))

    def delete(self, line_id: str) -> None:
        """It may be gone already."""
        try:
            self._call("DELETE", f"/v2/bot/richmenu/{line_id}")
        except errors.Gone:
            return

    def aliases(self) -> dict[str, str]:
        """{alias: id of the rich menu it stands for}"""
        found = self._call("GET", "/v2/bot/richmenu/alias/list").get("aliases") or []
        return {str(each.get("richMenuAliasId")): str(each.get("richMenuId")) for each in found}

    def point(self, alias: str, line_id: str) -> None:
        """Have the alias stand for this rich menu from now on, whether it existed or not."""
        try:
            self._call("POST", f"/v2/bot/richmenu/alias/{alias}", {"richMenuId": line_id})
        except errors.Gone:
            self._call("POST", "/v2/bot/richmenu/alias", {"richMenuAliasId": alias, "richMenuId": line_id})

    def remove_alias(self, alias: str) -> None:
        """It may be gone already."""
        try:
            self._call("DELETE", f"/v2/bot/richmenu/alias/{alias}")
        except errors.Gone:
            return

    def set_default(self, line_id: str) -> None:
        """For everybody who is linked to no other one."""
        self._call("POST", f"/v2/bot/user/all/richmenu/{line_id}")

    def default(self) -> str:
        """Its id; empty when there is none."""
        try:
            return str(self._call("GET", "/v2/bot/user/all/richmenu").get("richMenuId") or "")
        except errors.Gone:
            return ""

    def link(self, line_id: str, user_ids: Sequence[str]) -> None:
        """At most ``PEOPLE_PER_CALL``; without effect on whoever has blocked the account."""
        self._call("POST", "/v2/bot/richmenu/bulk/link", {"richMenuId": line_id, "userIds": [*user_ids]})

    def unlink(self, user_ids: Sequence[str]) -> None:
        """At most ``PEOPLE_PER_CALL``: they see the default again."""
        self._call("POST", "/v2/bot/richmenu/bulk/unlink", {"userIds": [*user_ids]})

    def switch(self, moves: Sequence[tuple[str, str]], *, key: str) -> None:
        """Whoever is linked to the first menu of a pair, is linked to the second (empty: to none); all at once, in a few
        seconds (batch-control-rich-menus-of-users).

        At most 1,000 pairs. ``key`` (letters, digits, - and _): the same one again within 14 days does nothing again.
        Three times an hour.
        """
        operations = [
            {"type": "link", "from": former, "to": latter} if latter else {"type": "unlink", "from": former}
            for former, latter in moves
        ]
        self._call("POST", "/v2/bot/richmenu/batch", {"operations": operations, "resumeRequestKey": key})

    async def _has_picture(self, line_id: str) -> bool:
        try:
            async with self._line.file(self._access, f"/v2/bot/richmenu/{line_id}/content"):
                return True
        except errors.Gone:
            return False

    def _call(self, method: str, path: str, body: Json | None = None) -> Json:
        return self._run(self._line.call(self._access, method, path, body))

    def _run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        return self._runner.run(coroutine)


async def _open() -> LineClient:
    """Inside the loop that will use it."""
    return LineClient(connections=1, request_seconds=30)
