"""Library items: found, sorted, renamed, archived, compared and restored."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from planner.audit.models import AuditEntry
from planner.deals.actions import create_deal, save_deal_version
from planner.deals.models import Deal
from planner.scenarios import queries

if TYPE_CHECKING:
    from django.test import Client

    from planner.scenarios.models import ScenarioVersion
    from tests.people import People


def page(response: Any) -> str:
    return unescape(response.content.decode())


@pytest.fixture
def deal(version: ScenarioVersion, people: People) -> Deal:
    document = queries.document_of(version).deal
    first = create_deal(team=people.team, author=people.owner, name="First deal", document=document)
    save_deal_version(
        deal=first.deal,
        author=people.member,
        document=document.model_copy(update={"lab_rate": 0.2}),
        message="Dearer",
    )
    return Deal.objects.get()


def at(name: str, deal: Deal) -> str:
    return reverse(f"library-{name}", args=["deals", deal.uuid])


def test_an_item_lists_its_versions_with_authors_and_messages(owner_client: Client, deal: Deal) -> None:
    html = page(owner_client.get(at("item", deal)))
    assert "Dearer" in html
    assert "member" in html
    old = page(owner_client.get(at("item", deal), {"version": 1}))
    assert "See version 2, the newest" in old
    assert owner_client.get(at("item", deal), {"version": 7}).status_code == 404


def test_any_two_versions_are_compared_in_words(owner_client: Client, deal: Deal) -> None:
    html = page(owner_client.get(at("diff", deal), {"before": 1, "after": 2}))
    assert "Lab's rate" in html
    assert "20% a year" in html
    assert owner_client.get(at("diff", deal), {"before": "x"}).status_code == 404


def test_restoring_adds_a_version(owner_client: Client, deal: Deal) -> None:
    owner_client.post(at("restoration", deal), {"number": 1})
    first, third = deal.versions.get(number=1), deal.versions.get(number=3)
    assert third.digest == first.digest
    assert third.message == "Restored version 1"
    assert owner_client.post(at("restoration", deal), {"number": 3}).status_code == 302  # it is the newest
    assert deal.versions.count() == 3


def test_an_item_is_renamed_and_archived_and_put_back_and_the_log_says_so(
    owner_client: Client, deal: Deal
) -> None:
    owner_client.post(at("name", deal), {"name": "Another name"})
    owner_client.post(at("archive", deal), {"archived": "1"})
    shelf = reverse("library-shelf", args=["deals"])
    assert "Another name" not in page(owner_client.get(shelf))
    assert "Another name" in page(owner_client.get(shelf, {"archived": "1"}))
    assert owner_client.get(at("edit", deal)).status_code == 302
    owner_client.post(at("archive", deal), {})
    assert "Another name" in page(owner_client.get(shelf))
    said = set(AuditEntry.objects.filter(object_uuid=deal.uuid).values_list("action", flat=True))
    assert said == {"deal renamed", "deal archived", "deal put back"}


def test_an_empty_or_endless_name_is_refused(owner_client: Client, deal: Deal) -> None:
    for name in ("", " ", "x" * 301):
        answer = owner_client.post(at("name", deal), {"name": name}, follow=True)
        assert "It must have 1 to 300." in page(answer)
    assert Deal.objects.get().name == "First deal"


def test_a_shelf_is_searched_narrowed_sorted_and_paged(
    owner_client: Client, deal: Deal, version: ScenarioVersion, people: People
) -> None:
    document = queries.document_of(version).deal
    for number in range(30):
        other = document.model_copy(update={"provider": f"Cloud {number % 2}"})
        create_deal(team=people.team, author=people.owner, name=f"Deal {number:02}", document=other)
    shelf = reverse("library-shelf", args=["deals"])
    first = page(owner_client.get(shelf))
    assert "Deal 00" in first
    assert "Page 1 of 2" in first
    assert "Deal 29" in page(owner_client.get(shelf, {"sort": "-name"}))
    assert "Deal 17" in page(owner_client.get(shelf, {"q": "17"}))
    assert "Deal 01" in page(owner_client.get(shelf, {"provider": "Cloud 1\0"}))  # PostgreSQL knows no NUL
    narrowed = page(owner_client.get(shelf, {"provider": "Cloud 1"}))
    assert "Deal 01" in narrowed
    assert "Deal 02" not in narrowed
    assert owner_client.get(shelf, {"sort": "team__name", "page": "x"}).status_code == 200
    assert "Nothing matches." in page(owner_client.get(shelf, {"q": "nothing of this name"}))


def test_the_number_of_queries_does_not_grow_with_the_rows(
    owner_client: Client,
    deal: Deal,
    version: ScenarioVersion,
    people: People,
    django_assert_max_num_queries: Any,
) -> None:
    document = queries.document_of(version).deal
    for number in range(5):
        create_deal(team=people.team, author=people.owner, name=f"Deal {number}", document=document)
    for address in (reverse("library-shelf", args=["deals"]), at("item", deal), at("diff", deal)):
        with django_assert_max_num_queries(10):
            owner_client.get(address)


def test_another_team_sees_and_changes_nothing(outsider_client: Client, deal: Deal) -> None:
    for name in ("item", "diff", "edit", "use"):
        assert outsider_client.get(at(name, deal)).status_code == 404
    for name in ("name", "archive", "restoration", "edit", "use"):
        assert outsider_client.post(at(name, deal), {"name": "x", "number": "1"}).status_code == 404
    assert "First deal" not in page(outsider_client.get(reverse("library-shelf", args=["deals"])))


def test_a_viewer_reads_and_changes_nothing(deal: Deal, people: People, sign_in: Any) -> None:
    viewer = sign_in(people.viewer)
    html = page(viewer.get(at("item", deal)))
    assert "Edit the deal" not in html
    for name in ("name", "archive", "restoration"):
        assert viewer.post(at(name, deal), {"name": "x", "number": "1"}).status_code == 404


def test_an_empty_shelf_says_what_to_do_next(owner_client: Client) -> None:
    html = page(owner_client.get(reverse("library-shelf", args=["fleets"])))
    assert "Make a fleet" in html
    assert reverse("library-new", args=["fleets"]) in html


def test_a_term_that_came_whole_is_one_line_with_its_tiers_and_sources() -> None:
    from planner.scenarios.changes import diff

    tiers = {"kind": "volume_tiers", "key": "v", "label": "Volume", "tiers": [{"from_usd": 1e9}]}
    before = {"deal": {"terms": []}, "evidence": {}}
    after = {"deal": {"terms": [tiers]}, "evidence": {"deal.terms[v].tiers[0].from_usd": {"source": "x"}}}
    assert [change.path for change in diff(before, after)] == ["deal.terms[v]"]
    assert [change.kind for change in diff(after, before)] == ["removed"]
