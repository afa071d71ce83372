"""Accounts that do not work, told at the top of every page to those who may know."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from madoguchi.channels.models import Account
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

Health = Account.Health


@dataclass(frozen=True, slots=True)
class Trouble:
    account: Account
    may_mend: bool

    @property
    def is_bad(self) -> bool:
        """Nothing goes out at all."""
        return self.account.health in (Health.TOKEN_REFUSED, Health.UNREACHABLE)

    @property
    def sentence(self) -> str:
        sentences = {
            Health.TOKEN_REFUSED: _(
                "LINE refuses the access token of “{name}”. Replies wait here until it is replaced."
            ),
            Health.FORBIDDEN: _("The plan of “{name}” does not allow what was sent. Look at the plan at LINE."),
            Health.QUOTA_USED_UP: _("“{name}” has used up this month's messages. Free replies still go out."),
            Health.UNREACHABLE: _("LINE does not answer for “{name}”. Replies wait here and go out by themselves."),
        }
        return sentences[Health(self.account.health)].format(name=self.account.name)

    @property
    def advice(self) -> str:
        """On the link to the account; for others, whom to tell."""
        if not self.may_mend:
            return _("Tell an administrator.")
        return _("Enter a new token") if self.account.health == Health.TOKEN_REFUSED else _("Look at the account")

    @property
    def url(self) -> str:
        return reverse("account", args=[self.account.public_id]) if self.may_mend else ""


def of(staff: Staff) -> list[Trouble]:
    """One statement on a table of a few rows; none for those who may not read accounts."""
    if not staff.may(Permission.ACCOUNT_READ):
        return []
    rows = Account.objects.filter(is_active=True).exclude(health=Health.OK).only("public_id", "name", "health")
    may_mend = staff.reach(Permission.ACCOUNT_CONFIGURE).covers()
    return [Trouble(account, may_mend) for account in rows]
