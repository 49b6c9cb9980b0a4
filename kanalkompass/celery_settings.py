"""
Celery's settings: at least once, never lost, one queue per kind of work. Imported by settings.py as it stands.

Redis is only a doorbell: what must not be lost is a row in PostgreSQL, and every task is safe to run twice.
"""

from celery.schedules import crontab

CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Must exceed the longest task, or a task that still runs is handed out a second time.
    "visibility_timeout": 900,
    # kombu's own throttle brings a killed worker's task back after 100 s whatever the timeout; 1 means the next sweep.
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Europe/Oslo"

QUEUES = ("publish", "pull", "default")
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    # Before the general rule: a look at an account must never stand in a post's way.
    "channels.tasks.probe_account": {"queue": "pull"},
    "channels.tasks.look_after_account": {"queue": "pull"},
    "channels.tasks.*": {"queue": "publish"},
    "analytics.*": {"queue": "pull"},
}

HEARTBEAT_EVERY_S = 5

# A beat message that nobody has taken before the next one comes is worth nothing: hence the short expiries.
CELERY_BEAT_SCHEDULE = {
    "tick": {
        "task": "channels.tasks.tick",
        "schedule": 1.0,
        "options": {"queue": "publish", "expires": 1},
    },
    "sweep": {
        "task": "channels.tasks.sweep",
        "schedule": 5.0,
        "options": {"queue": "publish", "expires": 5},
    },
    "reconcile": {
        "task": "channels.tasks.reconcile",
        "schedule": 10.0,
        "options": {"queue": "publish", "expires": 10},
    },
    "errands": {
        "task": "channels.tasks.run_errands",
        "schedule": 5.0,
        "options": {"queue": "publish", "expires": 5},
    },
    "pull-due": {
        "task": "analytics.tasks.pull_due",
        "schedule": 60.0,
        "options": {"queue": "pull", "expires": 60},
    },
    "nightly": {
        "task": "analytics.tasks.nightly",
        "schedule": crontab(hour=4, minute=10),
        "options": {"queue": "pull", "expires": 3600},
    },
    # Before the deletion of old answers, so that what is complete is counted first.
    "release": {
        "task": "analytics.tasks.release_nightly",
        "schedule": crontab(hour=2, minute=20),
        "options": {"queue": "pull", "expires": 3600},
    },
    "look-after-accounts": {
        "task": "channels.tasks.look_after_accounts",
        "schedule": crontab(minute=25),
        "options": {"queue": "pull", "expires": 3600},
    },
    "look-at-platforms": {
        "task": "channels.tasks.look_at_platforms",
        "schedule": crontab(hour=5, minute=20),
        "options": {"queue": "pull", "expires": 3600},
    },
    "send-mail": {
        "task": "recruitment.tasks.send_mail",
        "schedule": 5.0,
        "options": {"queue": "default", "expires": 5},
    },
    "forget": {
        "task": "recruitment.tasks.forget",
        "schedule": crontab(hour=3, minute=30),
        "options": {"queue": "default", "expires": 3600},
    },
    "tidy": {
        "task": "kanalkompass.tasks.tidy",
        "schedule": crontab(hour=3, minute=40),
        "options": {"queue": "default", "expires": 3600},
    },
    "tidy-hourly": {
        "task": "kanalkompass.tasks.tidy_hourly",
        "schedule": crontab(minute=25),
        "options": {"queue": "default", "expires": 1800},
    },
    "read-comments": {
        "task": "analytics.reading_tasks.read_comments",
        "schedule": crontab(minute=5),
        "options": {"queue": "pull", "expires": 1800},
    },
    "read-ads": {
        "task": "analytics.reading_tasks.read_ads",
        "schedule": crontab(hour="5,13", minute=20),
        "options": {"queue": "pull", "expires": 3600},
    },
    "verify-rollups": {
        "task": "analytics.tasks.verify_rollups",
        "schedule": crontab(day_of_week="sun", hour=6, minute=40),
        "options": {"queue": "pull", "expires": 3600},
    },
    "sweep-files": {
        "task": "channels.tasks.sweep_files",
        "schedule": crontab(hour=4, minute=40),
        "options": {"queue": "default", "expires": 3600},
    },
    **{
        f"heartbeat-{queue}": {
            "task": "kanalkompass.tasks.heartbeat",
            "schedule": float(HEARTBEAT_EVERY_S),
            "kwargs": {"queue": queue},
            "options": {"queue": queue, "expires": HEARTBEAT_EVERY_S},
        }
        for queue in QUEUES
    },
}
