""" "Who looks after me": what a customer sees of their bindings, and their say in them.

A signed link is the key, good for a week; inside LINE the id token is. Every action is the ledger's own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madoguchi.bindings import answers, links
from madoguchi.bindings.actions.customer import answer_offer, choose_person, drop_binding, set_may_write_first
from madoguchi.bindings.holders import Team, covers
from madoguchi.bindings.models import Binding, Offer, StaffMember
from madoguchi.bindings.queries import contacts_of
from madoguchi.channels import errors
from madoguchi.channels.links import icon_url
from madoguchi.channels.models import Account, Contact
from madoguchi.door.anybody import for_anybody
from madoguchi.door.bind import who_tapped
from madoguchi.door.pages import page, sorry, speaking_to
from madoguchi.duty.schedule import Place
from madoguchi.kit.errors import MadoguchiError, NotFound
from madoguchi.members.models import Member
from madoguchi.organization.models import Brand, Staff

P = ParamSpec("P")


@dataclass(frozen=True)
class Customer:
    """Whose link was opened, and at which account."""

    member: Member
    contact: Contact
    token: str


@dataclass(frozen=True)
class Care:
    """One binding as the customer sees it."""

    binding: Binding
    brands: list[dict[str, str]]
    """Empty: all brands."""
    colleagues: list[Staff]
    offer: Offer | None
    offer_words: str
    offer_choices: tuple[answers.Choice, ...]

    @property
    def place(self) -> str:
        return answers.place_name(self.binding)


View = Callable[Concatenate[HttpRequest, Customer, P], HttpResponseBase]


def for_the_customer(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Opens the signed link of the address: a clear page when it is too old or not ours, and refusals in words."""

    @functools.wraps(view)
    def opened(request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            customer = _customer(token)
        except links.LinkExpired:
            with speaking_to(request, None):
                message = _(
                    "For your safety this link was good for 7 days only. Open the page anew from the menu in the chat."
                )
                return sorry(request, message, status=410, title=_("This link is too old"))
        if customer is None:
            with speaking_to(request, None):
                return sorry(
                    request, _("This link is not complete. Open the page anew from the menu in the chat."), status=404
                )
        with speaking_to(request, customer.contact.account, customer.contact):
            try:
                return view(request, customer, *args, **kwargs)
            except MadoguchiError as error:
                messages.error(request, error.message)
                return redirect("door_person", token)

    opened.declared_permissions = ()  # type: ignore[attr-defined] # for anybody who holds the link
    return opened


@require_safe
@for_the_customer
def person(request: HttpRequest, customer: Customer) -> HttpResponseBase:
    context = {
        "cares": _cares(customer),
        "token": customer.token,
        "chat_url": links.chat_url(customer.contact.account),
        "name": customer.member.display_name,
    }
    return page(request, "person.html", context, account=customer.contact.account)


@require_POST
@for_the_customer
def choose(request: HttpRequest, customer: Customer, binding_id: str) -> HttpResponseBase:
    """``to`` is a colleague's public id; empty: the whole team."""
    wanted = request.POST.get("to", "")
    staff = Staff.objects.filter(public_id=wanted).first() if wanted else None
    if wanted and staff is None:
        raise NotFound
    changed = choose_person(member=customer.member, binding=_binding(customer, binding_id), to_staff=staff)
    said = _("%(name)s looks after you from now on.") % {"name": answers.who(changed)}
    messages.success(request, said)
    return redirect("door_person", customer.token)


@require_POST
@for_the_customer
def drop(request: HttpRequest, customer: Customer, binding_id: str) -> HttpResponseBase:
    drop_binding(member=customer.member, binding=_binding(customer, binding_id))
    messages.success(request, _("Done. Nobody in particular looks after you now; whoever is free answers."))
    return redirect("door_person", customer.token)


@require_POST
@for_the_customer
def first_messages(request: HttpRequest, customer: Customer, binding_id: str) -> HttpResponseBase:
    may = request.POST.get("may") == "yes"
    binding = set_may_write_first(member=customer.member, binding=_binding(customer, binding_id), may=may)
    said = _("%(name)s may write to you first.") if may else _("%(name)s writes only when you have written.")
    messages.success(request, said % {"name": answers.who(binding)})
    return redirect("door_person", customer.token)


@require_POST
@for_the_customer
def answer(request: HttpRequest, customer: Customer, offer_id: str) -> HttpResponseBase:
    offer = Offer.objects.filter(public_id=offer_id).first()
    if offer is None:
        raise NotFound
    answered = answer_offer(offer=offer, member=customer.member, accept=request.POST.get("accept") == "yes")
    answered.refresh_from_db()
    messages.success(request, answers.outcome(answered) or _("Thank you for your answer."))
    return redirect("door_person", customer.token)


@for_anybody
@require_http_methods(["GET", "HEAD", "POST"])
def inside_line(request: HttpRequest, account_id: str = "") -> HttpResponseBase:
    """``/liff/person``: LINE says who it is, and the page with the customer's own signed link follows."""
    account = _account(account_id)
    with speaking_to(request, account):
        if request.method != "POST":
            context = {
                "liff_id": account.liff_id,
                "sdk_url": links.sdk_url(account),
                "chat_url": links.chat_url(account),
            }
            return page(request, "opening.html", context, account=account)
        try:
            contact, member = who_tapped(account, request.POST.get("id_token", ""))
        except (errors.SignInRefused, errors.SignInUnanswered) as error:
            again = links.person_liff_url(account)
            return sorry(request, error.message, status=error.status, account=account, again=again)
    return redirect(links.person_page_url(member, contact))


def _account(public_id: str) -> Account:
    """Without a name: the only one that has pages inside LINE."""
    rows = Account.objects.exclude(liff_id="").filter(is_active=True).select_related("market")
    found = list(rows.filter(public_id=public_id) if public_id else rows[:2])
    if len(found) != 1:
        raise Http404
    return found[0]


def _customer(token: str) -> Customer | None:
    read = links.read_person_token(token)
    member = Member.objects.filter(public_id=read.member_public_id).first() if read else None
    if read is None or member is None:
        return None
    contact = next((each for each in contacts_of(member.pk) if each.pk == read.contact_id), None)
    return Customer(member, contact, token) if contact else None


def _binding(customer: Customer, public_id: str) -> Binding:
    binding = Binding.objects.filter(member=customer.member, public_id=public_id).first()
    if binding is None:
        raise NotFound
    return binding


def _cares(customer: Customer) -> list[Care]:
    member = customer.member
    rows = Binding.objects.filter(member=member).current().order_by("started_at", "pk")
    bindings = list(rows.select_related("staff", "store__market", "department", "account__market"))
    brands = Brand.objects.in_bulk({pk for binding in bindings for pk in binding.brand_ids})
    themselves = set(StaffMember.objects.filter(member=member).values_list("staff", flat=True))
    open_offers = Offer.objects.filter(binding__in=bindings, state=Offer.State.OPEN)
    related = (
        "binding__staff",
        "binding__store__market",
        "binding__department",
        "departure__staff",
        "to_staff",
        "to_store",
    )
    offers = {offer.binding_id: offer for offer in open_offers.select_related(*related, "binding__account__market")}
    return [_care(customer, binding, brands, themselves, offers.get(binding.pk)) for binding in bindings]


def _care(
    customer: Customer, binding: Binding, brands: dict[int, Brand], themselves: set[int], offer: Offer | None
) -> Care:
    team = Team.load_at(Place(binding.store_id, binding.department_id), timezone.now())
    able = {pk for pk, held in team.brands.items() if covers(held, binding.brand_ids)}
    colleagues = Staff.objects.filter(pk__in=able - themselves - {binding.staff_id}).order_by("display_name")
    words, choices = answers.announcement(offer, customer.contact) if offer else ("", ())
    return Care(
        binding,
        [{"name": brands[pk].name, "icon": icon_url(brands[pk])} for pk in binding.brand_ids if pk in brands],
        list(colleagues),
        offer,
        words,
        tuple(choice for choice in choices if choice.data),  # choosing a person stands below anyway
    )
