"""Connectors: one file per platform, the only room that speaks HTTP to a platform. The registry is the list below."""

from channels.connectors.base import (
    Access,
    AccessDead,
    Connector,
    ConnectorError,
    Draft,
    Grant,
    NothingSent,
    OutcomeUnknown,
    Page,
    Picture,
    PostFigures,
    PostList,
    Prepared,
    Receipt,
    Refused,
    SeenPost,
    TextRules,
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
    "Connector",
    "ConnectorError",
    "DailySet",
    "Draft",
    "GainDay",
    "Grant",
    "NothingSent",
    "OutcomeUnknown",
    "Page",
    "Picture",
    "PostFigures",
    "PostList",
    "Prepared",
    "ReadsPageDays",
    "Receipt",
    "Refused",
    "SeenPost",
    "ShareDay",
    "StorageRule",
    "TextRules",
    "ViewDay",
    "by_slug",
]
