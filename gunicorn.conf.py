"""What gunicorn reads by itself when it starts here: its log lines pass the same net as ours (P17)."""

import socket

import gunicorn
import gunicorn.http.wsgi
import gunicorn.util

# Nobody needs to know what we run on (P23).
gunicorn.SERVER = gunicorn.http.wsgi.SERVER = "Kanalkompass"
# A browser that carries 8 kB of other sites' cookies is answered by us, not turned away by the server (B59).
limit_request_field_size = 16_380

# The longest that gunicorn takes: with every filter chosen an address is half as long.
limit_request_line = 8_190


def refuse(client: socket.socket, status: int, reason: str, message: str) -> None:
    """Answer what could not be read with a page of ours; gunicorn's own is English and without headers."""
    # Django is loaded in the workers alone, and this file is read before them.
    from kanalkompass import unread

    gunicorn.util.write_nonblock(client, unread.answer(status=status, reason=reason, server=gunicorn.SERVER))


gunicorn.util.write_error = refuse

logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "foundation.masking.MaskedFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # An access log would hold the addresses of one-time links; the proxy in front keeps its own.
        "gunicorn.access": {"handlers": [], "propagate": False},
    },
}
