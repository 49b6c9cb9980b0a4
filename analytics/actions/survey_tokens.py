"""
The one-time token of a survey form. It stands in for a cookie: signed, bound to one survey, and used once (P9, R13).

From its random part come two things by one-way functions: the hash that makes an answer count once, and the receipt
code, so that a repeated request can be shown the same receipt although nobody stored it.
"""

import secrets
from dataclasses import dataclass

from django.core import signing
from django.utils.crypto import salted_hmac

from foundation import codes

SALT = "analytics.survey-form"
VALID_S = 24 * 60 * 60
SURVEY_CODE_LENGTH = 8
SECRET_LENGTH = 8


@dataclass(frozen=True)
class FormToken:
    """One rendering of a survey form; `is_expired` when it is older than a day."""

    survey_code: str
    nonce: str
    is_expired: bool = False

    @property
    def text(self) -> str:
        """The token as it stands in the form."""
        return signing.dumps([self.survey_code, self.nonce], salt=SALT)

    @property
    def answer_hash(self) -> str:
        """What makes the answer count once."""
        return salted_hmac("analytics.survey-answer", self.nonce, algorithm="sha256").hexdigest()

    @property
    def receipt(self) -> str:
        """The receipt code: the survey's code, which finds the municipality, and a secret."""
        digest = salted_hmac("analytics.survey-receipt", self.nonce, algorithm="sha256").digest()
        return self.survey_code + codes.code_of(digest, SECRET_LENGTH)


def new_token(survey_code: str) -> FormToken:
    """Return the token of a new form."""
    return FormToken(survey_code=survey_code, nonce=secrets.token_urlsafe(16))


def read_token(text: str, *, survey_code: str) -> FormToken | None:
    """Return the token of a submitted form; None when we did not make it, or made it for another survey."""
    try:
        made_for, nonce = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if made_for != survey_code:
        return None
    try:
        signing.loads(text, salt=SALT, max_age=VALID_S)
    except signing.SignatureExpired:
        return FormToken(survey_code=made_for, nonce=nonce, is_expired=True)
    return FormToken(survey_code=made_for, nonce=nonce)


def receipt_hash(receipt: str) -> str:
    """Return what is stored of a receipt code."""
    return salted_hmac("analytics.survey-receipt-hash", receipt, algorithm="sha256").hexdigest()
