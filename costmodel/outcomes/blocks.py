"""The summary of one block: all that a chunk hands over, and nothing per draw and quarter (runs.md 6)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import special

from costmodel.arrays import FloatArray, IntArray
from costmodel.ledger import Line
from costmodel.outcomes.measures import HEADLINE, Measures, measure
from costmodel.outcomes.summary import Counts, Grid, count, grid_of, merge
from costmodel.simulate.worlds import Simulated

LOW_FIFTH, HIGH_FIFTH = float(special.ndtri(0.2)), float(special.ndtri(0.8))
_NAMES = (
    "figure_names",
    "fan_names",
    "curve_names",
    "line_names",
    "hinge_names",
    "tally_names",
    "schedule_names",
)
_COUNT_FIELDS = ("bins", "zeros", "defined", "least", "most", "at_least", "at_most", "sums", "squares")


@dataclass(frozen=True, slots=True)
class BlockSummary:
    """One block, mergeable in block order.

    `key_figures` is (figure, draw); `ledger` (line, Q+1) sums in USD; `curves` (curve, Q+1) counts; `hinges`
    (input, 4) counts: draws and recovered draws in the lowest fifth of the input, then in the highest; `tallies` counts
    of draws by name; `schedules` (schedule, Q+1) sums in USD.
    """

    figure_names: tuple[str, ...]
    fan_names: tuple[str, ...]
    curve_names: tuple[str, ...]
    line_names: tuple[str, ...]
    hinge_names: tuple[str, ...]
    tally_names: tuple[str, ...]
    schedule_names: tuple[str, ...]
    key_figures_table: FloatArray
    figures: Counts
    fans: Counts
    curves: IntArray
    ledger: FloatArray
    hinges: IntArray
    tallies: IntArray
    schedules: FloatArray

    @property
    def draws(self) -> int:
        """Return how many draws the block holds after the cut."""
        return int(self.key_figures_table.shape[1])

    @property
    def key_figures(self) -> dict[str, FloatArray]:
        """Return the per-draw key figures by name."""
        return dict(zip(self.figure_names, self.key_figures_table, strict=True))

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return the summary as plain arrays, ready for an .npz file; names become arrays of text."""
        arrays: dict[str, np.ndarray] = {
            "key_figures_table": self.key_figures_table,
            "curves": self.curves,
            "ledger": self.ledger,
            "hinges": self.hinges,
            "tallies": self.tallies,
            "schedules": self.schedules,
        }
        for name in _NAMES:
            arrays[name] = np.asarray(getattr(self, name), dtype=np.str_)
        for prefix, counts in (("figures", self.figures), ("fans", self.fans)):
            arrays.update({f"{prefix}.{field}": getattr(counts, field) for field in _COUNT_FIELDS})
        return arrays

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray]) -> "BlockSummary":
        """Return the summary that `to_arrays` took apart."""

        def names(field: str) -> tuple[str, ...]:
            return tuple(str(text) for text in arrays[field])

        def counts(prefix: str) -> Counts:
            return Counts(**{field: arrays[f"{prefix}.{field}"] for field in _COUNT_FIELDS})

        return cls(
            **{field: names(field) for field in _NAMES},
            key_figures_table=arrays["key_figures_table"],
            figures=counts("figures"),
            fans=counts("fans"),
            curves=arrays["curves"],
            ledger=arrays["ledger"],
            hinges=arrays["hinges"],
            tallies=arrays["tallies"],
            schedules=arrays["schedules"],
        )


@dataclass(frozen=True, slots=True)
class Grids:
    """The histogram grids of the key figures and of the fans, taken from block 0."""

    figures: Grid
    fans: Grid


def grids_of(simulated: Simulated) -> Grids:
    """Return the grids of a run from its block 0."""
    measures = measure(simulated)
    return Grids(grid_of(_figure_rows(measures)), grid_of(np.concatenate(list(measures.fans.values()))))


def summarise(simulated: Simulated, grids: Grids, draws: int) -> BlockSummary:
    """Return the block's summary over its first `draws` draws."""
    measures = measure(simulated)
    figure_rows = _figure_rows(measures)[:, :draws]
    lines = simulated.base.accounts.ledger.lines
    hinge_names = tuple(sorted(simulated.luck.scores))
    return BlockSummary(
        figure_names=tuple(measures.key_figures),
        fan_names=tuple(measures.fans),
        curve_names=tuple(measures.curves),
        line_names=tuple(_name_of(line) for line in lines),
        hinge_names=hinge_names,
        tally_names=tuple(measures.tallies),
        schedule_names=tuple(measures.schedules),
        key_figures_table=np.ascontiguousarray(figure_rows),
        figures=count(figure_rows, grids.figures),
        fans=count((row[:draws] for fan in measures.fans.values() for row in fan), grids.fans),
        curves=np.stack([flags[:, :draws].sum(axis=1) for flags in measures.curves.values()]).astype(
            np.int64
        ),
        ledger=np.stack([line.sums(draws) for line in lines]),
        hinges=_hinges(simulated, measures, hinge_names, draws),
        tallies=np.array([flags[:draws].sum() for flags in measures.tallies.values()], dtype=np.int64),
        schedules=np.stack([rows[:, :draws].sum(axis=1) for rows in measures.schedules.values()]),
    )


def _name_of(line: Line) -> str:
    return "|".join((line.payer, line.payee, line.kind, line.item, str(int(line.needs_ipo)), line.purse))


def _figure_rows(measures: Measures) -> FloatArray:
    return np.stack(list(measures.key_figures.values()))


def _hinges(simulated: Simulated, measures: Measures, names: tuple[str, ...], draws: int) -> IntArray:
    """Count the headline in the lowest and the highest fifth of every uncertain input, known exactly from its score."""
    recovered = measures.key_figures[HEADLINE][:draws] > 0.0
    table = np.zeros((len(names), 4), dtype=np.int64)
    for row, name in enumerate(names):
        score = simulated.luck.scores[name][:draws]
        low, high = score < LOW_FIFTH, score > HIGH_FIFTH
        table[row] = low.sum(), (low & recovered).sum(), high.sum(), (high & recovered).sum()
    return table


def add_up(summaries: Iterable[BlockSummary]) -> BlockSummary:
    """Merge summaries in block order; one at a time is held."""
    fold = Fold(())
    for part in summaries:
        fold.add(part)
    return fold.whole


@dataclass(slots=True)
class Fold:
    """Summaries merged as they come, in block order; of each block the figures in `kept` stay, by draw, without counts.

    Memory then grows by these figures alone, however many blocks come.
    """

    kept: Collection[str]
    total: BlockSummary | None = None
    parts: list[BlockSummary] = field(default_factory=list)

    def add(self, part: BlockSummary) -> None:
        """Merge the next block."""
        if self.kept:
            self.parts.append(_with_figures(part, self.kept))
        self.total = part if self.total is None else _merged(self.total, part)

    @property
    def whole(self) -> BlockSummary:
        """Return the merged summary."""
        if self.total is None:
            raise ValueError("There is no block to add up. A run has at least one.")
        return self.total


def _with_figures(summary: BlockSummary, kept: Collection[str]) -> BlockSummary:
    """Return the summary with these key figures by draw and without counts."""
    rows = [row for row, name in enumerate(summary.figure_names) if name in kept]
    bins, none, money = np.zeros((0, 0), dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    nothing = Counts(bins, none, none, money, money, none, none, money, money)
    return replace(
        summary,
        figure_names=tuple(summary.figure_names[row] for row in rows),
        key_figures_table=summary.key_figures_table[rows],
        figures=nothing,
        fans=nothing,
    )


def _merged(total: BlockSummary, part: BlockSummary) -> BlockSummary:
    """Add the next block's summary."""
    return replace(
        total,
        key_figures_table=total.key_figures_table[:, :0],
        figures=merge(total.figures, part.figures),
        fans=merge(total.fans, part.fans),
        curves=total.curves + part.curves,
        ledger=total.ledger + part.ledger,
        hinges=total.hinges + part.hinges,
        tallies=total.tallies + part.tallies,
        schedules=total.schedules + part.schedules,
    )
