"""Rich menus that are gone at LINE though we did not delete them: somebody did, with another program."""

from __future__ import annotations

from madoguchi.menus.models import MemberMenu, Menu, Page, Publication, RichMenu


def forget(row: RichMenu) -> None:
    """It has to be made again, and whoever was linked to it sees the default meanwhile."""
    MemberMenu.objects.filter(linked=row).update(linked=None)
    row.line_id, row.uploaded_at = "", None
    row.save(update_fields=["line_id", "uploaded_at"])


def lost_pages(menu: Menu) -> int:
    """Pages of the live version behind which nothing stands at LINE; publishing that version again makes them anew."""
    if menu.publications.filter(state__in=Publication.UNFINISHED).exists():
        return 0
    return Page.objects.filter(version=menu.live_id, rich_menu__uploaded_at=None).count()
