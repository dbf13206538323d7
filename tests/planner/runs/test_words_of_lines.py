"""Every kind of line that compute, claim and finance terms add to a ledger has words on the result page."""

import numpy as np
import pytest

from costmodel.simulate.worlds import simulate_block
from planner.runs.presentation.ledger import KINDS
from tests.costmodel.conftest import forget, resize
from tests.costmodel.scenarios import SEED
from tests.costmodel.test_all_terms import everything


def test_every_kind_of_line_has_words(monkeypatch: pytest.MonkeyPatch) -> None:
    resize(monkeypatch, 256)
    told = simulate_block(everything(), np.full(16, -1.0), SEED, 0).base
    forget()
    kinds = {line.kind for line in told.accounts.ledger.lines}
    assert kinds >= {"prepayment", "lease_payment", "revenue_share", "lease_guarantee"}
    assert sorted(kinds - KINDS.keys()) == []
