"""A number that is none is refused by ledger line, quarter and draw of the run (engine.md 8)."""

import numpy as np
import pytest

from costmodel import evaluate as engine
from costmodel.ledger import Ledger, NotANumberError
from costmodel.simulate import block
from tests.costmodel.scenarios import SEED, small_scenario


def test_the_quarter_and_the_draw_are_named() -> None:
    flows = np.zeros((4, 5))
    flows[2, 3] = np.nan
    with pytest.raises(
        NotANumberError,
        match=r"line chips a from provider to lab is .* in quarter 1 of draw 3",
    ):
        Ledger().add("provider", "lab", "chips", flows, item="a")
    flows[0, 4] = np.inf
    with pytest.raises(
        NotANumberError, match=r"revenue from lab to provider is .* on the opening date of draw 4"
    ):
        Ledger().add("lab", "provider", "revenue", flows)


def test_a_later_block_counts_its_draws_from_the_runs_first(
    small_blocks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = small_scenario()
    preparation = engine.prepare(scenario, SEED)
    kept = block._exit_lines

    def broken(run: object, ledger: object) -> None:
        if run.share_sales.flags.writeable:  # type: ignore[attr-defined]  # a world without equity holds nothing
            run.share_sales[2, 7] = np.nan  # type: ignore[attr-defined]
        kept(run, ledger)  # type: ignore[arg-type]

    monkeypatch.setattr(block, "_exit_lines", broken)
    engine._simulated.cache_clear()
    with pytest.raises(
        NotANumberError, match=rf"share_sale .* in quarter 2 of draw {3 * small_blocks + 7}\."
    ):
        engine.evaluate_block(scenario, preparation, SEED, 3, 10 * small_blocks)
