"""How wrong the calibration is on what it has not seen, and the bands that follow from it (E9).

Rows are always left out by group, never one by one: neighbouring concurrencies of one deployment tell each other's
answer. Groups: (chip, model, precision, software, lengths) for what is known; a whole chip, model or vendor for what
is not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from costmodel.arrays import BoolArray, FloatArray
from costmodel.calibration.calibration import joined
from costmodel.calibration.fitting import fit, predicted
from costmodel.calibration.questions import Question, part

FOLDS = 5
# A chip with fewer measured rows than this is taken for unmeasured: a handful of points is one tuning, not a chip.
FEWEST_ROWS = 12
# The band holds 80%.
COVERAGE = 0.8
# A chip's own spread counts against that of all chips like so many rows.
PRIOR_ROWS = 30.0
KNOWN, NEW_DEPLOYMENT, ANY_SOFTWARE, NEW_CHIP, NEW_VENDOR, NEW_MODEL = (
    "known",
    "new deployment",
    "any software",
    "new chip",
    "new vendor",
    "new model",
)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """(row,) log times predicted without the row's group, chip, vendor or model; NaN where that was not tried.

    `known` saw the same model, chip and software at other lengths; `new_deployment` saw no lengths of them.
    `any_software` are predicted without the row's group and without its software's name.
    """

    known: FloatArray
    new_deployment: FloatArray
    any_software: FloatArray
    new_chip: FloatArray
    new_vendor: FloatArray
    new_model: FloatArray


def hold_out(asked: Question, target: FloatArray, by_time: BoolArray) -> HeldOut:
    """Return the predictions of every row by fits that did not see it. Takes a fit for each fold."""
    names = asked.names
    deployments = joined([names[level] for level in ("chip", "model", "precision", "generation")])
    lengths = [f"{one.input_tokens} | {one.output_tokens}" for one in asked.deployments]
    groups = joined([deployments, lengths])
    known, any_software = _folded(asked, target, by_time, _fold_of(groups), ("engine", "generation"))
    fresh, _ = _folded(asked, target, by_time, _fold_of(deployments))
    chips, _ = _folded(asked, target, by_time, _big(names["chip"]))
    vendors, _ = _folded(asked, target, by_time, _big(names["vendor"], but="NVIDIA"))
    models, _ = _folded(asked, target, by_time, _big(names["model"]))
    return HeldOut(known, fresh, any_software, chips, vendors, models)


def _fold_of(groups: Sequence[str]) -> list[str]:
    """Return a fold for each row; a group is whole in one, and every run gives the same folds."""
    order = np.random.default_rng(2026).permutation(len(set(groups)))
    fold = {group: str(place % FOLDS) for group, place in zip(sorted(set(groups)), order, strict=True)}
    return [fold[group] for group in groups]


def _big(names: Sequence[str], but: str = "") -> list[str]:
    """Return the names with enough rows to be worth a fit; "" for the others and for the one that is most of all."""
    count = {name: names.count(name) for name in set(names)} if isinstance(names, list) else {}
    return [name if count[name] >= FEWEST_ROWS and name != but else "" for name in names]


def _folded(
    asked: Question,
    target: FloatArray,
    by_time: BoolArray,
    folds: Sequence[str],
    without: tuple[str, ...] = (),
) -> tuple[FloatArray, FloatArray]:
    """Return (row,) predictions by fits without the row's fold; also with the names of some levels kept back."""
    found, blind = np.full(len(folds), np.nan), np.full(len(folds), np.nan)
    for fold in sorted(set(folds) - {""}):
        out: BoolArray = np.array([one == fold for one in folds])
        if out.all():
            continue  # nothing else was measured
        seen = part(asked, ~out)
        whole = fit(seen, target[~out], by_time[~out])
        asked_now = part(asked, out)
        found[out] = predicted(whole, asked_now, by_time[out])
        if without:
            blinded = {level: names for level, names in asked_now.names.items() if level not in without}
            blind[out] = predicted(whole, replace(asked_now, names=blinded), by_time[out])
    return found, blind


def kind_of(by_time: bool, split: bool) -> str:
    """Return the kind of figure a band is for: those of split pools and of throughput are wider."""
    return ("time" if by_time else "throughput") + (" of split pools" if split else "")


def half_widths(
    held: HeldOut, target: FloatArray, by_time: BoolArray, asked: Question
) -> dict[str, dict[str, float]]:
    """Return logs of the 80% band's factor, by level of knowledge and then by kind, or by kind and chip.

    What is known is by chip and by model, shrunk towards all by `PRIOR_ROWS`; the other levels are by kind.
    """
    kinds = [kind_of(bool(time), one.split) for time, one in zip(by_time, asked.readings, strict=True)]
    levels: Mapping[str, FloatArray] = {
        KNOWN: held.known,
        NEW_DEPLOYMENT: held.new_deployment,
        ANY_SOFTWARE: held.any_software,
        NEW_CHIP: held.new_chip,
        NEW_VENDOR: held.new_vendor,
        NEW_MODEL: held.new_model,
    }
    found: dict[str, dict[str, float]] = {}
    for level, prediction in levels.items():
        error = np.abs(prediction - target)
        of_all = _width(error)
        by_kind = {kind: _shrunk(error[_is(kinds, kind)], of_all) for kind in sorted(set(kinds))}
        found[level] = by_kind
    error = np.abs(held.known - target)
    for names in (asked.names["chip"], asked.names["model"]):
        for kind, name in sorted(set(zip(kinds, names, strict=True))):
            mine = error[_is(kinds, kind) & _is(names, name)]
            found[KNOWN][f"{kind} | {name}"] = _shrunk(mine, found[KNOWN][kind])
    return found


def _is(names: Sequence[str], name: str) -> BoolArray:
    found: BoolArray = np.array([one == name for one in names])
    return found


def _width(error: FloatArray) -> float:
    """Return the log distance within which 80% lie."""
    tried = error[np.isfinite(error)]
    return float(np.quantile(tried, COVERAGE)) if tried.size else float("nan")


def _shrunk(error: FloatArray, of_all: float) -> float:
    tried = error[np.isfinite(error)]
    if not tried.size:
        return of_all
    weight = tried.size / (tried.size + PRIOR_ROWS)
    return weight * _width(tried) + (1.0 - weight) * of_all
