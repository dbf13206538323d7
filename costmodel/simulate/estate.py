"""What a failed lab leaves: debt ranks first, then claims in proportion (E21, E29)."""

from dataclasses import replace
from typing import Any

import numpy as np

from costmodel.arrays import FloatArray, Number, clipped
from costmodel.simulate.operations import Operations
from costmodel.simulate.paths import Paths
from costmodel.simulate.state import WorldRun


def recovery_after_debt(
    value: FloatArray, cash: FloatArray, value_share: Number, debt_usd: float, unsecured_usd: Number
) -> FloatArray:
    """Return (draw,) the share of a claim that is paid: (value share x value + cash - debt) / unsecured claims, 0 to 1.

    `value` is enterprise value in the quarter of the default. Equity gets nothing while a claim is short.
    """
    left = value_share * value + np.maximum(cash, 0.0) - debt_usd
    return clipped(left / np.maximum(unsecured_usd, 1.0), 0.0, 1.0)


def with_recovery(inputs: Any, run: WorldRun, paths: Paths, operations: Operations) -> Any:
    """Return the inputs with the recovery of claims as the lab's estate pays it; the same ones without an estate.

    The stated recovery share is then not read. Draws in which nobody fails hold that of the first quarter, which no
    claim reads.
    """
    estate = inputs.lab.estate
    if estate is None:
        return inputs
    quarter = run.defaulted.argmax(axis=0)
    draw = np.arange(quarter.shape[0])
    value = 4.0 * operations.revenue[quarter, draw] * np.exp(paths.log_multiple[quarter, draw])
    share = recovery_after_debt(
        value,
        run.cash[quarter, draw],
        estate.value_share,
        inputs.valuation.debt_usd,
        estate.unsecured_claims_usd,
    )
    on_default = replace(inputs.deal.on_default, recovery_share=share)
    return replace(inputs, deal=replace(inputs.deal, on_default=on_default))
