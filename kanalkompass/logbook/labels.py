"""Names on the screen for what has none of its own: links between tables, and details of acts."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "account": _("channel account"),
    "approved_by": _("approved by"),
    "approved_card_description": _("approved description in the link card"),
    "approved_card_title": _("approved title of the link card"),
    "approved_media": _("approved picture"),
    "approved_text": _("approved text"),
    "asked_by": _("asked for by"),
    "began_by": _("stopped by"),
    "campaign": _("campaign"),
    "chosen_by": _("decided by"),
    "code": _("code"),
    "connected_by": _("connected by"),
    "exempted_by": _("exempted by"),
    "delivery": _("delivery"),
    "ended_by": _("lifted by"),
    "external_id": _("id on the channel"),
    "job": _("vacancy"),
    "link": _("tracked link"),
    "merged_by": _("merged by"),
    "owner": _("who does it"),
    "permalink": _("address on the channel"),
    "post": _("post"),
    "previous_text": _("text before"),
    "published_at": _("published at"),
    "recorded_by": _("recorded by"),
    "removed_by": _("removed by"),
    "source": _("source"),
    "undone_by": _("undone by"),
}

# Keys of `detail` in audit.record, and of the log's own acts.
NOTES = {
    "address": _("Page"),
    "events": _("Events"),
    "file": _("File"),
    "from": _("From"),
    "how": _("How"),
    "rows": _("Rows"),
    "step": _("With"),
    "through": _("Up to number"),
    "to": _("To"),
    "what": _("Concerning"),
}

# Values of a detail that are words of ours.
WORDS = {
    "added": _("added"),
    "code": _("code"),
    "letter": _("a link in a letter"),
    "made anew": _("made anew"),
    "password": _("password"),
    "recovery_codes": _("recovery codes"),
    "removed": _("removed"),
    "totp": _("app"),
}
