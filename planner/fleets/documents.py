"""The fleet: lots of chips the provider will run, and what running them costs."""

from datetime import date
from typing import ClassVar

from django.utils.translation import gettext_noop as _

from planner.core.documents import Document, Key, day, listed, number, words
from planner.core.quantities import QuantityDocument

SCHEMA_VERSION = 1


class LotDocument(Document):
    """Chips of one kind that serve one contract, reached over a linear ramp."""

    title: ClassVar[str] = _("Lot")
    key: Key = words(_("Key"), _("A stable short name; it never changes its meaning."), longest=60)
    label: str = words(_("Name"), _("What people call this lot."), default="")
    chip: Key = words(_("Chip"), _("The key of one of the scenario's chips."), longest=60)
    contract: Key = words(_("Contract"), _("The key of the compute contract these chips serve."), longest=60)
    chips: float = number(
        _("Chips"), "chips", 0.0, 1e9, _("Announced number of chips once the ramp is over.")
    )
    online_from: date = day(
        _("Online from"), _("The quarter that holds this day is the first with chips running.")
    )
    ramp_quarters: int = number(
        _("Ramp"),
        "quarters",
        1,
        80,
        _("Quarters from the first chip to all of them, in equal steps."),
        default=1,
    )
    built_share: QuantityDocument = number(
        _("Share really built"),
        "share",
        0.0,
        2.0,
        _("What is really built of the announced number."),
        default=1.0,
    )
    lead_quarters: int = number(
        _("Capex lead"),
        "quarters",
        0,
        12,
        _("How long before service the chips and the site are paid."),
        default=2,
    )
    it_capex_usd_per_chip: QuantityDocument = number(
        _("IT capex"),
        "USD per chip",
        0.0,
        1e7,
        _("Chip, server and storage, per chip; the network too where it is not stated on its own."),
        source=_("Prices, capital costs"),
    )
    network_capex_usd_per_chip: QuantityDocument = number(
        _("Network capex"),
        "USD per chip",
        0.0,
        1e6,
        _("Switches, cables and optics, per chip, bought and replaced with it. 0: IT capex holds them."),
        default=0.0,
        source=_("Prices, capital costs"),
    )
    it_salvage_share: QuantityDocument = number(
        _("Salvage of chips"),
        "share",
        0.0,
        1.0,
        _("What chips and their network bring at the end of their life, over what was paid for them."),
        default=0.0,
    )
    site_capex_usd_per_kw: QuantityDocument = number(
        _("Site capex"),
        "USD per kW",
        0.0,
        1e6,
        _("Building, power and cooling, per kW of chip power provisioned. 0: no site of one's own."),
        source=_("Prices, site costs"),
    )
    site_salvage_share: QuantityDocument = number(
        _("Salvage of site"),
        "share",
        0.0,
        1.0,
        _("What land, grid connection and building bring at the end of the site's life, over what was paid."),
        default=0.0,
    )
    colocation_usd_per_kw_month: QuantityDocument = number(
        _("Colocation rent"),
        "USD per kW-month",
        0.0,
        1e4,
        _(
            "Rent for each provisioned kW, without power, while chips are online; beside or instead of a site."
        ),
        default=0.0,
        source=_("Prices, site costs"),
    )
    it_life_quarters: int = number(
        _("Life of chips"),
        "quarters",
        1,
        80,
        _("Quarters until a chip is replaced or written off."),
        default=20,
    )
    last_replacement_quarters: int = number(
        _("No replacement before the end"),
        "quarters",
        0,
        80,
        _("Chips whose life ends this close to the end of the contract run on, written off."),
        default=8,
    )
    site_life_quarters: int = number(
        _("Life of site"),
        "quarters",
        1,
        200,
        _("Quarters over which building and power are written off."),
        default=80,
    )
    operations_usd_per_chip_hour: QuantityDocument = number(
        _("Operations"),
        "USD per chip-hour",
        0.0,
        1e3,
        _("Staff, repairs, insurance and running the network; without power, capital and colocation rent."),
        source=_("Prices, site costs"),
    )


class FleetDocument(Document):
    """All lots, the power they draw, and what is left of them at the end."""

    title: ClassVar[str] = _("Fleet")
    lots: tuple[LotDocument, ...] = listed(_("Lots"), _("Chips the provider will run."))
    power_usd_per_kwh: QuantityDocument = number(
        _("Price of power"),
        "USD per kWh",
        0.0,
        10.0,
        _("All-in price at the meter."),
        source=_("Prices, power"),
    )
    power_usage_effectiveness: float = number(
        _("Power usage effectiveness"),
        "ratio",
        1.0,
        3.0,
        _("Power of the site over power of its IT."),
        source=_("Prices, site costs"),
    )
    mean_power_share: QuantityDocument = number(
        _("Mean power drawn"),
        "share",
        0.0,
        1.0,
        _("Mean draw over provisioned power while running."),
        default=0.8,
    )
    availability: float = number(
        _("Availability"), "share", 0.5, 1.0, _("Share of hours a chip can be sold."), default=0.95
    )
    residual_share: QuantityDocument = number(
        _("Residual value of chips"),
        "share",
        0.0,
        1.5,
        _(
            "Of the book value above salvage: what a sale at the end of the contract brings, at today's market."
        ),
    )
    site_residual_share: QuantityDocument = number(
        _("Residual value of site"),
        "share",
        0.0,
        1.5,
        _("Of the book value above salvage: what building and power bring at the end of the contract."),
    )
    residual_index_elasticity: float = number(
        _("Residual follows market"),
        "power",
        0.0,
        3.0,
        _("The market index to this power moves the residual; 0: not at all, 1: in step."),
        default=1.0,
    )
