"""Storing what a municipality looks like."""

from __future__ import annotations

from django.db import transaction

from kanalkompass.theme.logo import DrawnLogo
from recruitment.models import Logo, MunicipalitySettings


def choose(*, accent: str, logo: DrawnLogo | None, without_logo: bool = False) -> MunicipalitySettings:
    """Store the entered municipality's accent, and a new logo or none; without either of these the logo stays."""
    with transaction.atomic():
        decided, _is_new = MunicipalitySettings.objects.get_or_create()
        decided.accent = accent
        if logo is not None or without_logo:
            Logo.objects.all().delete()
            decided.logo_version = ""
        if logo is not None:
            Logo.objects.create(content=logo.content, version=logo.version)
            decided.logo_version = logo.version
        decided.save(update_fields=["accent", "logo_version"])
    return decided
