"""`{% term "run" %}`: a word of the glossary where it appears, explained on the spot."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from planner.pages.words import WORDS

register = template.Library()
_BY_ANCHOR = {word.anchor: word for word in WORDS}


@register.simple_tag
def term(anchor: str, shown: str = "") -> SafeString:
    """A link to the word's place in the glossary, which the browser opens as a note beside it.

    `shown` is what is read, as the sentence needs it ("futures"); "" for the word itself. KeyError for a word that
    the glossary does not hold: a mistake of ours, found by the first look at the page.
    """
    word = _BY_ANCHOR[anchor]
    return format_html(
        '<a class="term" href="{}#{}" data-term="{}">{}</a>',
        reverse("pages:glossary"),
        anchor,
        word.meaning,
        shown or word.term,
    )
