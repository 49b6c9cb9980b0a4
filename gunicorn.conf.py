"""What gunicorn reads by itself when it starts here: its log lines pass the same net as ours (P17)."""

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
