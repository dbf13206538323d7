"""A whole scenario document to engine inputs. Labels, evidence, origins and release stay behind."""

from costmodel.inputs.scenario import Scenario
from costmodel.timeline import Timeline
from planner.runs.engine.deal_inputs import deal, fleet
from planner.runs.engine.lab_inputs import exit_rules, lab, valuation
from planner.runs.engine.serving_inputs import (
    chip,
    demand,
    levers,
    load_shape,
    market_prices,
    placement,
    served_model,
    workload,
)
from planner.scenarios.documents import ScenarioDocument


def to_inputs(document: ScenarioDocument) -> Scenario:
    """What the engine reads of a document. Raises ValueError for what the documents did not refuse already."""
    return Scenario(
        timeline=Timeline(opening=document.timeline.opening, quarters=document.timeline.quarters),
        chips=tuple(chip(one) for one in document.chips),
        model=served_model(document.model),
        workload=workload(document.workload),
        demand=demand(document.demand),
        load=load_shape(document.load),
        placement=placement(document.placement),
        market=market_prices(document.market),
        fleet=fleet(document.fleet),
        deal=deal(document.deal),
        lab=lab(document.lab),
        valuation=valuation(document.valuation),
        exit=exit_rules(document.exit),
        levers=levers(document.levers),
    )
