"""The bridge for published dollars: what a chip yields at most at a speed, under given software and speculation."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.runs.cost_table.documents import TableChipDocument, TableModelDocument


@dataclass(frozen=True, slots=True)
class Served:
    """What was served, and how fast for each user. No limit on the first token is in it: none is published."""

    precision: str
    input_tokens: float
    output_tokens: float
    tokens_per_s_per_user: float
    software: tuple[str, str] | None
    """(engine, generation) as measurements name them; None for the mean of all."""
    draft_tokens: int = 0
    accepted_tokens: float = 0.0
    """What a step yields in all when tokens are drafted."""
    draft_cost_share: float = 0.0


_PATIENCE_SECONDS = 60.0


def output_tokens_per_chip_hour(
    chip: "TableChipDocument", model: "TableModelDocument", served: Served
) -> float:
    """The most output tokens an hour of a chip yields at this speed for each user, every hour used (E6, E9).

    Raises ValueError, naming chip and model, when no layout is fast enough.
    """
    from costmodel import serving
    from costmodel.calibration.chips import calibrated
    from costmodel.inputs.serving import Speculation, Workload
    from planner.runs.engine import catalog_table
    from planner.runs.engine.calibration import calibration

    shape = catalog_table.model_card(model)
    drafts = None
    if served.draft_tokens:
        drafts = Speculation(
            draft_tokens=served.draft_tokens,
            accepted_tokens=served.accepted_tokens,
            draft_cost_share=served.draft_cost_share,
        )
    workload = Workload(
        input_tokens=served.input_tokens,
        cached_share=0.0,
        output_tokens=served.output_tokens,
        minimum_tokens_per_s_per_user=served.tokens_per_s_per_user,
        maximum_seconds_to_first_token=_PATIENCE_SECONDS,
        utilisation=1.0,
        efficiency_gain_annual=0.0,
        speculation=drafts,
    )
    card, has_experts = catalog_table.chip_card(chip), shape.served.experts is not None
    known = calibrated(calibration(), card, served.precision, shape.label, has_experts, served.software)
    point = serving.choose_serving_point(known.chip, shape.served, workload)
    found = serving.serve(known.chip, shape.served, workload, point)
    return float(found.requests_per_chip_second) * served.output_tokens * 3600.0
