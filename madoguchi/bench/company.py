"""The little that has to exist before customers can write."""

from __future__ import annotations

from madoguchi.channels.models import Account, Provider
from madoguchi.organization.models import Brand, Department, Market

SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 - of a database that is thrown away


def create_account() -> Account:
    market = Market.objects.create(code="tw", name="台灣", locale="zh-hant", time_zone="Asia/Taipei", currency="TWD")
    return Account.objects.create(
        name="窓口",
        provider=Provider.objects.create(name="Measured Ltd."),
        channel_id="1650000000",
        channel_secret=SECRET,
        access_token="none",  # noqa: S106
        market=market,
        default_brand=Brand.objects.create(code="b", name="B", sender_name="B", mark="B", color="#2f6b4f"),
        default_department=Department.objects.create(code="care", name="客服中心"),
    )
