"""manage.py rotate_keys"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation import sealed
from kanalkompass import rotation


class Command(BaseCommand):
    """Seal every token and one-time secret under the newest of CHANNEL_TOKEN_KEYS."""

    help = (
        "Seal every token and one-time secret under the newest of CHANNEL_TOKEN_KEYS. May be killed and run again. "
        "Ends well only when nothing is left under another key."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --check and --batch."""
        parser.add_argument("--check", action="store_true", help="change nothing, tell what stands under which key")
        parser.add_argument("--batch", type=int, default=100, help="rows that one transaction locks (100)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, then tell what stands under which key."""
        if options["batch"] < 1:
            raise CommandError("--batch must be at least 1.")
        if not options["check"]:
            n_done = 0
            for n_changed in rotation.rotate(batch=options["batch"]):
                n_done += n_changed
                self.stdout.write(f"{n_done} rows sealed anew")
                self.stdout.flush()
        standing = rotation.standing()
        self._tell(standing)
        self._judge(standing, is_check=options["check"])

    def _tell(self, standing: rotation.Standing) -> None:
        newest, lost = sealed.newest_key_id(), standing.lost_keys
        self.stdout.write(f"Newest key: {newest}")
        for place, counts in standing.by_place.items():
            for key, count in sorted(counts.items()):
                what = " (newest)" if key == newest else " (LOST: not in CHANNEL_TOKEN_KEYS)" if key in lost else ""
                self.stdout.write(f"{place}: {count} under {key}{what}")

    def _judge(self, standing: rotation.Standing, *, is_check: bool) -> None:
        if not standing.n_left:
            self.stdout.write("Nothing is left under another key: the older keys may be taken out.")
            return
        lost = ", ".join(sorted(standing.lost_keys))
        advice = "Run the command without --check." if is_check else "No key of ours opens them."
        if lost:
            advice = f"Lost keys: {lost}. Put them back into CHANNEL_TOKEN_KEYS and run the command again."
        if lost or not is_check:
            advice += " If a key is gone for good, connect the channels and set the one-time codes up again."
        raise CommandError(
            f"{standing.n_left} sealed texts are not under the newest key. {advice} Nothing was deleted."
        )
