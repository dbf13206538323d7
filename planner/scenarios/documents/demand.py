"""Demand for tokens, where it is placed, and the market price of compute (E10, E12, E13, E17)."""

from typing import ClassVar, Literal

from django.utils.translation import gettext_noop as _

from planner.core.documents import Document, Key, choice, listed, number, part, words
from planner.core.quantities import QuantityDocument
from planner.scenarios.documents.families import FamiliesDocument


class PriceTierDocument(Document):
    """One tier of what users pay: its part of the tokens, its price, its fall, what is sold below it (E12)."""

    title: ClassVar[str] = _("Price tier")
    key: Key = words(_("Key"), _("A stable short name; it never changes its meaning."), longest=60)
    label: str = words(_("Name"), _("What people call this tier."), default="")
    token_share_start: float = number(
        _("Part of tokens now"), "share", 0.0, 1.0, _("Of all tokens; all tiers add up to 100%.")
    )
    token_share_end: float = number(
        _("Part of tokens in the end"), "share", 0.0, 1.0, _("After the shift; all tiers add up to 100%.")
    )
    shift_quarters: int = number(
        _("Shift"),
        "quarters",
        1,
        80,
        _("How long the mix takes to move; the same in every tier."),
        default=12,
    )
    price_usd_per_1m_tokens: QuantityDocument = number(
        _("Price"),
        "USD per 1M tokens",
        0.0,
        1e4,
        _("Of input and output tokens together, today."),
        source=_("Prices, token prices"),
    )
    price_change_annual: QuantityDocument = number(
        _("Change of price"),
        "share a year",
        -0.95,
        2.0,
        _("At the same quality; negative when it falls."),
        default=0.0,
    )
    discounted_share: QuantityDocument = number(
        _("Part sold below"), "share", 0.0, 1.0, _("Of the tier's tokens: cached, batched."), default=0.0
    )
    discount_share: QuantityDocument = number(
        _("Discount on that part"), "share", 0.0, 1.0, _("Off the tier's price."), default=0.0
    )


class DemandDocument(Document):
    """The lab's tokens: growth that slows through three phases, with swings and jumps (E10)."""

    title: ClassVar[str] = _("Demand")
    tokens_per_day_trillion: QuantityDocument = number(
        _("Tokens a day"), "trillion a day", 0.0, 1e6, _("Tokens the lab serves at the opening date.")
    )
    growth_is: Literal["mean", "median"] = choice(
        _("Growth describes"),
        _("Whether growth is that of the mean or of the median path."),
        {"mean": _("the mean path"), "median": _("the median path")},
        default="median",
    )
    growth_now_annual: QuantityDocument = number(
        _("Growth now"),
        "share a year",
        -0.95,
        50.0,
        _("Growth of tokens in the first phase; 90% is 1.9 times a year."),
    )
    growth_slowing_annual: QuantityDocument = number(
        _("Growth when slowing"),
        "share a year",
        -0.95,
        20.0,
        _("The level growth falls to in the second phase."),
    )
    growth_saturated_annual: QuantityDocument = number(
        _("Growth when saturated"), "share a year", -0.95, 5.0, _("The level growth falls to in the end.")
    )
    now_quarters: int = number(_("First phase"), "quarters", 0, 80, _("How long growth stays as now."))
    slowing_half_life_quarters: float = number(
        _("Half-life of slowing"), "quarters", 0.1, 80.0, _("Time in which half of the slowing has happened.")
    )
    saturation_starts_quarter: int = number(
        _("Saturation starts"), "quarters", 0, 80, _("Quarters after the opening date.")
    )
    saturation_half_life_quarters: float = number(
        _("Half-life of saturation"),
        "quarters",
        0.1,
        80.0,
        _("Time in which half of the last step has happened."),
    )
    volatility_annual: QuantityDocument = number(
        _("Demand volatility"), "share a year", 0.0, 3.0, _("Yearly standard deviation of log demand.")
    )
    jumps_per_year: float = number(
        _("Demand jumps"), "a year", 0.0, 20.0, _("Sudden changes, on average."), default=0.0
    )
    jump_log_mean: float = number(_("Mean jump"), "log points", -2.0, 2.0, _("In log demand."), default=0.0)
    jump_log_sd: float = number(
        _("Spread of jumps"), "log points", 0.0, 2.0, _("In log demand."), default=0.0
    )
    market_loading: float = number(
        _("Demand moves with market"),
        "correlation",
        -1.0,
        1.0,
        _("With the shared market factor."),
        default=0.0,
    )
    paid_price_usd_per_1m_tokens: QuantityDocument = number(
        _("Price paid by users"),
        "USD per 1M tokens",
        0.0,
        1e4,
        _("Revenue over tokens, with subscriptions, at the opening date."),
        source=_("Prices, token prices"),
    )
    paid_price_change_annual: QuantityDocument = number(
        _("Change of that price"), "share a year", -0.95, 2.0, _("Negative when prices fall.")
    )
    families: FamiliesDocument | None = part(
        _("Model families"),
        _(
            "When stated, tokens are the market's and the lab serves its family's share. Empty: they are the lab's."
        ),
        default=None,
    )
    price_tiers: tuple[PriceTierDocument, ...] = listed(
        _("Price tiers"),
        _(
            "When stated, the paid price is what they add up to; the price paid by users and its change are not read."
        ),
        default=(),
        most=20,
    )


class PlacementDocument(Document):
    """The share of the lab's need placed with the provider, the part that is training, and porting (E13, E17)."""

    title: ClassVar[str] = _("Placement")
    provider_share_start: QuantityDocument = number(
        _("Placed here at first"),
        "share",
        0.0,
        1.0,
        _("Share of the lab's compute placed with the provider."),
    )
    provider_share_end: QuantityDocument = number(
        _("Placed here in the end"), "share", 0.0, 1.0, _("The same after the change.")
    )
    provider_share_ramp_quarters: int = number(
        _("Change of placement"), "quarters", 1, 80, _("How long the change takes.")
    )
    training_share_start: QuantityDocument = number(
        _("Training at first"), "share", 0.0, 0.99, _("Share of compute used for training and research.")
    )
    training_share_end: QuantityDocument = number(
        _("Training in the end"), "share", 0.0, 0.99, _("After the change.")
    )
    training_share_ramp_quarters: int = number(
        _("Change of training"), "quarters", 1, 80, _("How long the change takes.")
    )
    ported_share_start: QuantityDocument = number(
        _("Ported at first"),
        "share",
        0.0,
        1.0,
        _("Share of the load that can run on chips that need porting."),
    )
    ported_share_end: QuantityDocument = number(
        _("Ported in the end"), "share", 0.0, 1.0, _("After porting.")
    )
    porting_quarters: int = number(_("Time to port"), "quarters", 1, 80, _("How long porting takes."))
    porting_cost_usd: QuantityDocument = number(
        _("Cost of porting"), "USD", 0.0, 1e12, _("Paid by the lab over the time to port."), default=0.0
    )


class MarketDocument(Document):
    """The rental price of compute as an index that starts at 1, and capacity outside the contracts (E17)."""

    title: ClassVar[str] = _("Market")
    index_change_annual: QuantityDocument = number(
        _("Change of market price"),
        "share a year",
        -0.95,
        2.0,
        _("Rental price of compute; negative when it falls."),
    )
    index_volatility_annual: QuantityDocument = number(
        _("Volatility of market price"), "share a year", 0.0, 3.0, _("Yearly standard deviation of its log.")
    )
    index_market_loading: float = number(
        _("Price moves with market"),
        "correlation",
        -1.0,
        1.0,
        _("With the shared market factor."),
        default=0.0,
    )
    outside_chip: Key = words(
        _("Chip rented outside"), _("The key of the chip the lab rents beyond its contracts."), longest=60
    )
    on_demand_usd_per_chip_hour: QuantityDocument = number(
        _("On-demand price"),
        "USD per chip-hour",
        0.0,
        1e3,
        _("Of the provider, today."),
        source=_("Prices, offers"),
    )
    on_demand_limit_share: QuantityDocument = number(
        _("On-demand capacity"), "share", 0.0, 10.0, _("At most this share of the committed capacity.")
    )
    burst_price_multiple: QuantityDocument = number(
        _("Burst price"), "times", 0.0, 100.0, _("Of the on-demand price.")
    )
    burst_limit_share: QuantityDocument = number(
        _("Burst capacity"), "share", 0.0, 10.0, _("At most this share of the committed capacity.")
    )
    owner_cost_usd_per_chip_hour: QuantityDocument = number(
        _("Owner's cost outside"),
        "USD per chip-hour",
        0.0,
        1e3,
        _("What on-demand and burst hours cost the provider."),
    )
    other_clouds_usd_per_chip_hour: QuantityDocument = number(
        _("Price of other clouds"), "USD per chip-hour", 0.0, 1e3, _("Today."), source=_("Prices, offers")
    )
    other_clouds_spare_share: QuantityDocument = number(
        _("Spare capacity of other clouds"), "share", 0.0, 10.0, _("Above what was planned there.")
    )
