"""Names in file names."""

import pytest

from foundation.file_names import in_file_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Lyngvær kommune", "lyngvaer-kommune"),
        ("Kárášjohka – Karasjok", "karasjohka-karasjok"),
        ("Guovdageaidnu", "guovdageaidnu"),
        ("Unjárgga gielda / Nesseby", "unjargga-gielda-nesseby"),
        ("Raarvihken tjïelte – Røyrvik", "raarvihken-tjielte-royrvik"),
        ("Đŋŧ ČŠŽ ÆØÅ", "dnt-csz-aeoa"),
        ("../../etc/passwd\r\nX: 1", "etc-passwd-x-1"),
        ("日本", "9901"),
        ("x" * 39 + " yy", "x" * 39),
    ],
)
def test_hold_small_letters_figures_and_hyphens_alone(name, expected):
    assert in_file_name(name, otherwise="9901") == expected
