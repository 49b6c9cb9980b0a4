"""
Where a fault test can aim: KK_PAUSE_AT=claimed, gate or sent lets a worker stop there, to be killed.

`claimed`: a delivery is claimed, nothing has been sent. `gate`: the last check is passed, nothing has been sent.
`sent`: the channel has answered, nothing is recorded yet. Read only with DEBUG or KK_DEMO, which tests set; production
knows no such variable. KK_PAUSE_S is how long it stops, 60 seconds unless told.
"""

import os
import time

from django.conf import settings


def pause_at(place: str) -> None:
    """Stop here if a fault test asked for it."""
    if (settings.DEBUG or settings.KK_DEMO) and os.environ.get("KK_PAUSE_AT") == place:
        time.sleep(float(os.environ.get("KK_PAUSE_S", "60")))
