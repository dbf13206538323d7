"""What an input holds, for pages that show a part without fields to type in."""

from django import template

from planner.scenarios.changes import words_of
from planner.scenarios.paths import InputLeaf

register = template.Library()


@register.filter
def in_words(leaf: InputLeaf) -> str:
    """With its unit."""
    return words_of(leaf)
