"""The catalog over the API."""

from collections.abc import Callable

import pytest
from django.test import Client

from planner.catalog.models import CatalogEntry, CatalogRelease
from planner.teams.models import User

SignIn = Callable[[User], Client]


@pytest.fixture
def api(seeded: CatalogRelease, owner: User, signed_in: SignIn) -> Client:
    return signed_in(owner)


@pytest.mark.parametrize("path", ["entries/", "releases/", "releases/1/"])
def test_a_stranger_is_turned_away(seeded: CatalogRelease, path: str) -> None:
    assert Client().get(f"/api/catalog/{path}").status_code in {401, 403}


def test_entries_are_listed_page_by_page_and_filtered(api: Client) -> None:
    everything = api.get("/api/catalog/entries/").json()
    assert everything["count"] == CatalogEntry.objects.count()
    assert len(everything["results"]) == 50
    found = api.get("/api/catalog/entries/?kind=offer&subject=GB200&price_kind=rental").json()["results"]
    assert [(row["key"], row["value"], row["unit"]) for row in found] == [
        ("offer.semianalysis.gb200.rental_3y", 3.3, "USD per chip-hour")
    ]
    assert found[0]["source_title"]
    assert "id" not in found[0]


def test_one_entry_is_read_by_its_public_id(api: Client) -> None:
    entry = CatalogEntry.objects.get(key="chip.h100.tdp_w")
    assert api.get(f"/api/catalog/entries/{entry.uuid}/").json()["value"] == 700
    assert api.get("/api/catalog/entries/00000000-0000-0000-0000-000000000000/").status_code == 404


def test_a_release_is_listed_short_and_read_whole(api: Client, seeded: CatalogRelease) -> None:
    (short,) = api.get("/api/catalog/releases/").json()["results"]
    assert (short["number"], short["digest"], short["published_by"]) == (1, seeded.digest, None)
    assert "entries" not in short
    whole = api.get("/api/catalog/releases/1/").json()
    assert {"key", "value", "unit", "source_title", "confidence"} <= set(whole["entries"][0])
    assert len(whole["entries"]) > 700
    assert api.get("/api/catalog/releases/99/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written(api: Client, method: str) -> None:
    entry = CatalogEntry.objects.get(key="chip.h100.tdp_w")
    for path in ("entries/", f"entries/{entry.uuid}/", "releases/", "releases/1/"):
        assert getattr(api, method)(f"/api/catalog/{path}").status_code in {403, 405}


def test_the_catalog_is_in_the_api_document(api: Client) -> None:
    document = api.get("/api/schema/", headers={"accept": "application/vnd.oai.openapi+json"}).json()
    paths = document["paths"]
    assert "/api/catalog/entries/" in paths
    assert "/api/catalog/releases/{number}/" in paths
