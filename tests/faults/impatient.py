"""The product's Celery with a broker that hands a message out again after one second (F7). A worker's `-A`."""

from kanalkompass.celery import app

app.conf.broker_transport_options = {
    **app.conf.broker_transport_options,
    "visibility_timeout": 1,
    "unacked_restore_interval": 0.5,
    "unacked_restore_throttle": 1,
}
