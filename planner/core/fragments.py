"""Pages whose changing part htmx may fetch alone: which of the two an answer is, decided here for every view."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers


def wants_fragment(request: HttpRequest) -> bool:
    """True when htmx will swap the answer into a page that is there.

    Not so for a boosted link, nor when htmx goes back to a page it no longer keeps: both replace the whole body.
    """
    htmx = getattr(request, "htmx", None)
    if not htmx:  # None without the middleware, false for an ordinary visit
        return False
    return not htmx.boosted and not htmx.history_restore_request


def varied(answer: HttpResponse) -> HttpResponse:
    """The answer, marked as one of two that live at its address, so that no cache takes one for the other."""
    patch_vary_headers(answer, ("HX-Request", "HX-Boosted", "HX-History-Restore-Request"))
    return answer
