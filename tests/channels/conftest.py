"""What tests of channels share."""

import pytest

from tests.channels import deliveries
from tests.fixtures import Town
from tests.linkedin_sandbox import LinkedInSandbox


@pytest.fixture
def press(lyngvaer: Town, linkedin_sandbox: LinkedInSandbox) -> deliveries.Press:
    """Lyngvær's connected LinkedIn page, with short knobs where a test would have to wait."""
    return deliveries.connect(lyngvaer, linkedin_sandbox)
