"""The templates a new scenario may start from: documents that come with the product."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from planner.core.canonical_json import JsonValue, parse_strict
from planner.core.errors import InvalidInput, Problem

_FOLDER = Path(__file__).parent / "template_documents"


@dataclass(frozen=True, slots=True)
class ScenarioTemplate:
    """One template: its name in addresses and commands, and what people read."""

    name: str
    title: str
    summary: str


def scenario_templates() -> list[ScenarioTemplate]:
    """Those that are installed, the worked example first."""
    known = [
        ScenarioTemplate(
            "amazon-openai-2026",
            _("Amazon x OpenAI 2026"),
            _("15 B paid and 35 B contingent for shares, against 138 B of compute, on the eve of an IPO."),
        ),
        ScenarioTemplate(
            "contract-without-equity",
            _("Contract without equity"),
            _("The same compute sold for its price alone."),
        ),
        ScenarioTemplate(
            "nvidia-only-fleet",
            _("NVIDIA-only fleet"),
            _("The same deal served without a second chip."),
        ),
    ]
    return [template for template in known if (_FOLDER / f"{template.name}.json").exists()]


def template_document(name: str) -> JsonValue:
    """The template's document. Raises InvalidInput naming the templates there are."""
    if name not in {template.name for template in scenario_templates()}:
        known = ", ".join(template.name for template in scenario_templates())
        sentence = _("There is no template “%(name)s”. It must be one of: %(known)s.")
        raise InvalidInput([Problem("template", sentence % {"name": name[:60], "known": known})])
    return parse_strict(_text(name))


@cache
def _text(name: str) -> bytes:
    return (_FOLDER / f"{name}.json").read_bytes()
