"""Faults planted for scripts/scan: each must be found where the comment above it says, or the scan proves nothing."""

# ruleid: unsafe-loading
import pickle

# ruleid: http-outside-its-rooms
import requests

# ruleid: http-outside-its-rooms
from urllib.request import urlopen


def ask(base, connection):
    # ruleid: token-in-address
    address = f"{base}/me?access_token={connection.access_token}"
    # ruleid: token-in-address
    more = base + "/me?fields=id&client_secret=" + connection.secret
    # ruleid: token-in-address
    query = urlencode({"grant": "x", "refresh_token": connection.refresh_token})
    # ruleid: token-in-address, http-outside-its-rooms
    requests.get(base, params={"access_token": connection.access_token}, timeout=3)
    # ok: token-in-address
    call(base, data={"refresh_token": connection.refresh_token})
    return address, more, query


def tell(connection, user):
    # ruleid: secret-in-log
    print(connection.access_token)
    # ruleid: secret-in-log
    logger.info("Renewed %s", connection.refresh_token)
    # ruleid: secret-in-log
    logger.warning(f"Renewed {connection.refresh_token}")
    # ruleid: secret-in-log
    messages.success(request, connection.access_token)
    # ruleid: secret-in-log
    raise ValueError(f"Refused with {settings.SECRET_KEY}")
    # ok: secret-in-log
    logger.info("Renewed %s", connection.fingerprint)
    # ok: secret-in-log
    raise ValueError("SECRET_KEY is missing")
    # ok: secret-in-log
    print(f"{user}: the next log-in asks for the password alone")


def trust_anybody(session, context):
    # ruleid: certificate-not-checked, http-outside-its-rooms
    requests.get("https://kanal.example", verify=False, timeout=3)
    # ruleid: certificate-not-checked
    session.verify = False
    # ruleid: certificate-not-checked
    context.check_hostname = False
    # ruleid: certificate-not-checked
    context.verify_mode = ssl.CERT_NONE
    # ruleid: certificate-not-checked
    ssl._create_unverified_context()


def wait_for_ever(session, socket):
    # ruleid: no-deadline
    session.send(1, timeout=None)
    # ruleid: no-deadline
    socket.settimeout(None)
    # ok: no-deadline
    session.send(1, timeout=(3, 10))


def run_what_is_loaded(text):
    # ruleid: unsafe-loading
    eval(text)
    # ruleid: unsafe-loading
    yaml.load(text)
    # ok: unsafe-loading
    json.loads(text)


def wait_in_the_queue(task, then):
    # ruleid: later-by-queue
    task.apply_async(kwargs={"delivery_id": 1}, eta=then)
    # ruleid: later-by-queue
    task.apply_async(kwargs={"delivery_id": 1}, countdown=3600)
    # ruleid: later-by-queue
    task.retry(countdown=60)
    # ok: later-by-queue
    task.apply_async(kwargs={"delivery_id": 1}, expires=60)
