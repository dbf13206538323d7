"""Rules that tie the parts of a scenario together. Each broken one is a sentence at the path of a field."""

import itertools
from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from planner.core.documents import repeated_keys
from planner.core.errors import Problem
from planner.deals.documents import ComputeContractDocument, name_of
from planner.scenarios.documents.deal_checks import problems_of_days
from planner.scenarios.documents.market_checks import problems_of_market
from planner.scenarios.documents.model_checks import problems_of_model
from planner.scenarios.documents.serving import ModelDocument, WorkloadDocument

if TYPE_CHECKING:
    from planner.scenarios.documents.scenario import ScenarioDocument


def problems_between_parts(document: "ScenarioDocument") -> list[Problem]:
    """Everything that is wrong between parts that are each right on their own."""
    found = _about_opening(document.timeline.opening)
    found += repeated_keys("chips", document.chips) + repeated_keys("fleet.lots", document.fleet.lots)
    found += (
        _about_lots(document) + problems_of_days(document) + _about_exit(document) + _about_shares(document)
    )
    found += problems_of_market(document.demand, document.workload)
    return found + _about_model(document.model) + _about_workload(document.workload) + _about_levers(document)


def _about_opening(opening: date) -> list[Problem]:
    last = monthrange(opening.year, opening.month)[1]
    if opening.month % 3 == 0 and opening.day == last:
        return []
    sentence = _(
        "Opening date is %(day)s. It must be the last day of a calendar quarter, such as 2026-03-31."
    )
    return [Problem("timeline.opening", sentence % {"day": opening.isoformat()})]


def _about_lots(document: "ScenarioDocument") -> list[Problem]:
    chips = [chip.key for chip in document.chips]
    contracts = [term.key for term in document.deal.terms if isinstance(term, ComputeContractDocument)]
    found: list[Problem] = []
    for lot in document.fleet.lots:
        path = f"fleet.lots[{lot.key}]"
        if lot.chip not in chips:
            found.append(_unknown(f"{path}.chip", _("Chip"), name_of(lot), lot.chip, chips))
        if lot.contract not in contracts:
            found.append(_unknown(f"{path}.contract", _("Contract"), name_of(lot), lot.contract, contracts))
    outside = document.market.outside_chip
    if outside not in chips:
        found.append(
            _unknown("market.outside_chip", _("Chip rented outside"), _("the market"), outside, chips)
        )
    return found


def _unknown(path: str, title: str, owner: str, named: str, known: list[str]) -> Problem:
    sentence = _("%(title)s of %(owner)s is “%(named)s”. It must be one of: %(known)s.")
    said = {"title": title, "owner": owner, "named": named, "known": ", ".join(known) or _("none")}
    return Problem(path, sentence % said)


def _about_exit(document: "ScenarioDocument") -> list[Problem]:
    found: list[Problem] = []
    odds = document.exit.quoted_odds
    for position, (before, after) in enumerate(itertools.pairwise(odds), start=1):
        if after.by <= before.by or after.probability < before.probability:
            sentence = _(
                "Quoted odds must rise by date: %(after)s by %(day)s follows %(before)s by %(earlier)s."
            )
            said = {
                "after": f"{after.probability:.10g}",
                "day": after.by.isoformat(),
                "before": f"{before.probability:.10g}",
                "earlier": before.by.isoformat(),
            }
            found.append(Problem(f"exit.quoted_odds[{position}].probability", sentence % said))
    releases = document.exit.lock_up
    total = sum(release.share for release in releases)
    if total > 1.0 + 1e-9:
        sentence = _("The lock-up releases add up to %(total)s%%. They may add up to at most 100%%.")
        found.append(Problem("exit.lock_up", sentence % {"total": f"{total * 100:.10g}"}))
    pairs = itertools.pairwise(releases)
    if any(a.quarters_after_listing >= b.quarters_after_listing for a, b in pairs):
        found.append(Problem("exit.lock_up", _("Lock-up releases must be in the order of their quarters.")))
    return found


def _about_shares(document: "ScenarioDocument") -> list[Problem]:
    found: list[Problem] = []
    valuation = document.valuation
    if valuation.regime_share_cold + valuation.regime_share_hot > 1:
        sentence = _("Cold and hot in the long run add up to more than 100%. Lower one of them.")
        found.append(Problem("valuation.regime_share_hot", sentence))
    return found


def _about_model(model: ModelDocument) -> list[Problem]:
    found = problems_of_model(
        layers=model.layers,
        attention=model.attention,
        experts=model.experts,
        active_b=model.active_parameters_b,
        total_b=model.total_parameters_b,
        embedding_b=model.embedding_parameters_b,
    )
    return [Problem(f"model.{problem.path}", problem.message) for problem in found]


def _about_workload(workload: WorkloadDocument) -> list[Problem]:
    draft = workload.speculation
    if draft is None or draft.accepted_tokens <= draft.draft_tokens + 1:
        return []
    sentence = _("Tokens per step is %(held)s. With %(drafted)d draft tokens a step yields at most %(most)d.")
    said = {
        "held": f"{draft.accepted_tokens:.10g}",
        "drafted": draft.draft_tokens,
        "most": draft.draft_tokens + 1,
    }
    return [Problem("workload.speculation.accepted_tokens", sentence % said)]


def _about_levers(document: "ScenarioDocument") -> list[Problem]:
    """A lever with a window needs a load that was replayed hour by hour."""
    levers = document.levers
    if document.load.replay is not None or not levers.need_replay:
        return []
    sentence = _(
        "%(lever)s needs a load shape that was replayed hour by hour. Take an archetype or an uploaded trace "
        "from the library, or set it to 0."
    )
    found = {"deferrable_share": _("Deferrable share"), "queue_hours": _("Queue above the cap")}
    return [
        Problem(f"levers.{name}", sentence % {"lever": title})
        for name, title in found.items()
        if getattr(levers, name) > 0.0
    ]
