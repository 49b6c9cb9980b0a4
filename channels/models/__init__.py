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
from channels.models.advertising import AdAccount, PaidCampaign
from channels.models.campaigns import Campaign, CampaignJob
from channels.models.comments import Comment, CommentReading
from channels.models.links import JobSourceDay, LinkCode, LinkHour, SourceDay, TrackedLink
from channels.models.media import MediaItem, PreparedMedia
from channels.models.publishing import Attempt, Delivery, DeliveryEvent, Due, Errand, Post, PostEdit
from channels.models.quotas import AccountNotice, CallCount, PlatformNotice, PlatformPause
from channels.models.sightings import Sighting
from channels.models.stops import Freeze, FreezeForAll
from channels.models.wording import WordingChoice

__all__ = [
    "Account",
    "AccountNotice",
    "AdAccount",
    "Attempt",
    "CallCount",
    "Campaign",
    "CampaignJob",
    "Comment",
    "CommentReading",
    "Connection",
    "Delivery",
    "DeliveryEvent",
    "Due",
    "Errand",
    "Freeze",
    "FreezeForAll",
    "JobSourceDay",
    "LinkCode",
    "LinkHour",
    "MediaItem",
    "OAuthState",
    "PageClaim",
    "PaidCampaign",
    "PendingConnection",
    "PlatformNotice",
    "PlatformPause",
    "Post",
    "PostEdit",
    "PreparedMedia",
    "RiskAssessment",
    "SetupStep",
    "Sighting",
    "SourceDay",
    "TrackedLink",
    "WordingChoice",
]
