"""Connectors: one file per platform, the only room that speaks HTTP to a platform. The registry is the list below."""

from channels.connectors.base import (
    Access,
    AccessDead,
    Card,
    Connector,
    ConnectorError,
    Draft,
    Grant,
    Health,
    NothingSent,
    OutcomeUnknown,
    Page,
    Picture,
    PostFigures,
    PostList,
    Prepared,
    Quota,
    Receipt,
    Refused,
    SeenPost,
    TextRules,
    Video,
)
from channels.connectors.linkedin import LinkedIn
from channels.connectors.page_days import DailySet, GainDay, ReadsPageDays, ShareDay, StorageRule, ViewDay

REGISTRY: dict[str, type[Connector]] = {connector.slug: connector for connector in [LinkedIn]}


def by_slug(slug: str) -> type[Connector] | None:
    """Return the connector of a channel kind, or None for a channel that is served by hand."""
    return REGISTRY.get(slug)


__all__ = [
    "REGISTRY",
    "Access",
    "AccessDead",
    "Card",
    "Connector",
    "ConnectorError",
    "DailySet",
    "Draft",
    "GainDay",
    "Grant",
    "Health",
    "NothingSent",
    "OutcomeUnknown",
    "Page",
    "Picture",
    "PostFigures",
    "PostList",
    "Prepared",
    "Quota",
    "ReadsPageDays",
    "Receipt",
    "Refused",
    "SeenPost",
    "ShareDay",
    "StorageRule",
    "TextRules",
    "Video",
    "ViewDay",
    "by_slug",
]
