"""The two questions this app has for `planner.runs`, which lies above it and so is named here, never imported."""

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from planner.scenarios.models import ScenarioVersion
from planner.teams.access import Viewer
from planner.teams.models import User

REQUEST_RUN = "planner.runs.actions.request_run"
LATEST_DONE_RUN = "planner.runs.queries.latest_done_run"


def start_run(*, version: ScenarioVersion, requester: User) -> str | None:
    """Asks for a run of the version. Returns the address of its page, None when runs are not installed."""
    request_run = _named(REQUEST_RUN)
    if request_run is None:
        return None
    return _address("runs:detail", request_run(version=version, requester=requester).uuid)


def newest_result(viewer: Viewer, version: ScenarioVersion) -> str | None:
    """The address of the newest result of the version; None when there is none."""
    latest_done_run = _named(LATEST_DONE_RUN)
    found = latest_done_run(viewer, version) if latest_done_run else None
    return _address("runs:results", found.uuid) if found else None


def _named(name: str) -> Any:
    try:
        return import_string(name)
    except ImportError:
        return None


def _address(name: str, uuid: Any) -> str | None:
    try:
        return reverse(name, args=[uuid])
    except NoReverseMatch:
        return None
