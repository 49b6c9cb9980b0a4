"""
Which passwords are refused besides short and common ones: those that lean on a word everybody here would try first.

No rules about signs and capitals, and no change by the calendar: they make passwords worse (ASVS 5, 6.2).
"""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from foundation.tenancy import acting_user
from recruitment.models import Membership, User

# What must be left when the words that everybody would try first are taken out, and how much of it may be figures.
LEAST_OWN, MOST_OTHERS = 8, 4
TRIED_FIRST = """
    kanalkompass kompass kanal kommune kommunen fylkeskommune rådhus passord passordet password hemmelig velkommen
    velkomen sommer sommar vinter høst haust vår januar februar mars april juni juli august september oktober november
    desember rekruttering stilling norge noreg qwerty qwertyuiop admin administrator linkedin
"""
WORDS = frozenset(TRIED_FIRST.split())


class OwnWordsValidator:
    """Refuse a password that has too little of its own beside the product's, the municipality's and such words."""

    def validate(self, password: str, user: User | None = None) -> None:
        """
        Check a password.

        :raises ValidationError: too little of it is its own
        """
        left = password.casefold()
        for word in sorted(WORDS | _words_around(user), key=len, reverse=True):
            left = left.replace(word, "")
        # One sign again and again counts once, and a row of figures and signs is what is put behind such a word.
        left = re.sub(r"(.)\1+", r"\1", left)
        n_letters = sum(char.isalpha() for char in left)
        n_others = len(left) - n_letters
        if n_letters + min(n_others, MOST_OTHERS) < LEAST_OWN:
            raise ValidationError(self.get_help_text(), code="password_of_common_words")

    def get_help_text(self) -> str:
        """Say what is asked for."""
        return _("Do not build it on the name of the municipality, the season or Kanalkompass.")


def _words_around(user: User | None) -> set[str]:
    """Return the names of the user's municipalities, with and without their Norwegian letters."""
    if user is None or user.pk is None:
        return set()
    with acting_user(user.pk):
        names = list(Membership.objects.filter(user=user).values_list("municipality__name", flat=True))
    words = {word for name in names for word in name.casefold().split() if len(word) > 3}
    return words | {word.replace("æ", "ae").replace("ø", "o").replace("å", "a") for word in words}
