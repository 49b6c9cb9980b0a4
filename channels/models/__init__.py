"""Accounts and connections, campaigns, posts and deliveries, media, tracked links."""

from channels.models.accounts import (
    Account,
    Connection,
    OAuthState,
    PageClaim,
    PendingConnection,
    RiskAssessment,
    SetupStep,
)
from channels.models.campaigns import Campaign, CampaignJob
from channels.models.links import LinkCode, LinkHour, TrackedLink
from channels.models.media import MediaItem
from channels.models.publishing import Attempt, Delivery, DeliveryEvent, Due, Post
from channels.models.quotas import AccountNotice, CallCount, PlatformNotice, PlatformPause
from channels.models.sightings import Sighting
from channels.models.stops import Freeze, FreezeForAll
from channels.models.wording import WordingChoice

__all__ = [
    "Account",
    "AccountNotice",
    "Attempt",
    "CallCount",
    "Campaign",
    "CampaignJob",
    "Connection",
    "Delivery",
    "DeliveryEvent",
    "Due",
    "Freeze",
    "FreezeForAll",
    "LinkCode",
    "LinkHour",
    "MediaItem",
    "OAuthState",
    "PageClaim",
    "PendingConnection",
    "PlatformNotice",
    "PlatformPause",
    "Post",
    "RiskAssessment",
    "SetupStep",
    "Sighting",
    "TrackedLink",
    "WordingChoice",
]
