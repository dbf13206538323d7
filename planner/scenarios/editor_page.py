"""What the editor shows of a draft: walked, checked and compared with the version last saved, once a request."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from planner.core.errors import Problem
from planner.scenarios import queries
from planner.scenarios.changes import Change, differences, message_of
from planner.scenarios.editor import (
    id_of,
    is_about,
    linked_problems,
    problems_of,
    sections_of,
    sentence_at_field,
    texts_of_leaves,
)
from planner.scenarios.field_texts import Texts, value_texts
from planner.scenarios.merging import Contest
from planner.scenarios.models import Draft, Scenario, ScenarioVersion
from planner.scenarios.origins import origins_of
from planner.scenarios.paths import InputLeaf, Raw, walk
from planner.scenarios.running import hinges, preview_address
from planner.teams.models import User

_MOST_LOST = 12
"""Changes named before a draft is discarded; the rest are counted."""


@dataclass
class EditorState:
    """A draft as it stands now. What is costly is worked out when it is first asked for."""

    scenario: Scenario
    draft: Draft
    viewer: User

    @cached_property
    def raw(self) -> Raw:
        return queries.raw_of_draft(self.draft)

    @cached_property
    def leaves(self) -> list[InputLeaf]:
        return walk(self.raw)

    @cached_property
    def texts(self) -> Texts:
        return texts_of_leaves(self.leaves)

    @cached_property
    def problems(self) -> list[Problem]:
        return [] if self.is_as_saved else problems_of(self.raw)

    @cached_property
    def is_as_saved(self) -> bool:
        """Whether it holds what the newest version holds, which was valid when it was saved."""
        return self.raw == self.saved_raw

    @property
    def newest(self) -> ScenarioVersion:
        assert self.scenario.newest_version is not None
        return self.scenario.newest_version

    @cached_property
    def saved_raw(self) -> Raw:
        return queries.raw_of_version(self.newest)

    @cached_property
    def saved_leaves(self) -> list[InputLeaf]:
        return self.leaves if self.is_as_saved else walk(self.saved_raw)

    @cached_property
    def changes(self) -> list[Change]:
        """What differs from the version last saved."""
        if self.is_as_saved:
            return []
        return differences(self.saved_leaves, self.leaves, self.saved_raw, self.raw)

    def suggested_message(self, also_wrong: Iterable[Problem] = ()) -> str:
        """From the changes nothing is wrong with: none is suggested from values that cannot be saved."""
        wrong = [*self.problems, *also_wrong]
        right = [one for one in self.changes if not any(p.path.startswith(one.path) for p in wrong)]
        return message_of(right)

    @property
    def lost(self) -> list[str]:
        """What discarding the draft would lose, in words."""
        said = [change.sentence for change in self.changes[:_MOST_LOST]]
        rest = len(self.changes) - len(said)
        return [*said, _("and %(count)d more") % {"count": rest}] if rest else said

    @property
    def changes_words(self) -> str:
        """“3 changes since version 2”, beside the button."""
        return changes_words(len(self.changes), self.newest.number)

    @property
    def save_label(self) -> str:
        if not self.changes and not self.problems:
            return _("Run version %(number)d") % {"number": self.newest.number}
        return _("Save as version %(number)d and run") % {"number": self.newest.number + 1}

    def reset_texts(self, wish: str) -> Texts:
        """The texts that put one input back, of "default <path>" or "saved <path>"; {} when nothing is meant."""
        kind, _space, path = wish.partition(" ")
        leaf = next((one for one in self.leaves if one.path == path), None)
        if leaf is None:
            return {}
        if kind == "default" and leaf.has_default:
            return value_texts(leaf, leaf.default)
        before = next((one for one in self.saved_leaves if one.path == path), None)
        return value_texts(leaf, before.value) if kind == "saved" and before is not None else {}


def moved_words(draft: Draft, viewer: User) -> str:
    """Who changed the draft after it was opened, and when."""
    said = {
        "who": draft.edited_by.get_full_name() or draft.edited_by.username,
        "when": draft.edited_at.strftime("%H:%M"),
    }
    if draft.edited_by_id == viewer.pk:
        return _("You changed this draft in another tab or window at %(when)s UTC.") % said
    return _("%(who)s changed this draft at %(when)s UTC, after you opened it.") % said


def changes_words(count: int, number: int) -> str:
    """“3 changes since version 2”."""
    if count == 0:
        return _("No changes since version %(number)d") % {"number": number}
    if count == 1:
        return _("1 change since version %(number)d") % {"number": number}
    return _("%(count)d changes since version %(number)d") % {"count": count, "number": number}


def page_context(
    state: EditorState, *, shown: Texts, problems: list[Problem] | None = None, message: str = ""
) -> dict[str, Any]:
    """What `edit.html` needs. `shown` are texts in place of the draft's, `problems` those found on saving."""
    found = state.problems if problems is None else problems
    sections = sections_of(
        state.raw,
        {**state.texts, **shown},
        found,
        leaves=state.leaves,
        saved={leaf.path: leaf for leaf in state.saved_leaves},
        hinges=hinges(state.viewer, state.newest),
    )
    suggested = state.suggested_message(found)
    return {
        "scenario": state.scenario,
        "draft": state.draft,
        "state": state,
        "newest": state.newest,
        "sections": sections,
        "input_count": len(state.leaves),
        "problems": linked_problems(sections, found),
        "changes": state.changes,
        "message": message or suggested,
        "suggested_message": suggested,
        "lock": state.draft.lock,
        "opened": json.dumps({name: text for name, text in state.texts.items() if text}),
        "submission_key": uuid4(),
        "preview_address": preview_address(state.scenario),
        "origins": origins_of(state.viewer, state.raw),
    }


def contest_panel(contests: list[Contest], moved: str) -> str:
    """The panel in which somebody chooses, as HTML."""
    return render_to_string("scenarios/_conflict.html", {"contests": contests, "moved": moved})


def problems_for_page(state: EditorState, extra: Iterable[Problem] = ()) -> list[dict[str, str]]:
    """Every problem with the id of its field, as the page's script shows them; id "" for one without a field."""
    found: list[dict[str, str]] = []
    for problem in [*extra, *state.problems]:
        leaf = next((one for one in state.leaves if is_about(problem, one)), None)
        sentence = sentence_at_field(problem, leaf) if leaf else problem.message
        found.append({"id": id_of(leaf.path) if leaf else "", "message": sentence})
    return found
