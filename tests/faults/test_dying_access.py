"""A token that dies in the middle of a batch: the rest is held back, the neighbour's posts go out, one notice (F12)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection as database

from channels.actions import publishing
from channels.models import Account, Connection, Delivery
from foundation.tenancy import tenant
from kanalkompass import attention
from recruitment.models import Membership
from tests.channels import deliveries
from tests.channels.deliveries import Press
from tests.fixtures import make_town
from tests.linkedin_sandbox import LinkedInSandbox

pytestmark = pytest.mark.django_db(transaction=True)

State = Delivery.State


@pytest.fixture
def presses(transactional_db: None, linkedin_sandbox: LinkedInSandbox) -> list[Press]:
    """Two municipalities, each with a page and a token of its own."""
    ours = deliveries.connect(make_town("9901", "Lyngvær kommune"), linkedin_sandbox)
    theirs = deliveries.connect(make_town("9902", "Storvika kommune", "nn"), linkedin_sandbox)
    organisation = linkedin_sandbox.organisations[1]
    token = linkedin_sandbox.mint(member=linkedin_sandbox.announced["members"][1]["id"])
    with tenant(theirs.town.pk):
        Account.objects.update(name=organisation["name"], external_id=organisation["urn"])
        Connection.objects.update(access_token=token)
        theirs.account = Account.objects.get()
    return [ours, theirs]


def publish_at_once(work: list[tuple[Press, Delivery]], *, n_workers: int = 4) -> None:
    """Let several workers take the deliveries between them, each the next that is left."""
    left, lock = list(work), threading.Lock()

    def run() -> None:
        while True:
            with lock:
                if not left:
                    break
                press, delivery = left.pop(0)
            try:
                press.publish(delivery)
            except publishing.NotDue:
                continue
        database.close()

    threads = [threading.Thread(target=run) for _ in range(n_workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_f12_p6_holds_the_rest_back_and_tells_once(presses: list[Press], linkedin_sandbox: LinkedInSandbox) -> None:
    ours, theirs = presses
    batch = [ours.due() for _ in range(6)]
    other_batch = [theirs.due() for _ in range(3)]
    ours.publish(batch[0])
    linkedin_sandbox.revoke(member=linkedin_sandbox.announced["members"][0]["id"])

    mixed = [(ours, each) for each in batch[1:]] + [(theirs, each) for each in other_batch]
    publish_at_once(mixed[::2] + mixed[1::2])

    assert ours.state(batch[0]) == State.PUBLISHED
    assert {ours.state(each) for each in batch[1:]} == {State.BLOCKED}
    assert [ours.copies(each) for each in batch[1:]] == [[]] * 5
    assert {theirs.state(each) for each in other_batch} == {State.PUBLISHED}
    with tenant(ours.town.pk):
        connection = Connection.objects.get()
        member = Membership.objects.get(user=ours.town.adviser)
        told = attention.attention(membership=member, now=ours.now)
        notices = [task for task in told.tasks if task.sign == "key"]
    assert connection.state == Connection.State.DEAD
    assert len(notices) == 1, notices
    with tenant(theirs.town.pk):
        assert Connection.objects.get().state == Connection.State.OK


def test_f12_posts_go_out_once_the_page_is_connected_again(
    presses: list[Press], linkedin_sandbox: LinkedInSandbox
) -> None:
    ours, _ = presses
    batch = [ours.due() for _ in range(3)]
    linkedin_sandbox.revoke(member=linkedin_sandbox.announced["members"][0]["id"])
    publish_at_once([(ours, each) for each in batch])
    fresh = linkedin_sandbox.mint(member=linkedin_sandbox.announced["members"][0]["id"])
    with tenant(ours.town.pk):
        Connection.objects.update(state=Connection.State.OK, dead_reason="", access_token=fresh)
        publishing.unblock(ours.account, now=ours.now)

    for each in batch:
        # What was held back goes out in order, some seconds apart.
        ours.publish(each, later=timedelta(minutes=2))

    assert {ours.state(each) for each in batch} == {State.PUBLISHED}
    assert [len(ours.copies(each)) for each in batch] == [1, 1, 1]
