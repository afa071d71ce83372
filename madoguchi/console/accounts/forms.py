from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.channels.administration import AccountFields
from madoguchi.channels.models import Account
from madoguchi.organization.models import Brand, Department, Market

_ONCE = {"autocomplete": "off", "spellcheck": "false"}


class AccountForm(forms.Form):
    """Secrets are written, never read: an account that exists shows empty boxes, and empty means as it is."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("For colleagues. Customers see LINE's name."))
    provider = forms.CharField(
        label=_("Provider"),
        max_length=80,
        widget=forms.TextInput({"list": "providers", **_ONCE}),
        help_text=_("The company at LINE. A customer is the same person for all accounts of one provider."),
    )
    channel_id = forms.RegexField(
        r"^[0-9]{1,20}$", label=_("Channel ID"), widget=forms.TextInput({"inputmode": "numeric", **_ONCE})
    )
    channel_secret = forms.CharField(
        label=_("Channel secret"), max_length=200, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )
    access_token = forms.CharField(
        label=_("Channel access token"),
        max_length=2000,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("LINE is asked at once whether it is right."),
    )
    market = forms.ModelChoiceField(Market.objects.all(), label=_("Market"), empty_label=None)
    default_brand = forms.ModelChoiceField(
        Brand.objects.in_use(),
        label=_("Speaks as"),
        empty_label=None,
        help_text=_("The brand whose voice answers while nobody knows which brand it is about."),
    )
    default_department = forms.ModelChoiceField(
        Department.objects.all(),
        label=_("Default department"),
        empty_label=None,
    )
    is_active = forms.BooleanField(
        label=_("In use"), required=False, initial=True, help_text=_("Switched off, it takes in and sends nothing.")
    )
    login_channel_id = forms.RegexField(
        r"^[0-9]{1,20}$",
        label=_("LINE Login channel ID"),
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", **_ONCE}),
        help_text=_("Of the LINE Login channel under the same provider that this account is linked to."),
    )
    liff_id = forms.RegexField(
        r"^[0-9]{1,20}-[0-9A-Za-z]{1,16}$",
        label=_("LIFF ID"),
        required=False,
        widget=forms.TextInput(_ONCE),
        help_text=_("Of the LIFF app in that channel. Without it, customers send a code instead of tapping once."),
    )
    api_base = forms.CharField(label=_("Address of the API"), max_length=200, initial="https://api.line.me")
    data_base = forms.CharField(
        label=_("Address of the API for files"), max_length=200, initial="https://api-data.line.me"
    )

    def __init__(self, *args: Any, account: Account | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if account is None:
            return
        self.fields["channel_id"].disabled = True
        for name in ("channel_secret", "access_token"):
            self.fields[name].required = False
            self.fields[name].widget.attrs["placeholder"] = _("Leave empty to keep the present one")
        self.initial = {name: getattr(account, name) for name in self.fields if "secret" not in name}
        self.initial |= {"provider": account.provider.name, "access_token": ""}

    @property
    def account_fields(self) -> AccountFields:
        secret = ("channel_id", "channel_secret", "access_token")
        return AccountFields(**{name: value for name, value in self.cleaned_data.items() if name not in secret})
