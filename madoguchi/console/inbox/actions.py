"""What one does with a conversation besides writing. Dialogs are pages too: they work without JavaScript."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.inbox.composer import find_people
from madoguchi.console.inbox.forms import CloseForm, HandOverForm, SnoozeForm, read, snooze_presets
from madoguchi.conversations import access, queries
from madoguchi.conversations.actions.assign import assign
from madoguchi.conversations.actions.change_brand import change_brand
from madoguchi.conversations.actions.close import close
from madoguchi.conversations.actions.hand_over import hand_over
from madoguchi.conversations.actions.open_thread import open_thread
from madoguchi.conversations.actions.presence import announce_presence
from madoguchi.conversations.actions.release import release
from madoguchi.conversations.actions.snooze import snooze
from madoguchi.conversations.actions.take_over import take_over
from madoguchi.conversations.journal import Ownership
from madoguchi.conversations.models import Conversation, Exchange, Presence
from madoguchi.kit.errors import NotFound
from madoguchi.organization.models import Brand, Department, Staff, Store
from madoguchi.organization.permissions import Permission

P = Permission


@require_POST
@requires(P.CONVERSATION_REPLY)
def holder(request: StaffRequest, public_id: str) -> HttpResponseBase:
    """Take over. The form says whom the person saw as the holder."""
    found = access.find(public_id, request.user)
    seen = request.POST.get("seen_holder", "")
    expected = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 19 else None
    take_over(conversation_id=found.pk, staff=request.user, expected_holder_id=expected)
    return _done(request, found)


@require_POST
@requires(P.CONVERSATION_READ)
def give_back(request: StaffRequest, public_id: str) -> HttpResponseBase:
    found = access.find(public_id, request.user)
    release(conversation_id=found.pk, staff=request.user)
    return _done(request, found)


@require_http_methods(["GET", "POST"])
@requires(P.CONVERSATION_HAND_OVER)
def handover(request: StaffRequest, public_id: str) -> HttpResponseBase:
    """To one person, store or department, with a note."""
    found = access.find(public_id, request.user)
    if request.method == "GET":
        context = {"expected": Ownership.of(found).token, **_targets(found, request.user)}
        return _dialog(request, found, "console/inbox/dialogs/_handover.html", context)
    form = HandOverForm(request.POST)
    data = read(form)
    target, expected = form.target(), Ownership.read(data["expected"])
    if isinstance(target, Staff) and _distributes(found, request.user, target):
        assign(conversation_id=found.pk, staff=request.user, to=target, note=data["note"], expected=expected)
    else:
        hand_over(
            conversation_id=found.pk,
            staff=request.user,
            to_staff=target if isinstance(target, Staff) else None,
            to_store=target if isinstance(target, Store) else None,
            to_department=target if isinstance(target, Department) else None,
            note=data["note"],
            expected=expected,
        )
    return _done(request, found)


@require_GET
@requires(P.CONVERSATION_HAND_OVER)
def handover_targets(request: StaffRequest, public_id: str) -> HttpResponseBase:
    """Type-ahead of the dialog."""
    found = access.find(public_id, request.user)
    targets = _targets(found, request.user, request.GET.get("q", ""))
    return render(request, "console/inbox/dialogs/_targets.html", targets)


@require_http_methods(["GET", "POST"])
@requires(P.CONVERSATION_REPLY)
def snoozing(request: StaffRequest, public_id: str) -> HttpResponseBase:
    found = access.find(public_id, request.user)
    if request.method == "GET":
        context = {"presets": snooze_presets(timezone.localtime()), "last_message": _last_message(request)}
        return _dialog(request, found, "console/inbox/dialogs/_snooze.html", context)
    form = SnoozeForm(request.POST)
    data = read(form)
    snooze(
        conversation_id=found.pk, staff=request.user, until=form.time(), expected_last_message_id=data["last_message"]
    )
    return _done(request, found)


@require_http_methods(["GET", "POST"])
@requires(P.CONVERSATION_CLOSE)
def closure(request: StaffRequest, public_id: str) -> HttpResponseBase:
    found = access.find(public_id, request.user)
    if request.method == "GET":
        context = {"outcomes": Exchange.Outcome.choices, "last_message": _last_message(request)}
        return _dialog(request, found, "console/inbox/dialogs/_close.html", context)
    data = read(CloseForm(request.POST))
    close(
        conversation_id=found.pk,
        staff=request.user,
        outcome=Exchange.Outcome(data["outcome"]),
        expected_last_message_id=data["last_message"],
    )
    return _done(request, found)


@require_POST
@requires(P.CONVERSATION_REPLY)
def brand(request: StaffRequest, public_id: str) -> HttpResponseBase:
    """In whose voice we speak from now on."""
    found = access.find(public_id, request.user)
    chosen = Brand.objects.filter(public_id=request.POST.get("brand", "")).first()
    if chosen is None:
        raise NotFound
    change_brand(conversation_id=found.pk, staff=request.user, brand=chosen)
    return _done(request, found)


@require_POST
@requires(P.CONVERSATION_READ)
def presence(request: StaffRequest, public_id: str) -> HttpResponseBase:
    """The page says every 15 seconds that it is open, and at once when somebody begins to write or leaves."""
    found = access.find(public_id, request.user)
    said = request.POST.get("doing", "")
    doing = Presence.Doing(said) if said in Presence.Doing.values else None
    announce_presence(conversation_id=found.pk, staff=request.user, doing=doing)
    if doing is not None and "seen" in request.POST:
        open_thread(conversation_id=found.pk, staff=request.user)
    present = queries.present(found, besides=request.user)
    return render(request, "console/inbox/_present.html", {"present": present, "conversation": found})


def _distributes(found: Conversation, staff: Staff, to: Staff) -> bool:
    """Giving somebody what one does not hold oneself, at its place, is assigning; everything else is handing over."""
    return (
        found.holder_id != staff.pk
        and access.is_allowed_at(found, staff, P.CONVERSATION_ASSIGN)
        and access.is_allowed_at(found, to, P.CONVERSATION_REPLY)
    )


def _targets(found: Conversation, staff: Staff, text: str = "") -> dict[str, Any]:
    """A few of each kind: without words those nearby, with words those that they name."""
    text = text.strip()
    stores = Store.objects.filter(closed_on=None).select_related("market")
    departments = Department.objects.all()
    if text:
        stores, departments = stores.filter(name__icontains=text), departments.filter(name__icontains=text)
    else:
        market = found.contact.account.market_id
        stores = stores.filter(market=market)
        departments = departments.filter(Q(market=market) | Q(market=None))
    people = find_people(text, 8, near=found, besides=staff)
    return {"people": people, "stores": stores[:8], "departments": departments[:6], "text": text}


def _last_message(request: StaffRequest) -> str:
    number = request.GET.get("last_message", "")
    return number if number.isascii() and number.isdecimal() else ""


def _dialog(request: StaffRequest, found: Conversation, template: str, context: dict[str, Any]) -> HttpResponse:
    context |= {"conversation": found, "section": "inbox", "dialog": template}
    return render(request, template if request.htmx else "console/inbox/dialogs/page.html", context)


def _done(request: StaffRequest, found: Conversation) -> HttpResponse:
    """Nothing to show here: the page hears what changed and fetches it like a change made by anybody else."""
    is_still_mine_to_see = Conversation.objects.visible_to(request.user).filter(pk=found.pk).exists()
    if not request.htmx:
        return redirect("conversation", found.public_id) if is_still_mine_to_see else redirect("inbox")
    changed = ["thread-changed", "queue-changed", *(["customer-changed"] if is_still_mine_to_see else [])]
    return HttpResponse(status=204, headers={"HX-Trigger": ", ".join(changed)})
