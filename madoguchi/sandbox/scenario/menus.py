"""The menus under the chats: designed as a marketer would, and published by the worker as soon as the demo runs.

Taiwan has one variant for each of five brands before the one for everybody; Japan has the first proposal as it is.
"""

from __future__ import annotations

from madoguchi.menus import designing, drafts
from madoguchi.menus.designing import Audience
from madoguchi.menus.models import Action, Icon, Version
from madoguchi.menus.publish.actions import publish
from madoguchi.organization.models import Brand
from madoguchi.sandbox.scenario.organisation import Organisation

BRANDS = ("velora", "nordka", "kinbi", "kumone", "yamavo")
_SHOP = "https://shop.example.com"
_CELLS = (
    # tab, index, label, icon; what customers of the brand find there
    (2, 1, "{brand}線上選購", Icon.SHOP, Action.SHOP_LINK),
    (3, 1, "{brand}生活提案", Icon.ARTICLE, Action.ARTICLE),
)


def create(company: Organisation) -> None:
    """Inside the caller's transaction: the jobs that publish commit with it."""
    for account in company.accounts.values():
        draft = drafts.begin(by=company.staff["chenghan"], account=account)
        if account.market.code == "tw":
            for code in BRANDS:
                _add_brand(company, draft, company.brands[code])
        publish(by=company.staff["chenghan"], version_id=draft.pk)


def _add_brand(company: Organisation, draft: Version, brand: Brand) -> None:
    by = company.staff["chenghan"]
    fallback = draft.variants.get(is_fallback=True)
    variant = designing.add_variant(by=by, version_id=draft.pk, copy_of=fallback.code)
    designing.change_variant(
        by=by,
        version_id=draft.pk,
        variant=variant.code,
        name=brand.name,
        audience=Audience(brands=[brand]),
        style=brand,
    )
    for tab, index, label, icon, action in _CELLS:
        designing.save_cell(
            by=by,
            version_id=draft.pk,
            variant=variant.code,
            tab=tab,
            index=index,
            action=action,
            labels={locale: label.format(brand=brand.name) for locale in draft.locales},
            icon=icon,
            value=f"{_SHOP}/{brand.code}",
        )
    designing.save_cell(
        by=by,
        version_id=draft.pk,
        variant=variant.code,
        tab=1,
        index=4,
        action=Action.TALK_TO_US,
        labels=dict.fromkeys(draft.locales, f"{brand.name}客服"),
        icon=Icon.CHAT,
        brand=brand,
    )
