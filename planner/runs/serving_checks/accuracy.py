"""How wrong the serving model is on measurements it had not seen, as tables and sentences of a page (E9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from planner.core.formatting import percent
from planner.runs.cost_table.facts import seeded_documents
from planner.runs.engine import calibration
from planner.runs.presentation.costs import CALIBRATIONS

SOURCES: Mapping[str, str] = {
    "inferencex-aic": "InferenceX runs, as kept by AIConfigurator",
    "aic-silicon": "AIConfigurator team, own runs",
    "mlperf-v4.1": "MLPerf Inference 4.1, closed",
    "mlperf-v5.1": "MLPerf Inference 5.1, closed",
    "trtllm-0.9": "TensorRT-LLM 0.9 tables",
    "trtllm-0.14": "TensorRT-LLM 0.14 tables",
    "trtllm-0.17": "TensorRT-LLM 0.17 tables",
    "trtllm-1.0": "TensorRT-LLM 1.0 tables",
    "trtllm-1.2": "TensorRT-LLM 1.2 tables",
    "dstack-405b": "dstack, Llama 405B",
    "dstack-pd": "dstack, split pools",
    "intel-gaudi": "Intel Gaudi tables",
    "neuron-trn1": "AWS Neuron, Trainium1",
    "neuron-trn2": "AWS Neuron, Trainium2",
    "neuron-inf2": "AWS Neuron, Inferentia2",
    "tpu-recipes": "Google TPU recipes",
    "tt-r1-h100": "Tenstorrent, R1 on H100",
    "nim": "NVIDIA NIM",
}
"""Names of sources as people write them; they are names, in no language."""


@dataclass(frozen=True, slots=True)
class Errors:
    """One line of a table of errors: |predicted over measured - 1|. `inside` is "" where no band was asked."""

    name: str
    rows: str
    median: str
    p90: str
    bias: str
    inside: str


@dataclass(frozen=True, slots=True)
class ErrorTable:
    """`key` is its id on the page."""

    key: str
    title: str
    head: str
    lines: list[Errors]

    @property
    def has_band(self) -> bool:
        return any(line.inside for line in self.lines)


@dataclass(frozen=True, slots=True)
class Counted:
    """Why rows are not as their source says, how many, and the first of them."""

    reason: str
    rows: int
    examples: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """The 80% band of a chip that is not calibrated, now and after each measurement, as factors of its speed."""

    chip: str
    status: str
    rows: str
    now: str
    chip_measured: str
    software_named: str
    both: str
    narrowest: str


def sentence() -> str:
    """How wrong, in one sentence: on other lengths of what was partly seen, and beside it where no length was."""
    found = calibration.held_out()
    new = found.get("new_deployment", {})
    said = _(
        "On other lengths of deployments partly seen, the median error of time per output token is %(dense)s (dense"
        " models) or %(experts)s (experts), of throughput %(rate)s."
    )
    if new.get("rows"):
        said = _(
            "On other lengths of deployments partly seen, the median error of time per output token is %(dense)s"
            " (dense models) or %(experts)s (experts), of throughput %(rate)s; where no length of the deployment was"
            " seen, %(new)s."
        )
    return said % {
        "new": percent(new["median_error"], 0) if new.get("rows") else "",
        "dense": percent(found["time_dense"]["median_error"], 0),
        "experts": percent(found["time_experts"]["median_error"], 0),
        "rate": percent(found["throughput"]["median_error"], 0),
    }


def facts() -> dict[str, Any]:
    """Counts for the prose of the page: rows, folds, common numbers, the day and digest of what was fitted."""
    fitted = calibration.calibration().fitted
    held = calibration.held_out()
    told = calibration.hold_out_facts()
    return {
        **told,
        "rows": f"{held['all']['rows']:,}",
        "offered": f"{fitted['rows_offered']:,}",
        "on": fitted["on"],
        "digest": str(fitted["measurements_sha256"])[:12],
        "chips": len(calibration.calibration().measured),
        "in_sample": percent(held["in_sample"], 0),
        "median": percent(held["all"]["median_error"], 0),
        "set_aside": sum(one["rows"] for one in held["set_aside"]),
        "relabelled": sum(held["relabelled"].values()),
    }


def by_knowledge() -> ErrorTable:
    """The same rows predicted with less and less known about them."""
    found = calibration.held_out()
    vendors = ", ".join(sorted(row["name"] for row in found["without_vendor"].get("by", [])))
    said: Sequence[tuple[str, str]] = (
        ("time_dense", _("Time per output token, dense models")),
        ("time_experts", _("Time per output token, models with experts")),
        ("throughput", _("Measured throughput")),
        ("all", _("All of these")),
        ("without_software", _("… and the software’s name kept back")),
        ("new_deployment", _("… no row of the deployment seen (model, chip, software, precision)")),
        ("without_chip", _("… no row of the chip seen")),
        ("without_model", _("… no row of the model seen")),
        ("without_vendor", _("… no row of the vendor seen (%(vendors)s)") % {"vendors": vendors}),
    )
    lines = [_errors(found[key], words) for key, words in said if found.get(key, {}).get("rows")]
    return ErrorTable("knowledge", _("By what is known"), _("What is predicted"), lines)


def by_label() -> list[ErrorTable]:
    """Tables by source, chip and model of rows held out with their group."""
    found = calibration.held_out()
    return [
        _table(found["by_source"], "source", _("By source"), _("Source"), SOURCES),
        _table(found["by_chip"], "chip", _("By chip"), _("Chip")),
        _table(found["by_model"], "model", _("By model"), _("Model")),
    ]


def by_left_out() -> list[ErrorTable]:
    """Tables of each chip, vendor, model and software, predicted by fits that saw no row of it."""
    found = calibration.held_out()
    said = (
        ("chip", _("One chip left out at a time"), _("Chip left out")),
        ("vendor", _("One vendor left out at a time"), _("Vendor left out")),
        ("model", _("One model left out at a time"), _("Model left out")),
        ("software", _("Without the software’s name"), _("Software that was not named")),
    )
    tables = [
        _table(found[f"without_{key}"]["by"], f"without-{key}", title, head) for key, title, head in said
    ]
    if rows := found.get("new_deployment", {}).get("by"):
        tables.append(
            _table(rows, "new-deployment", _("Deployments left out with all their lengths"), _("Chip"))
        )
    return tables


def left_out() -> str:
    """Whose rows weigh most, and what a chip left out is missed by when every chip weighs the same."""
    counts = calibration.calibration().vendors
    first = max(counts, key=lambda vendor: counts[vendor])
    said = _("%(share)s of the rows are of chips of %(vendor)s: errors over all rows are mostly theirs.") % {
        "share": percent(counts[first] / sum(counts.values()), 0),
        "vendor": first,
    }
    chip = calibration.held_out()["without_chip"]
    if (over_chips := chip.get("median_of_names")) is None:
        return said
    medians = _("A chip left out is missed by %(rows)s in the median over rows, by %(chips)s over chips.") % {
        "rows": percent(chip["median_error"]),
        "chips": percent(over_chips),
    }
    return f"{said} {medians}"


def _table(
    rows: Sequence[Mapping[str, Any]], key: str, title: str, head: str, names: Mapping[str, str] | None = None
) -> ErrorTable:
    lines = [_errors(row, (names or {}).get(row["name"], row["name"])) for row in rows]
    return ErrorTable(key, title, head, lines)


def _errors(found: Mapping[str, Any], name: str) -> Errors:
    return Errors(
        name=name,
        rows=f"{found['rows']:,}",
        median=percent(found["median_error"]),
        p90=percent(found["p90_error"]),
        bias=_signed(found["bias"]),
        inside=percent(found["coverage"], 0) if "coverage" in found else "",
    )


def _signed(bias: float) -> str:
    """A median of predicted over measured, in words of time: "2.1% too slow"."""
    if abs(bias) < 0.0005:
        return _("none")
    said = _("%(share)s too slow") if bias > 0 else _("%(share)s too fast")
    return said % {"share": percent(abs(bias))}


def pairs() -> str:
    """How often the better of two chips was named, as a sentence; "" when no pair was tried."""
    found = calibration.held_out()["pairs"]
    if not found["pairs"]:
        return ""
    figures = {"pairs": f"{found['pairs']:,}", "share": percent(found["share"])}
    if (across := found.get("across_vendors")) is None:
        return (
            _(
                "Of %(pairs)s pairs of chips on the same request that differ by more than 15%%, the faster one was"
                " named in %(share)s."
            )
            % figures
        )
    said = _(
        "Of %(pairs)s pairs of chips on the same request (model, precision, lengths, kind of load, requests at a time,"
        " number of chips) that differ by more than 15%%, the faster one was named in %(share)s."
    )
    return f"{said % figures} {_across(across, found)}"


def _across(pairs: int, found: Mapping[str, Any]) -> str:
    """How many pairs are of two vendors, and how often the faster one of those was named."""
    if not pairs:
        return _("None of them has chips of two vendors.")
    return _("%(pairs)s of them have chips of two vendors; of these it was named in %(share)s.") % {
        "pairs": f"{pairs:,}",
        "share": percent(found["across_vendors_right"] / pairs),
    }


def set_aside() -> list[Counted]:
    """Rows that were not fitted, most first."""
    return [
        Counted(_(one["reason"]), one["rows"], ", ".join(one["examples"]))
        for one in calibration.held_out()["set_aside"]
    ]


def relabelled() -> list[Counted]:
    """Rows whose label of the layout contradicts itself and is read anew, most first."""
    found = calibration.held_out()["relabelled"]
    return [Counted(_(reason), rows) for reason, rows in sorted(found.items(), key=lambda one: -one[1])]


_NARROWEST: Mapping[str, str | Promise] = {
    "chip": lazy("a run of the chip"),
    "software": lazy("the software’s name"),
    "": lazy("neither"),
}


def bands() -> list[Band]:
    """Every chip that is not calibrated with its band now and after a measurement, widest first."""
    return [
        Band(
            chip=one["chip"],
            status=one["status"],
            rows=f"{one['rows']:,}" if one["rows"] else _("none"),
            now=_factors(one["now"]),
            chip_measured=_factors(one["chip_measured"]),
            software_named=_factors(one["software_named"]),
            both=_factors(one["both"]),
            narrowest=str(_NARROWEST[one["narrowest"]]),
        )
        for one in _narrowings()
    ]


@lru_cache(maxsize=1)
def _narrowings() -> list[dict[str, Any]]:
    """The chips this product comes with: neither they nor the constants change while a process runs."""
    chips, _models = seeded_documents()
    return calibration.narrowings(chips)


def _factors(half_width: float) -> str:
    """A band as factors of the predicted speed: "0.66 to 1.52"."""
    return _("%(low)s to %(high)s") % {"low": f"{exp(-half_width):.2f}", "high": f"{exp(half_width):.2f}"}


def statuses() -> list[tuple[str, str]]:
    """What each mark says, as (mark, meaning)."""
    fewest = calibration.hold_out_facts()["fewest_rows"]
    return [
        (
            _(CALIBRATIONS["calibrated"]),
            _(
                "At least %(count)d rows of this chip were fitted; the band is that of its own errors, as far as"
                " they go."
            )
            % {"count": fewest},
        ),
        (
            _(CALIBRATIONS["transferred"]),
            _(
                "Hardly a row of this chip, but others of its vendor were fitted: efficiencies of its family and"
                " vendor, and the band of chips left out of the fit."
            ),
        ),
        (
            _(CALIBRATIONS["specification_only"]),
            _(
                "Hardly a row of its vendor’s chips was fitted: the data sheet, the numbers common to all chips, and"
                " the band of vendors left out of the fit."
            ),
        ),
        (
            _(CALIBRATIONS["unsupported"]),
            _(
                "No figure, and a sentence why: the chip or model is not in the catalog, the chip has no rate for"
                " the precision, or the model fits on no layout allowed."
            ),
        ),
    ]
