"""The seeded catalog and people who look at its cost table."""

from collections.abc import Callable

import pytest
from django.test import Client

from planner.catalog import actions, queries
from planner.runs.cost_table.facts import Facts, facts_of
from planner.teams.models import User
from tests.people import People


@pytest.fixture
def facts(db: None) -> Facts:
    """What the seed's release says."""
    actions.load_seed()
    release = queries.current_release()
    assert release is not None
    return facts_of(release)


@pytest.fixture
def browser(facts: Facts, people: People, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(people.owner)
