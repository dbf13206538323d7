"""Which twelve inputs the editor opens on."""

import re
from collections.abc import Sequence

from planner.scenarios.paths import InputLeaf

MOST = 12
MOST_MEASURED = 8
"""As many come from the newest run. The rest are terms with one fixed value, which no run can measure by itself."""

LEAST_GAP = 0.01
"""A gap below one point of the headline says nothing about an input."""

KEY_TERMS = (
    (r"^deal\.terms\[[^\]]+\]\.discount_share$", 1),
    (r"^deal\.terms\[[^\]]+\]\.commitment_usd$", 1),
    (r"^deal\.terms\[[^\]]+\]\.amount_usd$", 2),
    (r"^deal\.terms\[[^\]]+\]\.kept_without_equity_share$", 1),
    (r"^fleet\.lots\[[^\]]+\]\.built_share$", 1),
    (r"^demand\.tokens_per_day_trillion$", 1),
    (r"^demand\.growth_now_annual$", 1),
    (r"^placement\.provider_share_end$", 1),
    (r"^workload\.utilisation$", 1),
    (r"^valuation\.mature_multiple$", 1),
    (r"^exit\.quoted_odds\[[^\]]+\]\.probability$", 1),
)
"""The inputs that usually move the headline most, and how many of each are shown."""

_EARLIER = ".signed_earlier"

Hinges = Sequence[tuple[str, float]]
"""(path, gap in the headline) of the newest run, the widest gap first."""


def key_terms(leaves: Sequence[InputLeaf], hinges: Hinges = ()) -> list[str]:
    """The paths of twelve inputs, or all when there are fewer: the terms of the deal, then what a run measured.

    Of contracts signed earlier only if there is no other.
    """
    known = {leaf.path for leaf in leaves}
    measured = [path for path, gap in hinges if path in known and abs(gap) >= LEAST_GAP]
    usual = _usual(leaves)
    ranges = [leaf.path for leaf in leaves if leaf.kind == "quantity"]
    rest = [leaf.path for leaf in leaves]
    chosen = dict.fromkeys([*measured[:MOST_MEASURED], *usual, *measured, *ranges, *rest])
    return list(chosen)[:MOST]


def _usual(leaves: Sequence[InputLeaf]) -> list[str]:
    held = {leaf.path: leaf.value for leaf in leaves}
    earlier = {
        path.rpartition(".")[0] for path, value in held.items() if value is True and path.endswith(_EARLIER)
    }

    def is_of_earlier_contract(path: str) -> bool:
        item = path.rpartition(".")[0]
        return item in earlier or f"deal.terms[{held.get(f'{item}.contract')}]" in earlier

    found: list[str] = []
    for pattern, most in KEY_TERMS:
        matching = [leaf.path for leaf in leaves if re.match(pattern, leaf.path)]
        found += sorted(matching, key=is_of_earlier_contract)[:most]
    return found
