"""Corrections of a published text, in words: what was asked for, how far it came, and why."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from channels.models import Delivery, PostEdit
from channels.queries import obstacles
from foundation import formats

State = PostEdit.State
ASK_AGAIN_S = 2


@dataclass(frozen=True)
class Correction:
    """One correction as the delivery's page tells it. `color` is the design system's."""

    edit: PostEdit
    label: str
    color: str
    what: str
    who: str

    @property
    def is_waiting(self) -> bool:
        """Whether somebody has to approve it."""
        return self.edit.state == State.AWAITING_APPROVAL

    @property
    def is_unsent(self) -> bool:
        """Whether it can still be dropped."""
        return self.edit.state in (State.AWAITING_APPROVAL, State.ASKED)


def corrections(delivery: Delivery) -> list[Correction]:
    """Return the delivery's corrections, the newest first. One query."""
    edits = PostEdit.objects.filter(delivery=delivery).select_related("asked_by", "approved_by")
    channel = delivery.account.channel.name
    return [Correction(edit, *_badge(edit), _what(edit, channel=channel), _who(edit)) for edit in edits]


def open_one(found: list[Correction]) -> Correction | None:
    """Return the correction that is under way, or None."""
    return next((each for each in found if each.edit.state in PostEdit.OPEN), None)


def asks_every_s(found: list[Correction]) -> int:
    """Return how often the page asks, in seconds, while a machine has a correction in hand; 0 otherwise."""
    under_way = open_one(found)
    return ASK_AGAIN_S if under_way and under_way.edit.state != State.AWAITING_APPROVAL else 0


def _badge(edit: PostEdit) -> tuple[str, str]:
    colors = {
        State.AWAITING_APPROVAL: "warning",
        State.ASKED: "accent",
        State.UNKNOWN: "warning",
        State.DONE: "success",
        State.REFUSED: "danger",
    }
    return str(edit.get_state_display()), colors.get(State(edit.state), "neutral")


def _what(edit: PostEdit, *, channel: str) -> str:
    state = State(edit.state)
    if state == State.REFUSED:
        return refused(edit.reason, channel=channel)
    if state == State.ASKED and edit.reason:
        return _waits(edit.reason, channel=channel)
    sentences = {
        State.AWAITING_APPROVAL: _("Nothing is sent before somebody with the right to approve has read it."),
        State.ASKED: _("It is sent to %(channel)s in a moment. Until then it can be dropped."),
        State.UNKNOWN: _(
            "It has been sent to %(channel)s. We read the post and send the text again until %(channel)s shows it."
        ),
        State.DONE: _("%(channel)s shows the new text."),
        State.DROPPED: _("It was dropped before anything was sent."),
    }
    return sentences[state] % {"channel": channel}


def _waits(code: str, *, channel: str) -> str:
    if code in {"not_reached", "throttled", "server_error", "no_answer_in_time", "not_renewed"}:
        return _("%(channel)s could not be reached just now. We try again by ourselves.") % {"channel": channel}
    return obstacles.sentence(code)


def refused(code: str, *, channel: str) -> str:
    """Return why a correction came to nothing."""
    sentences = {
        "not_found": _("The post is no longer on %(channel)s."),
        "not_out": _("The post is no longer published."),
        "changed_after_approval": _("What was approved had been changed, so nothing was sent."),
        "given_up": _("%(channel)s did not show the new text within a day. Look at the post there."),
        "text_too_long": _("%(channel)s says that the text is too long."),
    }
    return sentences.get(code, _("%(channel)s does not accept the correction.")) % {"channel": channel}


def _who(edit: PostEdit) -> str:
    asked = {"name": str(edit.asked_by), "when": formats.moment(edit.asked_at)}
    if edit.approved_by_id is None or edit.approved_by_id == edit.asked_by_id:
        return _("By %(name)s, %(when)s.") % asked
    return _("By %(name)s, %(when)s. Approved by %(approver)s.") % {**asked, "approver": str(edit.approved_by)}
