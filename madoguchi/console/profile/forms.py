from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from madoguchi.organization.models import Staff


class ProfileForm(forms.Form):
    display_name = forms.CharField(
        label=_("Name shown"), max_length=40, help_text=_("Colleagues read it, and quick phrases say it for {me}.")
    )
    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(label=_("Appearance"), choices=Staff.Theme.choices, widget=forms.RadioSelect)
    text_size = forms.ChoiceField(label=_("Text size"), choices=Staff.TextSize.choices, widget=forms.RadioSelect)


class PasswordForm(forms.Form):
    present = forms.CharField(
        label=_("Present password"), strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least ten characters. A sentence is easy to remember and hard to guess."),
    )
