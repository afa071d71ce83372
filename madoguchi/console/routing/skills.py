from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import Refusable, render_form, told_in
from madoguchi.console.routing.tabs import frame
from madoguchi.kit.errors import NotFound
from madoguchi.organization.directory import people_of
from madoguchi.organization.models import Posting, Staff
from madoguchi.organization.permissions import Permission
from madoguchi.routing import administration, sentences, team_administration
from madoguchi.routing.models import Skill

P = Permission


class SkillForm(forms.Form):
    name = forms.CharField(
        label=lazy("Name"), max_length=60, help_text=lazy("As rules say it: coffee machines, Japanese, repairs.")
    )


@require_GET
@requires(P.ROUTING_READ)
def listing(request: StaffRequest) -> HttpResponseBase:
    holders = Prefetch("staff", Staff.objects.filter(is_active=True), to_attr="holders")
    context = frame(request, "skills") | {"skills": Skill.objects.prefetch_related(holders)}
    return render(request, "console/routing/skills.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ROUTING_EDIT)
def new(request: StaffRequest) -> HttpResponseBase:
    form = SkillForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with told_in(form):
            skill = team_administration.save_skill(by=request.user, skill_id=None, **form.cleaned_data)
            return redirect("skill", skill.pk)
    context = frame(request, "skills") | {"form": form}
    return render_form(request, "console/routing/skill_new.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ROUTING_READ)
def edit(request: StaffRequest, skill_id: int) -> HttpResponseBase:
    skill = _find(skill_id)
    form = SkillForm(request.POST if request.method == "POST" else None, initial={"name": skill.name})
    if form.is_bound and form.is_valid():
        with told_in(form):
            team_administration.save_skill(by=request.user, skill_id=skill.pk, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("skill", skill.pk)
    having = set(skill.staff.values_list("pk", flat=True))
    context = frame(request, "skills") | {
        "form": form,
        "skill": skill,
        "people": sorted(_people(request), key=lambda person: person.pk not in having),
        "having": having,
        "wanted_by": [sentences.sentence(rule) for rule in administration.rules().filter(skill=skill)],
        "may_give": request.user.may(P.ROUTING_EDIT),
    }
    return render_form(request, "console/routing/skill.html", context, form)


@require_POST
@requires(P.ROUTING_EDIT)
def set_people(request: StaffRequest, skill_id: int) -> HttpResponseBase:
    chosen = [int(pk) for pk in request.POST.getlist("staff") if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    team_administration.set_people_with(by=request.user, skill_id=skill_id, staff_ids=chosen)
    messages.success(request, _("Saved."))
    return redirect("skill", skill_id)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ROUTING_EDIT)
def remove(request: StaffRequest, skill_id: int) -> HttpResponseBase:
    """Asks first, naming the rules that want it."""
    skill = _find(skill_id)
    if request.method == "POST":
        try:
            team_administration.delete_skill(by=request.user, skill_id=skill_id)
        except Refusable as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("The skill is deleted."))
        return redirect("skills")
    wanted_by = [sentences.sentence(rule) for rule in administration.rules().filter(skill=skill)]
    context = {"section": "routing", "skill": skill, "wanted_by": wanted_by}
    return render(request, "console/routing/skill_removal.html", context)


def _people(request: StaffRequest) -> list[Staff]:
    """Those whom one may give skills; who may only look sees those at their places."""
    permission = P.ROUTING_EDIT if request.user.may(P.ROUTING_EDIT) else P.ROUTING_READ
    places = Posting.objects.current().select_related("store", "department")
    rows = people_of(request.user, permission).filter(is_active=True)
    return list(rows.prefetch_related(Prefetch("postings", places)).order_by("display_name", "pk"))


def _find(skill_id: int) -> Skill:
    found = Skill.objects.filter(pk=skill_id).first()
    if found is None:
        raise NotFound
    return found
