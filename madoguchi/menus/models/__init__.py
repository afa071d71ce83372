"""Rows of the menu under the chat: what is designed, what stands at LINE, who sees which of it, and what is tapped.

A *menu* belongs to an account. Its *versions* are designs: one of them may be a draft, one may be live. A version has
*variants* (which customers see what), a variant has up to three *tabs*, a tab has *cells*. At LINE a menu is a picture
with tappable areas (a *rich menu*): one for each tab in each language, a *page*. Rich menus cannot be changed there,
only made and deleted; tabs find each other through *aliases*, which are moved from one rich menu to the next.
"""

from madoguchi.menus.models.choices import LINKS, WITH_VALUE, Action, Icon, MemberState, Size
from madoguchi.menus.models.customers import MemberMenu, Recheck, Tap, Turn
from madoguchi.menus.models.design import Cell, Menu, Picture, Tab, Variant, Version, new_code
from madoguchi.menus.models.drafting import DraftStep
from madoguchi.menus.models.publishing import Page, Publication, RichMenu, Step

__all__ = [
    "LINKS",
    "WITH_VALUE",
    "Action",
    "Cell",
    "DraftStep",
    "Icon",
    "MemberMenu",
    "MemberState",
    "Menu",
    "Page",
    "Picture",
    "Publication",
    "Recheck",
    "RichMenu",
    "Size",
    "Step",
    "Tab",
    "Tap",
    "Turn",
    "Variant",
    "Version",
    "new_code",
]
