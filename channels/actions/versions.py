"""Warning the system administrators before a platform stops answering the version that we use."""

from datetime import datetime

from django.db import transaction

from channels import connectors
from channels.actions import notices


def warn(*, now: datetime) -> list[str]:
    """Tell of every platform whose version ends in 90, 30 or 7 days, or has ended; return those that were news."""
    with transaction.atomic():
        return [slug for slug in connectors.REGISTRY if notices.version_ends(slug, now=now)]
