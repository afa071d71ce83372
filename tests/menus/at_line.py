"""What stands at LINE, asked there."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from madoguchi.channels.models import Account, Contact


def ask(account: Account, path: str) -> Any:
    """None: LINE has no such thing."""
    request = urllib.request.Request(
        account.api_base + path, headers={"Authorization": f"Bearer {account.access_token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code != 404:
            raise
        return None


def menus(account: Account) -> dict[str, dict[str, Any]]:
    """{id: rich menu}"""
    return {menu["richMenuId"]: menu for menu in ask(account, "/v2/bot/richmenu/list")["richmenus"]}


def aliases(account: Account) -> dict[str, str]:
    found = ask(account, "/v2/bot/richmenu/alias/list")["aliases"]
    return {each["richMenuAliasId"]: each["richMenuId"] for each in found}


def default(account: Account) -> str:
    found = ask(account, "/v2/bot/user/all/richmenu")
    return found["richMenuId"] if found else ""


def linked(contact: Contact) -> str:
    """The menu of this customer alone; empty: they see the default."""
    found = ask(contact.account, f"/v2/bot/user/{contact.external_id}/richmenu")
    return found["richMenuId"] if found else ""


def picture(account: Account, line_id: str) -> bytes:
    """Of a rich menu, as LINE keeps it."""
    request = urllib.request.Request(
        f"{account.data_base}/v2/bot/richmenu/{line_id}/content",
        headers={"Authorization": f"Bearer {account.access_token}"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: bytes = answer.read()
    return found


def delete(account: Account, path: str) -> None:
    """As somebody with another program would."""
    request = urllib.request.Request(
        account.api_base + path, method="DELETE", headers={"Authorization": f"Bearer {account.access_token}"}
    )
    urllib.request.urlopen(request, timeout=10).close()
