"""R8: what looks like personal data is taken out of an applicant's own words before they are stored."""

import re
from dataclasses import dataclass

MARK = "\N{BULLET}\N{BULLET}\N{BULLET}"

EMAIL = re.compile(r"[^\s@<>()\[\],;:\"]+\s?@\s?[^\s@<>()\[\],;:\"]+\.[^\s@<>()\[\],;:\"]{2,}")
# National identity numbers (11 digits) and telephone numbers (8, with or without a country code), however they are
# grouped. Rather a date too many than a number too few.
_BETWEEN = r"[ \u00a0\u2009\u202f.\-\u2010-\u2013/()]{0,2}"
NUMBER = re.compile(rf"(?<!\d)(?:\+{_BETWEEN})?(?:\d{_BETWEEN}){{7,14}}\d(?!\d)")


@dataclass(frozen=True)
class Masked:
    """A text without what looked like personal data; `n_masked` is how many pieces were taken out."""

    text: str
    n_masked: int


def mask(text: str) -> Masked:
    """Return `text` with e-mail addresses, telephone numbers and identity numbers replaced by three dots."""
    text, n_emails = EMAIL.subn(MARK, text)
    text, n_numbers = NUMBER.subn(MARK, text)
    return Masked(text=text, n_masked=n_emails + n_numbers)
