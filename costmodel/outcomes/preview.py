"""The figures of a headline from one block, by the worlds it reads and no other: what an editor shows while typing.

Draw for draw the same values as the run's first block (`measures.measure`); a test compares them.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeAlias

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.capacity import RememberedDispatch
from costmodel.outcomes.lab_side import fails_under_contract
from costmodel.outcomes.measures import HEADLINE, contract_margins
from costmodel.outcomes.recovery import (
    ProviderMoney,
    accounting_position,
    cash_position,
    less,
    provider_money,
)
from costmodel.simulate.block import keep_accounts
from costmodel.simulate.operations import Dispatching, Operations
from costmodel.simulate.scale import Scales
from costmodel.simulate.state import World, WorldRun
from costmodel.simulate.worlds import Stage, with_equity, without_equity

Figures: TypeAlias = dict[str, FloatArray]
"""Name of a key figure -> its value in each draw of the block."""


_dispatch_with, _dispatch_without, _dispatch_pilot = (RememberedDispatch() for _ in range(3))


def recovery_without_ipo(stage: Stage) -> Figures:
    """Return whether the equity is back with the IPO gate closed, in cash and on the books (E32).

    Needs no fitted odds: nobody lists. The counterfactual is computed beside it, on a second thread.
    """
    inputs = stage.luck.inputs
    # The quarter loop is thousands of short steps: two at once wait for each other longer than they work.
    one_by_one = Lock()

    def money(equity: bool, scales: Scales) -> ProviderMoney:
        operations = stage.operate(scales, _dispatch_with if equity else _dispatch_without)
        world = World(equity=equity, ipo_gate_open=False)
        with one_by_one:
            run = stage.run(world, operations, np.zeros(stage.luck.quarters))
        return _money_of_provider(stage, run, operations, scales)

    with ThreadPoolExecutor(max_workers=1) as beside:
        other = beside.submit(money, False, without_equity(inputs))
        gain = less(money(True, with_equity(inputs)), other.result())
    return {
        HEADLINE: cash_position(inputs.deal, gain, with_exits=False).recovered,
        "recovered_do_no_ipo_accounting": accounting_position(gain).recovered,
    }


def margin_of_contracts(stage: Stage, fit: Callable[[Dispatching], FloatArray]) -> Figures:
    """Return what the contracts earn and whether the lab fails under them, where there is no equity to win back.

    `fit` gives the constants of the IPO odds; it runs on a second thread beside the block's operations.
    """
    inputs = stage.luck.inputs
    whole = with_equity(inputs)
    with ThreadPoolExecutor(max_workers=1) as beside:
        fitted = beside.submit(fit, _dispatch_pilot)
        operations = stage.operate(whole, _dispatch_with)
        intercepts = fitted.result()
    run = stage.run(World(equity=True, ipo_gate_open=True), operations, intercepts)
    money = _money_of_provider(stage, run, operations, whole)
    return {
        **contract_margins(inputs.deal, money),
        "lab_default_by_contract_end": fails_under_contract(inputs, run.defaulted),
    }


def _money_of_provider(stage: Stage, run: WorldRun, operations: Operations, scales: Scales) -> ProviderMoney:
    return provider_money(keep_accounts(stage.story(run, operations), scales))
