"""The draft as the open editor saves it while somebody types: JSON in, JSON out."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from planner.core.canonical_json import parse_strict
from planner.core.errors import Conflict, InvalidInput, Problem
from planner.scenarios import queries
from planner.scenarios.draft_saving import Saved, save_texts
from planner.scenarios.editor_page import EditorState, contest_panel, moved_words, problems_for_page
from planner.scenarios.field_texts import Texts
from planner.scenarios.forms import whole_number
from planner.teams.access import has_role
from planner.teams.models import Role
from planner.teams.people import signed_in


@never_cache
@require_POST
def draft(request: HttpRequest, uuid: UUID) -> JsonResponse:
    """Saves changed fields: `{"lock", "texts": {name: text}, "opened": {name: text}}`.

    Answers with the new lock, the texts as stored, every problem by field and what differs from the version. 409 with
    both values when somebody else changed the same input; the other fields are saved all the same.
    """
    viewer = signed_in(request)
    scenario = queries.scenario_for(viewer, uuid)
    if not has_role(viewer, scenario.team, Role.ANALYST):
        raise Http404
    try:
        lock, texts, opened = _asked(request)
        saved = save_texts(
            scenario=scenario, editor=viewer, lock=lock, posted=texts, opened=opened, keeps_rest=True
        )
    except InvalidInput as error:
        return JsonResponse({"message": " ".join(p.message for p in error.problems)}, status=422)
    except Conflict as conflict:
        return JsonResponse({"message": conflict.message}, status=409)
    state = EditorState(scenario, queries.draft_of(scenario), viewer)
    return JsonResponse(_answer(state, saved, texts), status=409 if saved.merge.contests else 200)


def _answer(state: EditorState, saved: Saved, sent: Texts) -> dict[str, Any]:
    contests = saved.merge.contests
    moved = moved_words(saved.before, state.viewer) if saved.has_moved else ""
    texts = state.texts if saved.has_moved else {n: state.texts[n] for n in sent if n in state.texts}
    return {
        "lock": saved.draft.lock,
        "saved": _("Draft saved %(when)s UTC") % {"when": state.draft.edited_at.strftime("%H:%M")},
        "moved": moved,
        "texts": texts,
        "refused": [name for problem in saved.refused for name in sent if name.startswith(problem.path)],
        "problems": problems_for_page(state, saved.refused),
        "version": state.newest.number,
        "changes": len(state.changes),
        "changes_words": state.changes_words,
        "lost": state.lost,
        "message": state.suggested_message(),
        "save_label": state.save_label,
        "contests": [{"key": one.key, "seen": one.seen} for one in contests],
        "panel": contest_panel(contests, moved) if contests else "",
    }


def _asked(request: HttpRequest) -> tuple[int, Texts, Texts]:
    """Lock, texts and what they were opened with. Raises InvalidInput when the body says anything else."""
    body = parse_strict(request.body)
    if not isinstance(body, dict):
        raise InvalidInput([Problem("", _("The body must be an object with named fields."))])
    return whole_number(str(body.get("lock"))), _texts(body.get("texts")), _texts(body.get("opened"))


def _texts(held: Any) -> Texts:
    if held is None:
        return {}
    if not isinstance(held, dict) or not all(isinstance(text, str) for text in held.values()):
        raise InvalidInput([Problem("texts", _("Texts must be an object of texts by field."))])
    return held
