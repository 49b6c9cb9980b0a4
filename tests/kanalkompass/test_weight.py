"""The first page is light: what is ours, beside Designsystemet and the typeface."""

from tests.lighthouse import weight


def test_our_own_styles_and_scripts_stay_below_their_limit():
    assert 5_000 < weight.own_bytes() <= weight.LIMIT_BYTES
