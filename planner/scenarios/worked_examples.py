"""The templates a new scenario may start from: documents that come with the product."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from planner.core.canonical_json import JsonValue, parse_strict
from planner.core.errors import InvalidInput, Problem
from planner.loads.shipped import archetype_named

FOLDER = Path(__file__).parent / "template_documents"
BLANK = "blank"
_IN_DEMO = ("amazon-openai-2026", "contract-without-equity", "nvidia-only-fleet")


@dataclass(frozen=True, slots=True)
class ScenarioTemplate:
    """One template: its name in addresses and commands, and what people read."""

    name: str
    title: str
    summary: str
    answers: str
    """The question it answers as it stands."""

    @property
    def is_worked(self) -> bool:
        """Whether its figures are those of a real case, each with its source."""
        return self.name != BLANK


def scenario_templates() -> list[ScenarioTemplate]:
    """Those that are installed: the worked example first, the blank one last."""
    known = _deals() + _variants()
    return [template for template in known if (FOLDER / f"{template.name}.json").exists()]


def _deals() -> list[ScenarioTemplate]:
    """One for each deal of which enough is public."""
    return [
        ScenarioTemplate(
            "amazon-openai-2026",
            _("Amazon x OpenAI 2026"),
            _("15 B paid and 35 B contingent for shares, against 138 B of compute, on the eve of an IPO."),
            _("Is the money back if the lab never lists?"),
        ),
        ScenarioTemplate(
            "amazon-anthropic-2026",
            _("Amazon x Anthropic 2026"),
            _(
                "5 B paid and 20 B on milestones for shares, against more than 100 B of compute over ten years."
            ),
            _("Do a hundred billion dollars and five gigawatts fit together?"),
        ),
        ScenarioTemplate(
            "google-anthropic-2026",
            _("Google x Anthropic 2026"),
            _("10 B paid at 350 B and 30 B on targets, against about 200 B of TPUs in five years."),
            _("What is a stake far below the market's price worth beside the contract?"),
        ),
        ScenarioTemplate(
            "amd-openai-warrants",
            _("AMD x OpenAI warrants"),
            _("Up to 6 GW of chips, and 160 million warrants on the provider's shares as the rebate."),
            _("How large a rebate do the warrants amount to?"),
        ),
    ]


def _variants() -> list[ScenarioTemplate]:
    """The first deal with one thing changed, and an empty one."""
    return [
        ScenarioTemplate(
            "contract-without-equity",
            _("Contract without equity"),
            _("The same compute sold for its price alone."),
            _("What does the contract earn by itself?"),
        ),
        ScenarioTemplate(
            "nvidia-only-fleet",
            _("NVIDIA-only fleet"),
            _("The same deal served without a second chip."),
            _("What is the second chip worth?"),
        ),
        ScenarioTemplate(
            "amazon-openai-families",
            _("Amazon x OpenAI 2026, families compete"),
            _("The same deal, the lab living from its family's share of a market with newcomers."),
            _("What if another model family wins?"),
        ),
        ScenarioTemplate(
            BLANK,
            _("Blank"),
            _(
                "One contract and one lot of chips. Figures of the deal are placeholders and say so; those of chips and"
                " market are general."
            ),
            _("Your own deal, from the ground up."),
        ),
    ]


def demo_examples() -> list[ScenarioTemplate]:
    """The three worked examples a demo shows with their runs already computed: more would make its first start slow."""
    return [template for template in worked_examples() if template.name in _IN_DEMO]


def worked_examples() -> list[ScenarioTemplate]:
    """The templates that stand for a real case."""
    return [template for template in scenario_templates() if template.is_worked]


def template_document(name: str) -> JsonValue:
    """The template's document. Raises InvalidInput naming the templates there are."""
    if name not in {template.name for template in scenario_templates()}:
        known = ", ".join(template.name for template in scenario_templates())
        sentence = _("There is no template “%(name)s”. It must be one of: %(known)s.")
        raise InvalidInput([Problem("template", sentence % {"name": name[:60], "known": known})])
    document = parse_strict(_text(name))
    return _with_replay(document) if isinstance(document, dict) else document


def _with_replay(document: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The document with what replay found of its load: the files name the archetype and leave its tables out."""
    load = document.get("load")
    found = archetype_named(str(load.get("key", ""))) if isinstance(load, dict) else None
    if not isinstance(load, dict) or found is None or "replay" in load:
        return document
    return {**document, "load": {**load, "replay": found.load["replay"]}}


@cache
def _text(name: str) -> bytes:
    return (FOLDER / f"{name}.json").read_bytes()
