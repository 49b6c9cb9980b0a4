"""Every test of the contract runs for every connector of the registry."""

from typing import Any

import pytest

from channels import connectors
from tests.channels.contract.stands import STANDS, Stand


@pytest.fixture(params=sorted(connectors.REGISTRY))
def stand(request: pytest.FixtureRequest) -> Stand:
    """One platform's stand-in, as new."""
    slug: str = request.param
    return STANDS[slug](request.getfixturevalue(f"{slug}_sandbox"))


@pytest.fixture
def channel(stand: Any) -> connectors.Connector:
    """The connector with access to the stand-in's page."""
    connector: connectors.Connector = stand.connector()
    return connector
