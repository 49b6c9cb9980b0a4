"""The metric names that adAnalytics knows, and what each is worth."""

from __future__ import annotations

from typing import Any

from sandbox.linkedin import ads_series

NAMES_ONLY = frozenset({"dateRange", "pivotValues"})
# Metrics with a twin for earned spread: `clicks` and `viralClicks`.
_SPREADING = [
    "cardClicks",
    "cardImpressions",
    "clicks",
    "commentLikes",
    "comments",
    "companyPageClicks",
    "documentCompletions",
    "documentFirstQuartileCompletions",
    "documentMidpointCompletions",
    "documentThirdQuartileCompletions",
    "downloadClicks",
    "externalWebsiteConversions",
    "externalWebsitePostClickConversions",
    "externalWebsitePostViewConversions",
    "follows",
    "fullScreenPlays",
    "impressions",
    "jobApplications",
    "jobApplyClicks",
    "landingPageClicks",
    "likes",
    "oneClickLeadFormOpens",
    "oneClickLeads",
    "otherEngagements",
    "postClickJobApplications",
    "postClickJobApplyClicks",
    "postClickRegistrations",
    "postViewJobApplications",
    "postViewJobApplyClicks",
    "postViewRegistrations",
    "reactions",
    "registrations",
    "shares",
    "subscriptionClicks",
    "totalEngagements",
    "videoCompletions",
    "videoFirstQuartileCompletions",
    "videoMidpointCompletions",
    "videoStarts",
    "videoThirdQuartileCompletions",
    "videoViews",
]
_COUNTS = [
    "actionClicks",
    "adUnitClicks",
    "eventViews",
    "eventViewsOver15Seconds",
    "eventViewsOver2Minutes",
    "eventViewsOver30Seconds",
    "eventWatchTime",
    "headlineClicks",
    "headlineImpressions",
    "leadGenerationMailContactInfoShares",
    "leadGenerationMailInterestedClicks",
    "opens",
    "qualifiedLeads",
    "sends",
    "talentLeads",
    "textUrlClicks",
    "validWorkEmailLeads",
    "videoWatchTime",
]
_MONEY = ("costInLocalCurrency", "costInUsd", "conversionValueInLocalCurrency")
_REACH = ("approximateMemberReach", "approximateUniqueImpressions")
# Known to the platform; nothing in this sandbox ever has them.
_ABSENT = [
    "audiencePenetration",
    "averageDailyReachMetrics",
    "averageDwellTime",
    "averageEventWatchTime",
    "averageEventWatchTimeOver15Seconds",
    "averageEventWatchTimeOver2Minutes",
    "averageEventWatchTimeOver30Seconds",
    "averagePreviousSevenDayReachMetrics",
    "averagePreviousThirtyDayReachMetrics",
    "averageVideoWatchTime",
    "costPerEventView",
    "costPerEventViewOver15Seconds",
    "costPerEventViewOver2Minutes",
    "costPerEventViewOver30Seconds",
    "costPerQualifiedLead",
    "revenueAttributionMetrics",
]
_ZEROS = dict.fromkeys([*_SPREADING, *(f"viral{name[0].upper()}{name[1:]}" for name in _SPREADING), *_COUNTS], 0)
KNOWN = NAMES_ONLY | _ZEROS.keys() | set(_MONEY) | set(_REACH) | set(_ABSENT)


def told(total: ads_series.Row, rows: list[tuple[str, ads_series.Row]], *, n_days: int) -> dict[str, Any]:
    """
    Return every metric of a bucket: counts as numbers, money as text, reach that cannot be added up.

    :param rows: (currency, metrics) of each creative in `total`
    """
    counts = dict(zip(ads_series.METRICS, total, strict=True))
    cost = counts.pop("costInLocalCurrency")
    place = ads_series.METRICS.index("costInLocalCurrency")
    in_usd = sum(row[place] * ads_series.USD_PER_UNIT[currency] for currency, row in rows)
    engaged = sum(counts[name] for name in ("clicks", "reactions", "comments", "shares", "follows"))
    reach = ads_series.reach(counts["impressions"], n_days)
    return {
        **_ZEROS,
        **counts,
        "likes": counts["reactions"],
        "totalEngagements": engaged,
        "postClickJobApplyClicks": counts["jobApplyClicks"],
        "postClickJobApplications": counts["jobApplications"],
        "costInLocalCurrency": f"{cost / 100:.2f}",
        "costInUsd": f"{in_usd / 100:.2f}",
        "conversionValueInLocalCurrency": "0.00",
        "approximateMemberReach": reach,
        "approximateUniqueImpressions": reach,
    }
