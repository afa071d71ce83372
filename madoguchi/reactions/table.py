"""What was announced → the actions that follow, each called with the ids of the announcement."""

from __future__ import annotations

from collections.abc import Callable

from madoguchi.reactions.bindings import bring_home, show_end, show_start, tell_entered
from madoguchi.reactions.menus import look_at_menu_of_bound, look_at_menu_of_closed
from madoguchi.reactions.offers import answer_group, answer_late_tap, answer_scan, show_offer, show_settlement

Reaction = Callable[..., None]

TABLE: dict[str, tuple[Reaction, ...]] = {
    "binding.ended": (show_end, look_at_menu_of_bound),
    "binding.entered": (tell_entered,),
    "binding.started": (show_start, look_at_menu_of_bound),
    "code.sent_to_group": (answer_group,),
    "conversation.closed": (
        bring_home,
        look_at_menu_of_closed,
    ),
    "offer.missed": (answer_late_tap,),
    "offer.settled": (show_settlement,),
    "offer.told": (show_offer,),
    "scan.answered": (answer_scan,),
}
