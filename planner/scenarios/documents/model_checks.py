"""Rules that tie the parts of a model together, for scenarios and cost tables alike."""

from django.utils.translation import gettext as _

from planner.core.documents import Spread
from planner.core.errors import Problem
from planner.core.quantities import QuantityDocument
from planner.scenarios.documents.serving import AttentionDocument, ExpertsDocument, GroupedQueryDocument


def problems_of_model(
    *,
    layers: int,
    attention: AttentionDocument,
    experts: ExpertsDocument | None,
    active_b: QuantityDocument,
    total_b: QuantityDocument,
    embedding_b: float,
) -> list[Problem]:
    """Every part that contradicts another, at the path of a field from the model on; billions of parameters."""
    found = _about_layers(layers, attention) if isinstance(attention, GroupedQueryDocument) else []
    found += _about_experts(layers, experts) if experts else []
    return found + _about_parameters(active_b, total_b, embedding_b)


def _about_layers(layers: int, attention: GroupedQueryDocument) -> list[Problem]:
    found = []
    limited = attention.windowed_layers + attention.linear_layers
    if limited > layers:
        sentence = _("Windowed and linear layers are %(stated)d together. The model has %(layers)d layers.")
        field = "linear_layers" if attention.linear_layers else "windowed_layers"
        found.append(Problem(f"attention.{field}", sentence % {"stated": limited, "layers": layers}))
    if attention.windowed_layers and attention.window_tokens < 1:
        sentence = _("Window is 0 tokens. It must be at least 1: the model has %(count)d windowed layers.")
        found.append(Problem("attention.window_tokens", sentence % {"count": attention.windowed_layers}))
    if attention.linear_layers and not attention.linear_state_values > 0.0:
        sentence = _(
            "State of a linear layer is 0. It must be above 0: the model has %(count)d linear layers."
        )
        found.append(Problem("attention.linear_state_values", sentence % {"count": attention.linear_layers}))
    return found


def _about_experts(layers: int, experts: ExpertsDocument) -> list[Problem]:
    found = []
    if experts.per_token > experts.count:
        sentence = _("Experts per token is %(used)d. It must be at most the %(count)d experts there are.")
        said = {"used": experts.per_token, "count": experts.count}
        found.append(Problem("experts.per_token", sentence % said))
    if experts.layers > layers:
        sentence = _("Layers with experts is %(stated)d. The model has %(layers)d layers.")
        found.append(Problem("experts.layers", sentence % {"stated": experts.layers, "layers": layers}))
    return found


def _about_parameters(
    active_b: QuantityDocument, total_b: QuantityDocument, embedding_b: float
) -> list[Problem]:
    """Ranges are refused where no draw of theirs could be right; the embedding has to fit into every draw."""
    found = []
    least, most = _ends(total_b)
    used = _ends(active_b)[0]
    if used > most:
        sentence = _("Active parameters is %(used)s. It must be at most the total parameters, %(most)s.")
        said = {"used": f"{used:.10g}", "most": f"{most:.10g}"}
        found.append(Problem("active_parameters_b", sentence % said))
    if embedding_b >= least:
        sentence = _("Embedding parameters is %(held)s. It must be below the total parameters, %(least)s.")
        said = {"held": f"{embedding_b:.10g}", "least": f"{least:.10g}"}
        found.append(Problem("embedding_parameters_b", sentence % said))
    return found


def _ends(held: QuantityDocument) -> tuple[float, float]:
    return held.extremes() if isinstance(held, Spread) else (held, held)
