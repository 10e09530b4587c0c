"""Set-up that all tests share: how hard hypothesis tries, and the made-up worlds as fixtures."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.helpers import made_up

# Examples are the same in every run (derandomize), so a failure can be repeated; make test-long tries more of them.
settings.register_profile(
    "tests", max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("tests")


@pytest.fixture(scope="session")
def trio():
    """Three states, one forum, one programme."""
    return made_up("trio")


@pytest.fixture(scope="session")
def quartet():
    """Four states, three forums, two programmes, and events on dates."""
    return made_up("quartet")
