from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from planner.catalog import actions, queries
from planner.catalog.models import CatalogRelease
from planner.teams.models import User


@pytest.fixture
def seeded(db: None) -> CatalogRelease:
    """The seeded catalog; returns its first release."""
    actions.load_seed()
    release = queries.current_release()
    assert release is not None
    return release


@pytest.fixture
def owner(db: None) -> User:
    """Somebody who is signed in and not staff."""
    return User.objects.create_user("owner")


@pytest.fixture
def keeper(db: None) -> User:
    """Staff who may keep the catalog and publish."""
    user = User.objects.create_user("keeper", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="catalog"))
    return user


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
