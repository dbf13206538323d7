"""A part of a version kept in the library, and who sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from planner.core.errors import Conflict
from planner.deals.actions import save_deal_version
from planner.deals.models import Deal, DealVersion
from planner.scenarios import queries

if TYPE_CHECKING:
    from django.test import Client

    from planner.scenarios.models import ScenarioVersion
    from tests.people import People


@pytest.mark.parametrize("shelf", ["fleets", "deals", "loads"])
def test_a_part_of_a_version_is_kept_and_shown(
    owner_client: Client, outsider_client: Client, version: ScenarioVersion, shelf: str
) -> None:
    fields = {"shelf": shelf, "name": "Kept <b>"}
    answer = owner_client.post(reverse("library-keep", args=[version.uuid]), fields)
    assert answer.status_code == 302
    html = owner_client.get(answer["Location"]).content.decode()
    assert "Kept &lt;b&gt;" in html
    assert "From Amazon and OpenAI, version 1" in html
    assert outsider_client.get(answer["Location"]).status_code == 404
    assert "Kept" not in outsider_client.get(reverse("library")).content.decode()
    assert "Kept" in owner_client.get(reverse("library")).content.decode()
    assert "Kept" in owner_client.get(reverse("library-shelf", args=[shelf]), {"q": "kept"}).content.decode()


def test_library_versions_are_added_and_never_changed(
    owner_client: Client, version: ScenarioVersion, people: People
) -> None:
    owner_client.post(reverse("library-keep", args=[version.uuid]), {"shelf": "deals", "name": "Deal"})
    deal = Deal.objects.get()
    assert (deal.provider, deal.commitment_usd, deal.newest_number) == ("Amazon", 100e9, 1)
    document = queries.document_of(version).deal
    with pytest.raises(Conflict, match="Nothing has changed since version 1"):
        save_deal_version(deal=deal, author=people.owner, document=document)
    other = document.model_copy(update={"lab": "Another lab"})
    assert save_deal_version(deal=deal, author=people.owner, document=other).number == 2
    deal.refresh_from_db()
    assert deal.lab == "Another lab"
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {DealVersion._meta.db_table}")


def test_a_shelf_that_does_not_exist_is_a_404(owner_client: Client, version: ScenarioVersion) -> None:
    assert owner_client.get("/library/nothing/").status_code == 404
    answer = owner_client.post(reverse("library-keep", args=[version.uuid]), {"shelf": "x", "name": "y"})
    assert answer.status_code == 404


def test_the_admin_shows_a_version_as_a_table_that_cannot_be_changed(
    client: Client, version: ScenarioVersion
) -> None:
    from tests.people import make_user

    client.force_login(
        make_user("root", is_staff=True, is_superuser=True),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    address = reverse("admin:scenarios_scenarioversion_change", args=[version.pk])
    html = client.get(address).content.decode()
    assert "deal.terms[trainium].discount_share" in html
    assert "Company announcement" in html
    assert client.post(address, {"message": "x"}).status_code == 403
    assert (
        client.post(reverse("admin:scenarios_scenarioversion_delete", args=[version.pk])).status_code == 403
    )
