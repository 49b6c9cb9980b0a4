"""What codes of the engine and the connectors mean, in sentences a colleague would say."""

from django.utils.translation import gettext as _

from channels.queries import obstacles


def no_clear_answer(code: str, *, channel: str) -> str:
    """Return why it is not known whether a post is out (T10)."""
    sentences = {
        "no_answer_in_time": _("The answer did not come in time."),
        "answer_lost": _("The connection broke before the answer came."),
        "server_error": _("%(channel)s answered that something had gone wrong there."),
        "unclear_answer": _("%(channel)s answered, but not so that we can tell whether the post was received."),
        "lease_expired": _("Our own program stopped before it could tell how it went."),
        "duplicate": _("%(channel)s says that it resembles a post that is already out."),
        "duplicate_gone": _(
            "%(channel)s says that it resembles a post that is already out, but the post it names does not exist."
        ),
        "duplicate_other": _(
            "%(channel)s says that it resembles a post that is already out, but the one it names is not this one."
        ),
        "id_taken": _("%(channel)s answered with the address of another of the municipality's posts."),
    }
    return sentences.get(code, _("Something unexpected happened while it was being sent.")) % {"channel": channel}


def nothing_sent(code: str, *, channel: str) -> str:
    """Return why nothing could be sent this time (T8)."""
    sentences = {
        "not_reached": _("We could not reach %(channel)s."),
        "no_answer_in_time": _("%(channel)s did not answer in time."),
        "answer_lost": _("The connection to %(channel)s broke."),
        "server_error": _("%(channel)s answered that something had gone wrong there."),
        "throttled": _("%(channel)s asks us to wait."),
        "video_not_uploaded": _("%(channel)s did not receive the whole video."),
        "video_not_ready": _("%(channel)s is still working on the video."),
        "video_gone": _("%(channel)s no longer knows the video. It is sent again."),
        "picture_not_uploaded": _("%(channel)s did not receive the picture."),
        "picture_not_ready": _("%(channel)s is still working on the picture."),
        "not_renewed": _("The access could not be renewed just then."),
        "lease_lost": _("It took too long to get ready, so we did not begin to send."),
    }
    return sentences.get(code, _("%(channel)s could not receive the post just then.")) % {"channel": channel}


def refused(code: str, *, channel: str) -> str:
    """Return why the channel said no, and would again (T9)."""
    sentences = {
        "text_too_long": _("%(channel)s says that the text is too long."),
        "version_sunset": _(
            "%(channel)s no longer answers this version of its interface. Kanalkompass must be updated."
        ),
        "video_refused": _("%(channel)s does not accept the video. Try another, or save it again as MP4."),
        "video_missing": _("The video is gone from our archive. Choose another."),
        "video_changed": _("The video is not the one that was approved. Choose it again."),
        "picture_refused": _("%(channel)s does not accept the picture. Try another."),
        "picture_missing": _("The picture is gone from our archive. Choose another."),
        "picture_changed": _("The picture is not the one that was approved. Choose it again."),
        "no_connector": _("Kanalkompass cannot publish to this channel. It is served by hand."),
    }
    return sentences.get(code, _("%(channel)s does not accept the post as it is.")) % {"channel": channel}


def held_back(code: str) -> str:
    """Return what holds a delivery back (T6)."""
    return obstacles.sentence(code)


def late(code: str) -> str:
    """Return why a delivery was not sent at its time (T5)."""
    sentences = {
        "job_closed": _("The application deadline had passed when it was to be sent."),
        "job_not_announced": _("The vacancy was no longer publicly announced when it was to be sent."),
    }
    return sentences.get(code, _("It was not sent within an hour of its time."))


def handed_over(code: str, *, channel: str) -> str:
    """Return why a person must settle it (T12)."""
    sentences = {
        "twice": _("The post is on %(channel)s more than once. Remove the copies there, and tell us which one stays."),
        "bound_elsewhere": _("We found our link in a post that belongs to another delivery."),
        "likely": _("We found a post with the same words, but without our link. It may be this one."),
        "absent": _(
            "We have read %(channel)s' own list to its end several times, and the post is not there. "
            "The account is set so that a person decides before anything is sent again."
        ),
        "second_unknown": _("We have sent it twice without a clear answer. We do not send it again by ourselves."),
        "unreadable": _("We have not been able to read %(channel)s' own list for a day."),
    }
    return sentences.get(code, _("A person has taken over the matter.")) % {"channel": channel}


def looked(code: str, *, channel: str) -> tuple[str, str]:
    """Return what a look at the channel showed, and what it is worth."""
    answers = {
        "absent": (
            _("Looked for the post, did not find it"),
            _("New posts can take a while to be seen, so this alone is no proof."),
        ),
        "incomplete": (
            _("Looked for the post, did not get to see the whole list"),
            _("Only a list read to its end can prove that the post is not out."),
        ),
        "named_not_ours": (
            _("Looked at the post that %(channel)s named"),
            _("It does not carry our link, or another page wrote it."),
        ),
        "named_gone": (
            _("Looked at the post that %(channel)s named"),
            _("It does not exist there, so it proves nothing."),
        ),
        "named_unreadable": (
            _("Looked at the post that %(channel)s named"),
            _("It could not be read, so it proves nothing."),
        ),
    }
    title, detail = answers.get(code, (_("Could not look for the post"), _("%(channel)s' list could not be read.")))
    return title % {"channel": channel}, detail % {"channel": channel}


def back_to_draft(code: str) -> str:
    """Return why an approval was voided, "" when a person simply took it back (T3)."""
    sentences = {
        "edited": _("The post was changed, so the approval no longer counts."),
        "changed_after_approval": _("What was to be sent was not what had been approved. Nothing was sent."),
    }
    return sentences.get(code, "")
