from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from madoguchi.bindings.models import Code
from madoguchi.organization.models import Staff


def own(staff: Staff) -> list[Code]:
    """The person's codes that work now, one for each account and store, the newest first."""
    now = timezone.now()
    rows = (
        Code.objects.filter(staff=staff, purpose=Code.Purpose.BIND, revoked_at=None, account__is_active=True)
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
        .select_related("account__market", "account__default_brand", "store", "department", "staff")
        .order_by("-created_at")
    )
    newest: dict[tuple[int, int | None, int | None], Code] = {}
    for row in rows:
        newest.setdefault((row.account_id, row.store_id, row.department_id), row)
    return list(newest.values())
