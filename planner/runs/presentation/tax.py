"""The worth of a side after tax, where a rate was stated."""

from django.utils.translation import gettext as _

from planner.runs.presentation.outcomes import Result, part
from planner.runs.presentation.sides import PROVIDER, Side


def after_tax(result: Result, side: Side) -> list[tuple[str, str, str]]:
    """Title, outcome and meaning of a side's worth after tax; empty when its rate is 0."""
    before, after = (part(result, f"{side}_npv_{name}usd") for name in ("", "after_tax_"))
    if after is None or before == after:
        return []
    says = (
        _("Margin and gains on shares taxed; losses of the contract set off at once, losses on shares never.")
        if side == PROVIDER
        else _("What the deal changes in its operating cash is taxed; money for shares is not.")
    )
    return [(_("Worth after tax, over no equity"), f"{side}_npv_after_tax_usd", says)]
