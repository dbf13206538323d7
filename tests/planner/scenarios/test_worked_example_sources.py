"""Every input of a worked example says where it comes from and how sure we are."""

import json
import re
from pathlib import Path

import pytest

from planner.scenarios.paths import get, walk

TEMPLATES = sorted(
    (Path(__file__).parents[3] / "planner" / "scenarios" / "template_documents").glob("*.json"),
    key=lambda file: file.stem,
)
# Names, and what says itself where a curve comes from.
NAMES = {"deal.provider", "deal.lab", "load.source"}


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_every_input_has_a_source_and_a_confidence(file: Path) -> None:
    raw = json.loads(file.read_text())
    evidence = raw["evidence"]

    stated = [leaf.path for leaf in walk(raw) if get(raw, leaf.path.rpartition(".")[0]) is not None]
    bare = [path for path in stated if not _is_a_name(path) and not _backed(path, evidence)]

    assert bare == []


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_no_source_is_given_for_what_is_not_there(file: Path) -> None:
    raw = json.loads(file.read_text())
    paths = {leaf.path for leaf in walk(raw)}
    lists = {re.sub(r"\[[^\]]*\][^\[\]]*$", "", path) for path in paths}

    assert [path for path in raw["evidence"] if path not in paths | lists] == []


def _is_a_name(path: str) -> bool:
    return path in NAMES or path.endswith(".label")


def _backed(path: str, evidence: dict[str, dict[str, str]]) -> bool:
    """Whether the input, or the schedule it is a step of, names a source and a confidence."""
    schedule = re.sub(r"\[[^\]]*\][^\[\]]*$", "", path)
    found = evidence.get(path) or evidence.get(schedule) or {}
    return bool(found.get("source")) and bool(found.get("confidence"))
