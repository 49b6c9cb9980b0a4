"""What gunicorn reads by itself when it starts here: its log lines pass the same net as ours (P17)."""

import gunicorn
import gunicorn.http.wsgi

# Nobody needs to know what we run on (P23).
gunicorn.SERVER = gunicorn.http.wsgi.SERVER = "Kanalkompass"
# A browser that carries 8 kB of other sites' cookies is answered by us, not turned away by the server (B59).
limit_request_field_size = 16_380

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
