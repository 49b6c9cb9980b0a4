"""Which ad account is read, and which of our campaigns a paid one belongs to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels.connectors.ads import AdAccount
from channels.models import Campaign
from foundation.forms import Form


class AdAccountForm(Form):
    """Choose among the ad accounts that the channel showed."""

    ad_account = forms.ChoiceField(
        label=_("Ad account"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose an ad account."),
            "invalid_choice": _("The channel does not show us this ad account. Choose another."),
        },
    )

    def __init__(self, *args: Any, offered: list[AdAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(each.external_id, f"{each.name} ({each.external_id}, {each.currency})") for each in offered]
        self.fields["ad_account"].choices = names  # type: ignore[attr-defined]


class LinkForm(Form):
    """Choose the campaign of ours that a paid one belongs to, or none."""

    campaign: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Our campaign"),
        queryset=None,
        required=False,
        empty_label=_("None"),
        error_messages={"invalid_choice": _("Choose one of the municipality's campaigns.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["campaign"].queryset = Campaign.objects.order_by("-start_date", "-id")  # type: ignore[attr-defined]
