"""The questions this app has for `planner.runs`, which lies above it and so is named here, never imported."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from planner.scenarios.models import Scenario, ScenarioVersion
from planner.teams.access import Viewer
from planner.teams.models import User

REQUEST_RUN = "planner.runs.actions.request_run"
LATEST_RUN = "planner.runs.queries.latest_run"
RUN_REQUEST = "planner.runs.models.RunRequest"
LATEST_DONE_RUN = "planner.runs.queries.latest_done_run"
REPLAYED_LOAD = "planner.runs.engine.replayed.replayed_load"
NEWEST_HINGES = "planner.runs.queries.newest_hinges"


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


def run_under_way(viewer: Viewer, version: ScenarioVersion) -> tuple[int, str | None] | None:
    """Number and address of the version's newest run; None unless that is queued, running or cancelling."""
    latest_run = _named(LATEST_RUN)
    found = latest_run(viewer, version) if latest_run else None
    return (found.number, _address("runs:detail", found.uuid)) if found and found.is_active else None


def results_by_version(versions: Iterable[ScenarioVersion]) -> dict[int, str | None]:
    """The address of the newest result by the version's key, for versions the viewer may see. One query."""
    requests = _named(RUN_REQUEST)
    if requests is None:
        return {}
    done = requests.objects.filter(version__in=[version.pk for version in versions], run__state="done")
    pairs = done.order_by("run__finished_at", "run_id").values_list("version_id", "run__uuid")
    return {version: _address("runs:results", uuid) for version, uuid in pairs}


def preview_address(scenario: Scenario) -> str | None:
    """Where the living preview of the scenario's draft is computed; None when runs do not offer one."""
    return _address("runs:preview", scenario.uuid)


def hinges(viewer: Viewer, version: ScenarioVersion) -> list[tuple[str, float]]:
    """(path, gap) of every uncertain input of the scenario's newest finished run, the widest gap first. One query.

    The gap is by how much the headline differs between the lowest and the highest fifth of the input. Empty when
    nothing has finished yet.
    """
    newest_hinges = _named(NEWEST_HINGES)
    return newest_hinges(viewer, version) if newest_hinges else []


def tie_out_address(scenario: Scenario) -> str | None:
    """Where the draft's dollars and gigawatts are compared; None when runs are not installed."""
    return _address("runs:tie_out", scenario.uuid)


def replayed_load(loads: Sequence[float], step_hours: float) -> dict[str, Any] | None:
    """The curve of a recorded load and what its replay found, as a load shape; None when runs are not installed."""
    replay = _named(REPLAYED_LOAD)
    found: dict[str, Any] | None = replay(loads, step_hours) if replay else None
    return found


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
