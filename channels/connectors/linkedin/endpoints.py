"""LinkedIn's endpoints in words, for those who look at what has been asked."""

from typing import Any

from django.utils.translation import gettext_lazy as _

LABELS: dict[str, Any] = {
    "POST /rest/posts": _("Publish a post"),
    "GET /rest/posts": _("List the page's posts"),
    "GET /rest/posts/{key}": _("Read a post"),
    "POST /rest/posts/{key}": _("Change a post"),
    "DELETE /rest/posts/{key}": _("Remove a post"),
    "POST /rest/images": _("Upload a picture"),
    "GET /rest/images/{key}": _("See whether a picture is ready"),
    "POST /rest/videos": _("Upload a video"),
    "GET /rest/videos/{key}": _("See whether a video is ready"),
    "GET /rest/organizationAcls": _("Look up roles on the page"),
    "GET /rest/organizations/{key}": _("Look up a page"),
    "GET /rest/organizationalEntityShareStatistics": _("Fetch figures of posts"),
    "GET /rest/organizationalEntityFollowerStatistics": _("Fetch figures of followers"),
    "GET /rest/organizationPageStatistics": _("Fetch figures of page views"),
    "GET /rest/networkSizes/{key}": _("Fetch the number of followers"),
    "GET /rest/socialMetadata/{key}": _("Count reactions and comments"),
    "GET /rest/socialActions/{key}/comments": _("Read comments"),
    "GET /rest/adAccounts": _("List ad accounts"),
    "GET /rest/adAccounts/{key}/adCampaigns": _("List campaigns"),
    "GET /rest/adAnalytics": _("Fetch figures of campaigns"),
}
