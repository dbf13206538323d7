"""A result document turned into what its page says: sentence, tiles, charts, tables. It words and formats; it never
computes a result.

Everything here is a plain function of the document, so that a page, a test and an export say the same.
"""

from planner.runs.presentation.outcomes import Headline
from planner.runs.presentation.pages import build, build_results_level, headline
from planner.runs.presentation.sides import LAB, PROVIDER, side_named

__all__ = ["LAB", "PROVIDER", "Headline", "build", "build_results_level", "headline", "side_named"]
