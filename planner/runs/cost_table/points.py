"""The three operating points the table offers; their lengths and limits can be changed by who asks."""

from django.utils.translation import gettext_noop

from planner.runs.cost_table.documents import PointDocument


def _point(key: str, label: str, prompt: float, speed: float, wait: float) -> PointDocument:
    return PointDocument(
        key=key,
        label=label,
        input_tokens=prompt,
        output_tokens=1024.0,
        minimum_tokens_per_s_per_user=speed,
        maximum_seconds_to_first_token=wait,
    )


POINTS = {
    "batch": _point("batch", gettext_noop("Batch"), 1024.0, 10.0, 60.0),
    "standard": _point("standard", gettext_noop("Standard"), 8192.0, 30.0, 10.0),
    "fast": _point("fast", gettext_noop("Fast"), 1024.0, 80.0, 2.0),
}
"""Work overnight, a chat over a long prompt, a reply while somebody waits."""
