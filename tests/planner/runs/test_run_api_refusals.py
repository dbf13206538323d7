"""Bodies the runs API does not take, each answered with errors as JSON."""

import pytest
from django.test import Client

from planner.runs.models import Run
from tests.planner.runs.stand_in_engine import BLOCK

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("body", "path", "sentence"),
    [
        ("[" * 100_000, "", "nested"),
        ('{"draws": 8192, "draws": 16384}', "draws", "given twice"),
        ("{", "", "not valid JSON"),
        ("[]", "", "must be an object"),
        ('{"draw": 8192}', "draw", "is not a field here"),
        ('{"draws": "x"}', "draws", "A valid integer is required."),
        (" " * 10_000_000, "", "At most 1,000,000"),
    ],
)
def test_a_wrong_body_is_a_400_with_a_sentence(
    owner_client: Client, version, stand_in, body: str, path: str, sentence: str
) -> None:
    address = f"/api/versions/{version.uuid}/runs/"
    answer = owner_client.post(address, body, content_type="application/json")
    assert answer.status_code == 400
    assert [error["path"] for error in answer.json()["errors"]] == [path]
    assert sentence in answer.json()["errors"][0]["message"]
    assert not Run.objects.exists()


def test_a_large_body_is_answered_in_json_when_the_browser_check_is_on(version, people) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.owner, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(
        f"/api/versions/{version.uuid}/runs/", " " * 10_000_000, content_type="application/json"
    )
    assert answer.status_code in (400, 403)
    assert answer["Content-Type"] == "application/json"


def test_an_empty_body_asks_for_the_defaults(owner_client: Client, version, stand_in, settings) -> None:
    settings.RUN_DEFAULT_DRAWS = BLOCK
    address = f"/api/versions/{version.uuid}/runs/"
    assert owner_client.post(address, "", content_type="application/json").status_code == 201
    assert owner_client.post(address, "{}", content_type="application/json").status_code == 200
