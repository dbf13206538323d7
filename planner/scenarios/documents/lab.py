"""The lab, its valuation and its exit (E29-E31)."""

from datetime import date
from typing import ClassVar, Literal

from django.utils.translation import gettext_noop as _

from planner.core.documents import Document, choice, day, listed, number, part
from planner.core.quantities import QuantityDocument


class EstateDocument(Document):
    """What a failed lab leaves for its creditors (E29)."""

    title: ClassVar[str] = _("Estate")
    value_share: QuantityDocument = number(
        _("Value left in default"),
        "share",
        0.0,
        1.0,
        _("Of the enterprise value on that day; cash comes on top. Debt is paid first."),
    )
    unsecured_claims_usd: QuantityDocument = number(
        _("Unsecured claims"), "USD", 1.0, 1e14, _("All claims that share the rest, this deal's among them.")
    )


class LabDocument(Document):
    """Cash, costs outside compute, funding rounds and distress (E29)."""

    title: ClassVar[str] = _("Lab")
    opening_cash_usd: QuantityDocument = number(
        _("Opening cash"), "USD", 0.0, 1e13, _("Of the lab, at the opening date.")
    )
    other_cost_usd_per_quarter: QuantityDocument = number(
        _("Other costs"), "USD a quarter", 0.0, 1e12, _("People, sales and the rest, without compute.")
    )
    other_cost_growth_annual: QuantityDocument = number(
        _("Growth of other costs"), "share a year", -0.9, 5.0, _("Each year.")
    )
    other_cost_share_of_revenue: QuantityDocument = number(
        _("Costs that follow revenue"),
        "share",
        0.0,
        2.0,
        _("Revenue shares, payment fees, support."),
        default=0.0,
    )
    round_below_runway_quarters: float = number(
        _("Raises below"),
        "quarters",
        0.0,
        40.0,
        _("A round is raised when cash covers fewer quarters of burn."),
        default=6.0,
    )
    round_size_quarters: float = number(
        _("Size of a round"), "quarters", 0.0, 40.0, _("In quarters of burn."), default=8.0
    )
    round_limit_share: float = number(
        _("Most of a round"), "share", 0.0, 1.0, _("At most this share of the value before it."), default=0.2
    )
    round_open_cold: float = number(
        _("Market open when cold"), "share", 0.0, 1.0, _("Chance a quarter that a round can be raised.")
    )
    round_open_normal: float = number(_("Market open when normal"), "share", 0.0, 1.0, _("The same."))
    round_open_hot: float = number(_("Market open when hot"), "share", 0.0, 1.0, _("The same."))
    distress_hazard_short: float = number(
        _("Default at 2 quarters"),
        "share a quarter",
        0.0,
        0.9,
        _("Chance of default with 2 quarters of cash."),
    )
    distress_hazard_long: float = number(
        _("Default at 6 quarters"),
        "share a quarter",
        0.0,
        0.9,
        _("Chance of default with 6 quarters of cash."),
    )
    estate: EstateDocument | None = part(
        _("Estate"),
        _("When stated, claims recover what it leaves after debt. Empty: the recovery share of the deal."),
        default=None,
    )


class ValuationDocument(Document):
    """Equity value = run-rate revenue x multiple - debt + cash; the multiple reverts to its mature level (E30)."""

    title: ClassVar[str] = _("Valuation")
    opening_equity_value_usd: float = number(
        _("Equity value now"), "USD", 0.0, 1e14, _("Of all shares, at the opening date.")
    )
    mature_multiple: QuantityDocument = number(
        _("Mature multiple"),
        "times revenue",
        0.1,
        200.0,
        _("Enterprise value over yearly revenue in the long run."),
    )
    half_life_quarters: float = number(
        _("Half-life of multiple"),
        "quarters",
        0.5,
        200.0,
        _("Time in which half of the way to maturity is gone."),
    )
    volatility_annual: QuantityDocument = number(
        _("Volatility of multiple"), "share a year", 0.0, 3.0, _("Yearly standard deviation of its log.")
    )
    market_loading: float = number(
        _("Multiple moves with market"),
        "correlation",
        -1.0,
        1.0,
        _("With the shared market factor."),
        default=0.0,
    )
    jumps_per_year: float = number(
        _("Multiple jumps"), "a year", 0.0, 20.0, _("Sudden changes, on average."), default=0.0
    )
    jump_log_sd: float = number(
        _("Spread of multiple jumps"), "log points", 0.0, 2.0, _("In its log."), default=0.0
    )
    debt_usd: float = number(_("Debt"), "USD", 0.0, 1e13, _("Of the lab, at the opening date."), default=0.0)
    other_preferences_usd: float = number(
        _("Other preferences"),
        "USD",
        0.0,
        1e13,
        _("Liquidation preferences of the other investors."),
        default=0.0,
    )
    regime_now: Literal["cold", "normal", "hot"] = choice(
        _("Market mood now"),
        _("Of the market for new shares."),
        {"cold": _("cold"), "normal": _("normal"), "hot": _("hot")},
        default="normal",
    )
    regime_persistence: float = number(
        _("Mood persists"),
        "share a quarter",
        0.0,
        0.999,
        _("Chance that the mood stays for another quarter."),
    )
    regime_share_cold: float = number(_("Cold in the long run"), "share", 0.0, 1.0, _("Share of quarters."))
    regime_share_hot: float = number(_("Hot in the long run"), "share", 0.0, 1.0, _("Share of quarters."))
    regime_log_multiple: float = number(
        _("Mood moves multiple"), "log points", 0.0, 2.0, _("Up when hot, down when cold."), default=0.0
    )


class QuotedOddsDocument(Document):
    """A quoted probability that the IPO is announced by the end of the quarter holding `by` (E31)."""

    title: ClassVar[str] = _("Quoted odds")
    by: date = day(_("By"), _("End of the quarter that holds this day."))
    probability: float = number(_("Odds"), "share", 0.0, 0.999, _("That the IPO is announced by then."))


class LockUpReleaseDocument(Document):
    """A share of the holding that may be sold from so many quarters after listing on."""

    title: ClassVar[str] = _("Lock-up release")
    quarters_after_listing: int = number(
        _("Quarters after listing"), "quarters", 0, 80, _("When it is released.")
    )
    share: float = number(_("Share released"), "share", 0.0, 1.0, _("Of the holding."))
    price_over_offer: float = number(
        _("Only at a price of"),
        "times the offer price",
        0.0,
        100.0,
        _("Released in the first quarter whose price is at least that; 0 asks nothing of the price."),
        default=0.0,
    )


class FilingDriversDocument(Document):
    """What else moves the chance of a public filing: margin, spend that is not fixed, litigation (E31)."""

    title: ClassVar[str] = _("Other drivers")
    margin_sensitivity: float = number(
        _("Filing follows margin"),
        "power",
        0.0,
        20.0,
        _("How strongly the gross margin of the quarter moves the chance of filing."),
    )
    control_sensitivity: float = number(
        _("Filing follows control"),
        "power",
        0.0,
        20.0,
        _("How strongly the part of the next year's compute spend that is not fixed moves it."),
    )
    litigation_sensitivity: float = number(
        _("Filing fears litigation"), "power", 0.0, 20.0, _("How strongly litigation lowers it.")
    )
    litigation_level: QuantityDocument = number(
        _("Litigation"),
        "share",
        0.0,
        1.0,
        _("From 0, none, to 1, the whole business is at stake."),
    )


class ExitDocument(Document):
    """IPO as states, its odds and price, the lock-up and the sale; sale of the company as the other way out (E31)."""

    title: ClassVar[str] = _("Exit")
    state_now: Literal["private", "filed_confidentially"] = choice(
        _("State now"),
        _("On the way to an IPO, at the opening date."),
        {"private": _("private"), "filed_confidentially": _("filed confidentially")},
        default="private",
    )
    confidential_filing_annual: float = number(
        _("Confidential filing"), "share a year", 0.0, 1.0, _("Yearly chance while private.")
    )
    quoted_on: date = day(
        _("Odds quoted on"),
        _("The day of the quotes. Nothing was announced by then, nor by the end of its quarter."),
    )
    quoted_odds: tuple[QuotedOddsDocument, ...] = listed(
        _("Quoted odds"), _("From prediction markets or judgement, rising by date."), default=(), most=40
    )
    later_hazard: float = number(
        _("Filing after the odds"),
        "share a quarter",
        0.0,
        0.99,
        _("Chance of a public filing after the last odds."),
    )
    later_hazard_decay: float = number(
        _("Decay of that chance"),
        "share a quarter",
        0.0,
        1.0,
        _("It falls by this share each quarter."),
        default=0.0,
    )
    value_floor_usd: float = number(
        _("Least value for an IPO"), "USD", 1.0, 1e14, _("Below it filings become rare."), default=1.0
    )
    value_sensitivity: float = number(
        _("Filing follows value"),
        "power",
        0.0,
        20.0,
        _("How strongly value moves the chance of filing."),
        default=0.0,
    )
    regime_sensitivity: float = number(
        _("Filing follows mood"), "power", 0.0, 20.0, _("How strongly the market mood moves it."), default=0.0
    )
    withdrawal_probability: QuantityDocument = number(
        _("Withdrawal"), "share", 0.0, 0.99, _("Chance that a filed IPO is withdrawn.")
    )
    retry_hazard: QuantityDocument = number(
        _("New attempt"), "share a quarter", 0.0, 0.99, _("Chance of filing again after a withdrawal.")
    )
    listing_lag_quarters: float = number(
        _("Filing to listing"),
        "quarters",
        1.0,
        12.0,
        _("Mean time from public filing to listing; with 1 it is the next quarter exactly."),
        default=2.0,
    )
    offer_share: float = number(
        _("Shares offered"), "share", 0.0, 0.5, _("New shares over all shares before the IPO."), default=0.05
    )
    book_building_sd: float = number(
        _("Spread of offer price"), "log points", 0.0, 1.0, _("Against the value of the day."), default=0.1
    )
    first_day_mean: QuantityDocument = number(
        _("First-day return"), "share", -0.3, 3.0, _("Mean of the first day over the offer price.")
    )
    first_day_sd: float = number(
        _("Spread of first day"), "log points", 0.0, 2.0, _("Standard deviation."), default=0.2
    )
    drift_annual: QuantityDocument = number(
        _("Drift after listing"),
        "share a year",
        -0.9,
        1.0,
        _("Against the value of the lab, in the first quarters."),
        default=0.0,
    )
    drift_quarters: int = number(_("Length of drift"), "quarters", 0, 80, _("How long it lasts."), default=0)
    report_jump_probability: float = number(
        _("Jump at a report"),
        "share a quarter",
        0.0,
        1.0,
        _("Chance that a quarterly report moves the price."),
        default=0.0,
    )
    report_jump_mean: float = number(
        _("Mean report jump"), "share", -0.9, 1.0, _("Of the price."), default=0.0
    )
    report_jump_sd: float = number(
        _("Spread of report jump"), "log points", 0.0, 1.0, _("Of the price."), default=0.0
    )
    lock_up: tuple[LockUpReleaseDocument, ...] = listed(
        _("Lock-up"), _("When how much of the holding may be sold."), most=20
    )
    turnover_annual: float = number(
        _("Turnover"), "times a year", 0.01, 20.0, _("Shares traded a year over shares listed."), default=1.0
    )
    participation_share: float = number(
        _("Part of trading"),
        "share",
        0.0,
        1.0,
        _("The holder sells at most this share of what is traded."),
        default=0.1,
    )
    price_impact_share: float = number(
        _("Price impact"), "share", 0.0, 1.0, _("Fall of the price when selling at full pace."), default=0.0
    )
    sale_hazard: float = number(
        _("Sale of the company"),
        "share a quarter",
        0.0,
        0.5,
        _("Chance a quarter while private."),
        default=0.0,
    )
    sale_premium_log_sd: float = number(
        _("Spread of sale price"), "log points", 0.0, 2.0, _("Against the value of the day."), default=0.0
    )
    drivers: FilingDriversDocument | None = part(
        _("Other drivers"), _("Empty when only value and mood move the chance of filing."), default=None
    )
