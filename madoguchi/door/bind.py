"""The page behind a QR code: who it is, and one tap. The same page shows how to go on without LINE's help."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.bindings import answers, links, tokens
from madoguchi.bindings.actions.use_code import use_code
from madoguchi.bindings.holders import trouble_of
from madoguchi.bindings.models import Code, Scan, Way
from madoguchi.channels import errors, sign_in
from madoguchi.channels.links import icon_url
from madoguchi.channels.models import Account, Contact
from madoguchi.conversations.tasks import fetch_profiles
from madoguchi.door import visits
from madoguchi.door.anybody import for_anybody
from madoguchi.door.pages import page, sorry, speaking_to
from madoguchi.members.actions import Address, Identified, identify
from madoguchi.members.models import Member

Outcome = Scan.Outcome
_GOOD = (Outcome.BOUND, Outcome.ALREADY, Outcome.KNOWN)
_OPEN = (Outcome.KEPT, Outcome.ASKED)
_INSIDE_LINE = ("liff_bind", "liff_person", "liff_person_at")


@for_anybody
@require_safe
def entry(request: HttpRequest) -> HttpResponseBase:
    """The LIFF app's endpoint. LINE opens it first with the path in ``liff.state``, and its script then moves on to that
    path (opening-liff-app); showing the same page at once spares the customer a blank one."""
    try:
        wanted = resolve("/liff" + request.GET.get("liff.state", "").partition("?")[0])
    except Resolver404:
        raise Http404 from None
    if wanted.url_name in _INSIDE_LINE:
        shown: HttpResponseBase = wanted.func(request, *wanted.args, **wanted.kwargs)
        return shown
    with speaking_to(request, None):
        return sorry(request, _("Scan a code at the counter, or open a link that we have sent you."), status=404)


@for_anybody
@require_http_methods(["GET", "HEAD", "POST"])
def bind(request: HttpRequest, token: str) -> HttpResponseBase:
    places = ("account__market", "account__default_brand", "store__market", "department__market")
    code = Code.objects.select_related("staff", *places).filter(token=tokens.read(token)).first()
    visitor, account = visits.visitor_of(request), code.account if code else None
    with speaking_to(request, account):
        if code is None:
            response = _no_use(request, Outcome.UNKNOWN)
        elif trouble := trouble_of(code, timezone.now()):
            response = _no_use(request, trouble, account)
            visits.count(request, code, visitor, trouble)
        elif request.method == "POST":
            return _tapped(request, code, visitor)
        else:
            response = page(request, "bind.html", _shown(code), account=code.account)
            visits.count(request, code, visitor, Outcome.OPENED)
    visits.remember(response, visitor)
    return response


def _no_use(request: HttpRequest, trouble: Scan.Outcome, account: Account | None = None) -> HttpResponse:
    return sorry(request, answers.sentence(Scan(outcome=trouble)), status=410, account=account)


def _tapped(request: HttpRequest, code: Code, visitor: str) -> HttpResponseBase:
    account = code.account
    try:
        contact, member = who_tapped(account, request.POST.get("id_token", ""))
    except (errors.SignInRefused, errors.SignInUnanswered) as error:
        return sorry(request, error.message, status=error.status, account=account, again=links.code_url(code))
    scan = use_code(
        token=code.token,
        account_id=account.pk,
        contact_id=contact.pk,
        member_id=member.pk,
        way=Way.LIFF,
        visitor=visitor,
    )
    outcome = Outcome(scan.outcome)
    with speaking_to(request, account, contact):
        is_friend = contact.friendship == Contact.Friendship.FRIEND or request.POST.get("is_friend") == "yes"
        context = _shown(code) | {
            "message": answers.sentence(scan),
            "outcome": outcome.value,
            "is_good": outcome in _GOOD,
            "is_open": outcome in _OPEN,
            "add_url": "" if is_friend else links.add_friend_url(account),
            "chat_url": links.chat_url(account),
            "person_url": links.person_page_url(member, contact),
        }
        return page(request, "bound.html", context, account=account)


def who_tapped(account: Account, id_token: str) -> tuple[Contact, Member]:
    """Whoever LINE says it is, known from now on. Asks LINE first, outside any transaction. Raises the SignIn errors."""
    address = Address(account.pk, sign_in.user_of(account, id_token))
    with transaction.atomic():
        person: Identified = identify([address])[address]
        if person.is_new:
            fetch_profiles.defer(account_id=account.pk, contact_ids=[person.contact_id])
    contact = Contact.objects.select_related("account__market").get(pk=person.contact_id)
    return contact, Member.objects.get(pk=person.member_id)


def _shown(code: Code) -> dict[str, Any]:
    account, place = code.account, code.store or code.department
    brands = list(code.brands.all()) or [account.default_brand]
    return {
        "code": code,
        "place": place,
        "brands": [{"name": brand.name, "icon": icon_url(brand)} for brand in brands[:6]],
        "is_staffs_own": code.purpose == Code.Purpose.KNOW_STAFF,
        "typed": tokens.shown(code.token),
        "liff_id": account.liff_id,
        "sdk_url": links.sdk_url(account) if account.liff_id else "",
        "message_url": links.message_url(code),
        "add_friend_url": links.add_friend_url(account),
    }
