from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from planner.catalog import actions, queries
from planner.catalog.models import CatalogEntry, CatalogRelease
from planner.teams.models import User

NEXT_DAY = actions.SEEDED_AS_OF + timedelta(days=1)

TODAY = datetime(2026, 11, 25, 12, tzinfo=UTC)
"""The day of every test here: releases and "as known today" depend on it."""

Publish = Callable[..., CatalogRelease]
Add = Callable[..., CatalogEntry]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(TODAY):
        yield


@pytest.fixture
def seeded(db: None) -> CatalogRelease:
    """The seeded catalog; returns its first release."""
    actions.load_seed()
    release = queries.current_release()
    assert release is not None
    return release


@pytest.fixture
def keeper2(people: object) -> User:
    """The second keeper, who publishes what keeper drafted."""
    return User.objects.get(username="keeper2")


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def add_row() -> Add:
    """Adds another row of a key, like its first but for what is said."""

    def add(key: str = "offer.semianalysis.h100.rental_3y", **changes: object) -> CatalogEntry:
        entry = CatalogEntry.objects.filter(key=key).earliest("pk")
        entry.pk, entry.uuid = None, CatalogEntry().uuid
        entry._state.adding = True
        for field, value in {"valid_from": NEXT_DAY, "known_since": NEXT_DAY, **changes}.items():
            setattr(entry, field, value)
        entry.save()
        return entry

    return add


@pytest.fixture
def publish(keeper: User, keeper2: User) -> Publish:
    """Drafts as keeper, submits, and publishes as keeper2."""

    def publish(name: str = "next", as_of: date = NEXT_DAY, note: str = "") -> CatalogRelease:
        draft = actions.draft_release(name=name, as_of=as_of, note=note, drafter=keeper)
        digest = queries.draft_content(draft).digest
        draft = actions.submit_draft(draft=draft, digest=digest, actor=keeper)
        return actions.publish_draft(draft=draft, digest=digest, publisher=keeper2)

    return publish
