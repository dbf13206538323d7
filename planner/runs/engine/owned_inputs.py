"""An owner's cost by its parts, to what the engine's equation E7 reads."""

from datetime import date
from typing import TYPE_CHECKING

from costmodel.inputs.fleet import Fleet, Lot
from costmodel.inputs.serving import Chip

if TYPE_CHECKING:
    from planner.runs.cost_table.documents import OwnedHourDocument

_ANY_DAY = date(2026, 1, 1)
"""When a lot comes online moves no cost of an hour."""


def of(document: "OwnedHourDocument") -> tuple[Lot, Fleet, Chip, float]:
    """The arguments of `costmodel.chip_hour.owned_chip_hour`."""
    lot = Lot(
        key="lot",
        chip="chip",
        contract="",
        chips=1.0,
        online_from=_ANY_DAY,
        ramp_quarters=1,
        built_share=1.0,
        lead_quarters=0,
        it_capex_usd_per_chip=document.it_capex_usd_per_chip,
        site_capex_usd_per_kw=document.site_capex_usd_per_kw,
        it_life_quarters=document.it_life_quarters,
        last_replacement_quarters=0,
        site_life_quarters=document.site_life_quarters,
        operations_usd_per_chip_hour=document.operations_usd_per_chip_hour,
        network_capex_usd_per_chip=document.network_capex_usd_per_chip,
        colocation_usd_per_kw_month=document.colocation_usd_per_kw_month,
        it_salvage_share=document.it_salvage_share,
        site_salvage_share=document.site_salvage_share,
    )
    fleet = Fleet(
        lots=(lot,),
        power_usd_per_kwh=document.power_usd_per_kwh,
        power_usage_effectiveness=document.power_usage_effectiveness,
        mean_power_share=document.mean_power_share,
        availability=document.availability,
        residual_share=0.0,
        site_residual_share=0.0,
        residual_index_elasticity=0.0,
    )
    return lot, fleet, _chip(document.provisioned_kw), document.annual_rate


def _chip(provisioned_kw: float) -> Chip:
    """A chip of which only the power matters here."""
    return Chip(
        key="chip",
        dense_tflops=1.0,
        weight_bytes=1.0,
        cache_bytes=1.0,
        memory_gb=1.0,
        memory_tb_per_s=1.0,
        link_gb_per_s=1.0,
        scale_up_chips=1,
        provisioned_kw=provisioned_kw,
        compute_efficiency=1.0,
        memory_efficiency=1.0,
        layer_microseconds=0.0,
        collective_microseconds=0.0,
        speed_error=1.0,
    )
