"""What holds together model families, price tiers and sources of efficiency (E11-E13)."""

from django.utils.translation import gettext as _

from planner.core.documents import repeated_keys
from planner.core.errors import Problem
from planner.scenarios.documents.demand import DemandDocument, PriceTierDocument
from planner.scenarios.documents.families import FamiliesDocument
from planner.scenarios.documents.serving import WorkloadDocument

_CLOSE = 1e-6


def problems_of_market(demand: DemandDocument, workload: WorkloadDocument) -> list[Problem]:
    """Shares that do not add up, a lab without a family, a gain stated twice. Each is a sentence at its field."""
    found = repeated_keys("demand.price_tiers", demand.price_tiers)
    found += repeated_keys("workload.efficiency_sources", workload.efficiency_sources)
    if demand.families is not None:
        found += _about_families(demand.families)
    if demand.price_tiers:
        found += _about_tiers(demand.price_tiers)
    return found + _about_gains(workload)


def _about_families(stated: FamiliesDocument) -> list[Problem]:
    path = "demand.families"
    found = repeated_keys(f"{path}.members", stated.members)
    total = sum(family.start_share for family in stated.members)
    if abs(total - 1.0) > _CLOSE:
        sentence = _("The shares of all families add up to %(total)s%%. They must add up to 100%%.")
        found.append(Problem(f"{path}.members", sentence % {"total": f"{total * 100:.10g}"}))
    if not any(family.key == stated.lab_family and family.start_share > 0 for family in stated.members):
        sentence = _("Family of the lab is “%(named)s”. It must be one that has a share now: %(known)s.")
        known = ", ".join(family.key for family in stated.members if family.start_share > 0) or _("none")
        found.append(Problem(f"{path}.lab_family", sentence % {"named": stated.lab_family, "known": known}))
    return found


def _about_tiers(tiers: tuple[PriceTierDocument, ...]) -> list[Problem]:
    found: list[Problem] = []
    first = f"demand.price_tiers[{tiers[0].key}]"
    for name, title in (("token_share_start", _("now")), ("token_share_end", _("in the end"))):
        total = sum(getattr(tier, name) for tier in tiers)
        if abs(total - 1.0) > _CLOSE:
            sentence = _("The parts of tokens %(when)s add up to %(total)s%%. They must add up to 100%%.")
            found.append(
                Problem(f"{first}.{name}", sentence % {"when": title, "total": f"{total * 100:.10g}"})
            )
    if len({tier.shift_quarters for tier in tiers}) > 1:
        sentence = _("The shift must take the same time in every price tier: tokens leave one for another.")
        found.append(Problem(f"{first}.shift_quarters", sentence))
    return found


def _about_gains(workload: WorkloadDocument) -> list[Problem]:
    found: list[Problem] = []
    seen: set[str] = set()
    for named in workload.efficiency_sources:
        if named.source in seen:
            sentence = _("This source is named twice. Each gain applies once.")
            found.append(Problem(f"workload.efficiency_sources[{named.key}].source", sentence))
        seen.add(named.source)
    single = workload.efficiency_gain_annual
    ends = (single, single) if isinstance(single, float | int) else single.extremes()
    if workload.efficiency_sources and ends != (0.0, 0.0):
        sentence = _("Efficiency gain must be 0 when its sources are named: each gain is stated once.")
        found.append(Problem("workload.efficiency_gain_annual", sentence))
    return found
