"""The rows of the editor, drawn once for every page on which they look the same."""

import pickle
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from planner.scenarios.editor import EditorField, EditorSection

register = template.Library()
_KEPT = 2_048
"""Rows of some 3 kB; a page has 280, and scenarios made from one template share most of theirs."""


@register.simple_tag(takes_context=True)
def editor_field(context: dict[str, Any], field: EditorField, section: EditorSection) -> SafeString:
    """`{% editor_field field section %}`: `_field.html` of this field. Needs `newest`, the version last saved."""
    number = context["newest"].number if field.is_changed else 0  # said only beside what differs from it
    return _drawn(pickle.dumps((field, section.is_flat, number, get_language())))


@lru_cache(maxsize=_KEPT)
def _drawn(shown: bytes) -> SafeString:
    """The row from everything it shows and from nothing else, so that what is kept can never be out of date."""
    field, is_flat, number, _language = pickle.loads(shown)  # noqa: S301 - our own bytes of this very process
    context = {
        "field": field,
        "leaf": field.leaf,
        "section": {"is_flat": is_flat},
        "newest": {"number": number},
    }
    return render_to_string("scenarios/_field.html", context)
