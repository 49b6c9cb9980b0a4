"""Carry a form out once, however often it is submitted."""

import hashlib
from collections.abc import Callable

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from foundation.forms import OnceMixin
from recruitment.models import SubmittedForm, User

# What the column holds: 160 bits of a hash.
KEY_LENGTH = 40


class ChangedSinceSubmitted(Exception):
    """The form's key was used before, for something else."""


def submit_once(form: OnceMixin, carry_out: Callable[[], str], *, user: User) -> HttpResponse:
    """
    Call `carry_out` unless this rendering of the form was carried out before, and redirect to the result.

    `carry_out` does the work in the transaction that is open and returns the address of the result. Two requests at
    the same time are ordered by the unique key: the second waits, then finds the first one's result.

    :param user: who submits; the same key in another user's hands is another form
    :raises ChangedSinceSubmitted: the same key with other content; show the form again with status 422
    """
    key, content_hash = _key_of(user, form.cleaned_data["form_key"]), form.content_hash()
    with transaction.atomic():
        row, is_new = SubmittedForm.objects.select_for_update().get_or_create(
            key=key, defaults={"content_hash": content_hash, "result_url": ""}
        )
        if is_new:
            row.result_url = carry_out()
            row.save(update_fields=["result_url"])
        elif row.content_hash != content_hash:
            raise ChangedSinceSubmitted(_("This form was already sent with other content. Check what was stored."))
    return HttpResponseRedirect(row.result_url)


def _key_of(user: User, form_key: str) -> str:
    return hashlib.sha256(f"{user.pk}:{form_key}".encode()).hexdigest()[:KEY_LENGTH]
