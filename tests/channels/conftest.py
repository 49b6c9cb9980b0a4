"""What tests of channels share."""

from typing import Any

import pytest

from tests.channels import connecting, deliveries
from tests.fixtures import Town
from tests.linkedin_sandbox import LinkedInSandbox


@pytest.fixture
def press(lyngvaer: Town, linkedin_sandbox: LinkedInSandbox) -> deliveries.Press:
    """Lyngvær's connected LinkedIn page, with short knobs where a test would have to wait."""
    return deliveries.connect(lyngvaer, linkedin_sandbox)


@pytest.fixture
def account(lyngvaer: Town) -> Any:
    """Lyngvær's LinkedIn account, not connected yet."""
    return connecting.make_account(lyngvaer)


@pytest.fixture
def adviser(client_of: Any, lyngvaer: Town) -> Any:
    """A browser in which the communications adviser is logged in."""
    return client_of(lyngvaer.adviser)
