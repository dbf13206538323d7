"""What people and machines may send to the pages: the right code, one sentence, nothing saved, never a 500."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from planner.audit.models import AuditEntry
from planner.scenarios.actions import create_scenario, share_version
from planner.scenarios.models import Scenario, ScenarioVersion
from planner.teams.models import Grant, Level, Team, User
from tests.people import People
from tests.planner.scenarios.small_document import small_document

TEMPLATE = "contract-without-equity"
EVIL = ["<script>alert(1)</script>", "{{7*7}}", "{% csrf_token %}", "%s%n", "'\"--", "=cmd|' /C calc'!A1"]


@pytest.fixture
def scenario(team: Team, owner: User) -> Scenario:
    return create_scenario(team=team, author=owner, name="A question", document=small_document())


def new(client: Client, **values: Any) -> Any:
    return client.post(
        reverse("scenarios:new"), {"name": "A", "start": TEMPLATE, "submission_key": uuid4(), **values}
    )


def counts() -> tuple[int, int, int, int]:
    kept = (Scenario, ScenarioVersion, Grant, AuditEntry)
    return tuple(model.objects.count() for model in kept)  # type: ignore[attr-defined,return-value]


@pytest.mark.parametrize("name", ["", "   ", "\u00a0\u2003", "x" * 301, "x" * 10_000, "a\x00b", "a\u202eb"])
def test_a_bad_name_for_a_new_scenario_is_refused_at_the_field_and_kept(
    owner_client: Client, name: str
) -> None:
    before = counts()

    answer = new(owner_client, name=name)

    assert answer.status_code == 422
    assert answer.context["form"].errors["name"]
    assert f'value="{TEMPLATE}"' in answer.content.decode()
    assert counts() == before


@pytest.mark.parametrize("name", ["", "   ", "x" * 301, "x" * 10_000, "a\x00b", "a\u202eb"])
def test_a_bad_new_name_of_a_scenario_is_refused_at_the_field_and_kept(
    owner_client: Client, scenario: Scenario, name: str
) -> None:
    before = counts()

    answer = owner_client.post(reverse("scenarios:name", args=[scenario.uuid]), {"name": name})

    assert answer.status_code == 422
    assert "Name h" in answer.context["name_error"]
    assert answer.context["name_error"] in unescape(answer.content.decode())
    assert answer.context["typed_name"] == name[:1000]
    assert Scenario.objects.get().name == "A question"
    assert counts() == before


@pytest.mark.parametrize("name", EVIL)
def test_a_name_is_only_ever_text(
    owner_client: Client, team: Team, outsider_client: Client, name: str
) -> None:
    answer = new(owner_client, name=name)

    assert answer.status_code == 302
    made = Scenario.objects.get()
    assert made.name == name
    share_version(
        version=made.newest_version,  # type: ignore[arg-type]
        team=None,
        level=Level.FULL,
        actor=User.objects.get(username="owner"),
    )
    for client, address in (
        (owner_client, "/"),
        (owner_client, f"/scenarios/{made.uuid}/"),
        (outsider_client, "/"),
    ):
        text = client.get(address).content.decode()
        assert name in unescape(text)
        assert "<script>alert" not in text


@pytest.mark.parametrize(
    "start",
    ["", "no-such", "../../etc/passwd", "00000000-0000-4000-8000-000000000000", "x" * 10_000, "a\x00b"],
)
def test_a_start_that_is_not_offered_is_refused(owner_client: Client, start: str) -> None:
    before = counts()

    answer = new(owner_client, start=start)

    assert answer.status_code == 422
    assert answer.context["form"].errors["start"]
    assert counts() == before


@pytest.mark.parametrize("wanted", ["x", "a%00b", "00000000-0000-4000-8000-000000000000", "%F0%9F"])
def test_any_start_asked_for_in_the_address_shows_the_page(owner_client: Client, wanted: str) -> None:
    assert owner_client.get(f"{reverse('scenarios:new')}?from={wanted}").status_code == 200


@pytest.mark.parametrize("key", ["", "x", "a\x00b", "1" * 5000])
def test_a_strange_submission_key_is_as_none(owner_client: Client, key: str) -> None:
    assert new(owner_client, submission_key=key).status_code == 302


def test_two_clicks_make_one_scenario(owner_client: Client) -> None:
    key = uuid4()

    first, second = (new(owner_client, submission_key=key) for _click in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert Scenario.objects.count() == 1


@pytest.mark.parametrize("whom", ["   ", "x" * 10_000, "No such team", *EVIL, "a\x00b"])
def test_a_team_that_cannot_be_shared_with_is_refused_at_the_field(
    owner_client: Client, scenario: Scenario, whom: str
) -> None:
    before = counts()

    answer = owner_client.post(
        reverse("scenarios:shares", args=[scenario.newest_version.uuid]),  # type: ignore[union-attr]
        {"whom": whom, "level": "1"},
    )

    assert answer.status_code == 422
    assert answer.context["share_form"].errors["whom"]
    assert "<script>alert" not in answer.content.decode()
    assert counts() == before


@pytest.mark.parametrize("level", ["", "0", "3", "-1", "full", "9" * 500])
def test_a_level_there_is_not_is_refused(owner_client: Client, scenario: Scenario, level: str) -> None:
    before = counts()

    answer = owner_client.post(
        reverse("scenarios:shares", args=[scenario.newest_version.uuid]),  # type: ignore[union-attr]
        {"whom": "", "everyone": "on", "level": level},
    )

    assert answer.status_code == 422
    assert answer.context["share_form"].errors["level"]
    assert counts() == before


@pytest.mark.parametrize("question", ["base=x", "base=a%00b", "other=%F0%9F", "base=" + "1" * 5000])
def test_a_comparison_of_what_is_no_id_is_not_found(owner_client: Client, question: str) -> None:
    assert owner_client.get(f"/compare/?{question}").status_code == 404


@pytest.mark.parametrize("question", ["", "base=", "other=&other=", "unheard=of", "base=&other="])
def test_an_empty_comparison_is_the_choice(owner_client: Client, question: str) -> None:
    assert owner_client.get(f"/compare/?{question}").status_code == 200


@pytest.mark.parametrize("page", ["-1", "0", "x", "9" * 400, "1e3", "", "%00"])
@pytest.mark.parametrize("address", ["/scenarios/", "/runs/"])
def test_any_page_number_shows_a_page(
    owner_client: Client, scenario: Scenario, address: str, page: str
) -> None:
    assert owner_client.get(f"{address}?page={page}").status_code == 200


def test_archiving_twice_and_going_back_changes_nothing_more(
    owner_client: Client, scenario: Scenario
) -> None:
    archive = reverse("scenarios:archive", args=[scenario.uuid])
    for _click in range(2):
        assert owner_client.post(archive, {"archived": "1"}).status_code == 302

    assert AuditEntry.objects.filter(action="scenario archived").count() == 1
    overview = owner_client.get(reverse("scenarios:detail", args=[scenario.uuid]))
    assert "archived" in overview.content.decode()
    answer = owner_client.post(
        reverse("scenarios:draft_discard", args=[scenario.uuid]), {"lock": "2"}, follow=True
    )
    assert "This scenario is archived. Put it back first." in answer.content.decode()


POSTS: list[tuple[str, Callable[[Scenario], list[Any]]]] = [
    ("scenarios:new", lambda scenario: []),
    ("scenarios:name", lambda scenario: [scenario.uuid]),
    ("scenarios:archive", lambda scenario: [scenario.uuid]),
    ("pages:start-dismissal", lambda scenario: []),
    ("teams:tokens", lambda scenario: []),
]


@pytest.mark.parametrize("token", [None, "x" * 64, "0" * 32])
@pytest.mark.parametrize(("name", "arguments"), POSTS, ids=[name for name, _arguments in POSTS])
def test_a_form_without_its_token_is_refused_in_words(
    owner: User, scenario: Scenario, name: str, arguments: Callable[[Scenario], list[Any]], token: str | None
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    before = counts()

    answer = client.post(
        reverse(name, args=arguments(scenario)),
        {
            "name": "Z",
            "start": TEMPLATE,
            "archived": "1",
            **({"csrfmiddlewaretoken": token} if token else {}),
        },
    )

    assert answer.status_code == 403
    assert "Nothing was saved" in answer.content.decode()
    assert counts() == before


def test_a_thousand_fields_too_many_are_ignored_and_ten_thousand_refused(owner_client: Client) -> None:
    assert new(owner_client, **{f"field{number}": "x" for number in range(1001)}).status_code == 302
    before = counts()

    answer = new(owner_client, **{f"field{number}": "x" for number in range(10_001)})

    assert answer.status_code == 400
    assert "Nothing was saved" in answer.content.decode()
    assert counts() == before


def test_a_body_of_many_megabytes_is_refused(owner_client: Client) -> None:
    before = counts()

    answer = owner_client.post(
        reverse("scenarios:new"), "name=" + "x" * 3_000_000, content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code == 400
    assert counts() == before


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver:80@evil.example", "a b", ""]
)
def test_a_forged_host_gets_nothing(owner_client: Client, host: str) -> None:
    answer = owner_client.get("/", headers={"Host": host})

    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_no_page_leads_off_the_site(client: Client, people: People, address: str) -> None:
    from tests.people import PASSWORD

    signed_in = client.post(
        reverse("account_login"), {"login": "owner", "password": PASSWORD, "next": address}
    )
    signed_out = client.post(reverse("account_logout"), {"next": address})

    for answer in (signed_in, signed_out):
        assert answer.status_code == 302
        assert "evil" not in answer.headers["Location"]
        assert "alert" not in answer.headers["Location"]
