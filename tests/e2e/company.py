"""A small company for the journeys, on both sides: `python -m tests.e2e.company SANDBOX_URL WEB_URL`.

Runs in a process of its own, on the journeys' database, and prints the facts they need as JSON.
"""

from __future__ import annotations

import json
import sys

import django

CUSTOMERS = (
    "林怡君", "張家豪", "黃雅婷", "李冠廷", "吳佩珊", "劉俊傑", "蔡宜蓁", "楊承翰", "許雅筑", "鄭宇軒", "謝欣怡", "郭柏翰",
    "洪詩涵", "邱建宏", "曾淑芬", "廖志偉", "賴美惠", "徐子涵", "周家瑜", "葉俊宏", "蘇怡萱", "呂建志", "江雅惠", "何明哲",
    "施佳穎", "羅士豪", "高筱婷", "潘柏宇", "簡淑惠", "朱家瑋",
)  # fmt: skip
"""All at Aoi's store, each with one question that nobody has answered; also in the sandbox, as friends of the account."""
NEWCOMER = "newcomer"
"""Somebody in the sandbox who has not added the account yet."""


def main(sandbox_url: str, web_url: str) -> None:
    django.setup()
    from madoguchi.bindings.models import ALL_BRANDS, Binding, Way
    from madoguchi.organization.permissions import BuiltInRole
    from tests import make
    from tests.line_sandbox import LineSandbox

    line = LineSandbox(sandbox_url)
    world = make.world()
    make.policy(world.market, quiet_from=None, quiet_until=None)  # journeys are made by night, too
    for username, name, more in (
        ("haru", "陽", {"store": world.store}),
        ("sora", "空", {"store": world.store, "locale": "zh-hant"}),
        ("yuki", "雪", {"store": world.store, "locale": "zh-hant"}),
        ("kaito", "海斗", {"role": BuiltInRole.ADMINISTRATOR}),
    ):
        make.staff(username, name=name, **{"locale": "en", **more})  # type: ignore[arg-type] # mixed keywords
    for clerk in (world.aoi, world.ren, world.mio):
        clerk.locale = "en"
        clerk.save(update_fields=["locale"])

    repairs = make.department("repairs", name="維修中心", market=world.market)
    account = world.account
    account.basic_id = "@window"
    line.open_for(account, plan_limit=5_000)
    line.open_login_for(account, endpoint=f"{web_url}/liff")
    line.call(
        "POST",
        "/sandbox/channels",
        {
            "channelId": account.channel_id,
            "basicId": account.basic_id,
            "webhookUrl": f"{web_url}/hooks/line/{account.public_id}",
            "webhookActive": True,
            "redelivery": True,
        },
    )
    # LINE does not say how soon it comes again; journeys do not have minutes.
    line.call("PUT", f"/sandbox/channels/{account.channel_id}/delivery", {"redeliverySeconds": [0.5] * 60})
    customers = []
    for name in CUSTOMERS:
        conversation = make.conversation(
            account, name=name, text=f"我是{name}，想問濾網", store=world.store, brand=world.brand
        )
        # The store's own customers: what they write later goes to its team again.
        Binding.objects.create(
            member=conversation.member,
            store=world.store,
            account=account,
            brand_ids=[ALL_BRANDS],
            way=Way.IMPORT,
            started_at=conversation.opened_at,
        )
        phone = line.befriend(conversation.contact)
        customers.append({"name": name, "person": phone, "conversation": conversation.public_id})
    line.call("POST", "/sandbox/people", [{"personId": NEWCOMER, "name": "新朋友"}])
    facts = {
        "channel": account.channel_id,
        "account": account.name,
        "brand": world.brand.name,
        "store": world.store.name,
        "other_store": world.other_store.name,
        "repairs": repairs.name,
        "password": make.PASSWORD,
        "customers": customers,
    }
    json.dump(facts, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
