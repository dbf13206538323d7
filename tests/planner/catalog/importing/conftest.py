from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from planner.audit.models import AuditEntry
from planner.catalog.models import CatalogEntry
from planner.teams.models import User

Upload = Callable[..., Any]


@pytest.fixture
def desk(keeper: User, signed_in: Callable[[User], Client]) -> Client:
    """The keeper's browser; the catalog is empty."""
    return signed_in(keeper)


@pytest.fixture
def upload(desk: Client) -> Upload:
    """Previews a file; `sheet` names one of a workbook."""

    def send(name: str, content: bytes, sheet: str = "", client: Client = desk) -> Any:
        told = {"file": SimpleUploadedFile(name, content), "sheet": sheet}
        return client.post(reverse("admin:catalog_catalogentry_import"), told)

    return send


@pytest.fixture
def confirm(desk: Client) -> Callable[..., Any]:
    """Presses the button of a preview."""

    def send(preview: Any, client: Client = desk) -> Any:
        carried = preview.context["carried"]
        return client.post(
            reverse("admin:catalog_catalogentry_import_confirm"), {"carried": carried}, follow=True
        )

    return send


@pytest.fixture
def stored() -> Callable[[], tuple[int, ...]]:
    """How many rows there are of everything an import could write."""

    def count() -> tuple[int, ...]:
        return (CatalogEntry.objects.count(), CatalogEntry.history.count(), AuditEntry.objects.count())

    return count
