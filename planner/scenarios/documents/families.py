"""Model families and their shares of the market's tokens (E11)."""

from typing import Any, ClassVar

from django.utils.translation import gettext_noop as _

from planner.core.documents import Document, Key, listed, number, words
from planner.core.quantities import QuantityDocument, RangeQuantity


class FamilyDocument(Document):
    """One family's walk: drift, spread, reversion, releases, and how a newcomer enters."""

    title: ClassVar[str] = _("Model family")
    key: Key = words(_("Key"), _("A stable short name; it never changes its meaning."), longest=60)
    label: str = words(_("Name"), _("What people call this family."), default="")
    start_share: float = number(
        _("Share now"), "share", 0.0, 1.0, _("Of the market's tokens; 0 for a newcomer. All add up to 100%.")
    )
    drift_quarterly: QuantityDocument = number(
        _("Drift"), "log points a quarter", -2.0, 2.0, _("Of its weight against the others."), default=0.0
    )
    volatility_quarterly: QuantityDocument = number(
        _("Spread of steps"), "log points a quarter", 0.0, 3.0, _("Standard deviation of its weight's steps.")
    )
    reversion_share: float = number(
        _("Reversion"),
        "share a quarter",
        0.0,
        1.0,
        _("How much of what luck moved fades each quarter."),
        default=0.0,
    )
    jumps_per_quarter: float = number(
        _("Releases"), "a quarter", 0.0, 5.0, _("Flagship releases that move it, on average."), default=0.0
    )
    jump_log_mean: float = number(
        _("Mean jump"), "log points", -2.0, 2.0, _("Of its weight, at a release."), default=0.0
    )
    jump_log_sd: float = number(_("Spread of jumps"), "log points", 0.0, 2.0, _("Of the same."), default=0.0)
    market_loading: float = number(
        _("Family moves with market"),
        "correlation",
        -1.0,
        1.0,
        _("With the shared market factor."),
        default=0.0,
    )
    entry_hazard: float = number(
        _("Entry"), "share a quarter", 0.0, 1.0, _("Chance that a newcomer enters."), default=0.0
    )
    entry_share: float = number(
        _("Share at entry"), "share", 1e-6, 0.9, _("Of a newcomer, in its first quarter."), default=0.01
    )
    peak_share: QuantityDocument = number(
        _("Peak share"),
        "share",
        1e-6,
        0.99,
        _("What a newcomer climbs to, against those it met."),
        default=0.1,
    )
    ramp_quarters: int = number(
        _("Climb"), "quarters", 1, 80, _("From entry to peak, of a newcomer."), default=4
    )


def _usual(key: str, label: str, share: float, **more: Any) -> FamilyDocument:
    """A family with the usual walk: its log weight moves by about 0.6 a year, as in surveys of 2023 to 2025."""
    spread = RangeQuantity(low=0.18, high=0.35, coverage=0.9, shape="lognormal")
    return FamilyDocument(
        key=key,
        label=label,
        start_share=share,
        volatility_quarterly=spread,
        reversion_share=0.1,
        jumps_per_quarter=0.1,
        jump_log_mean=0.3,
        jump_log_sd=0.5,
        **more,
    )


USUAL_FAMILIES = (
    _usual("gpt", "GPT", 0.27),
    _usual("claude", "Claude", 0.40),
    _usual("gemini", "Gemini", 0.21),
    _usual("llama", "Llama", 0.05),
    _usual("mistral", "Mistral", 0.02),
    _usual("others", "Others", 0.05),
    _usual(
        "newcomer",
        "Newcomer",
        0.0,
        entry_hazard=0.25,
        peak_share=RangeQuantity(low=0.0114, high=0.341, coverage=0.9, shape="beta"),
    ),
)
"""Shares of enterprise spending on model APIs in December 2025 (Menlo Ventures for the first three; the rest of 12%
split by judgement). Reversion: on a router spreads grow slower than the root of time. Jumps and newcomers by judgement
from the same weekly shares and their entrants."""


class FamiliesDocument(Document):
    """All families of the market, and the one the lab makes."""

    title: ClassVar[str] = _("Model families")
    lab_family: Key = words(_("Family of the lab"), _("The key of the family the lab makes."), longest=60)
    members: tuple[FamilyDocument, ...] = listed(
        _("Families"),
        _("Everybody who serves tokens, others and newcomers too; the usual seven unless stated."),
        default=USUAL_FAMILIES,
        most=20,
    )
