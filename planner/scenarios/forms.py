"""What the scenario pages ask for, beside the editor itself."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from planner.core.library import LONGEST_NAME
from planner.teams.models import Level, Team

SORTS = {
    "name": _("Name"),
    "provider": _("Provider"),
    "lab": _("Lab"),
    "starts": _("Starts"),
    "ends": _("Ends"),
    "equity_usd": _("Equity"),
    "commitment_usd": _("Commitment"),
    "changed_at": _("Changed"),
}


def asked_sort(wanted: str) -> str:
    """The order asked for when it is one we offer, else newest first."""
    return wanted if wanted.removeprefix("-") in SORTS else "-changed_at"


def submission_key(posted: str | None) -> UUID | None:
    """The key a form carried against double clicks; None when it has none or a strange one."""
    try:
        return UUID(posted or "")
    except ValueError:
        return None


def whole_number(posted: str | None) -> int:
    """The lock a form carried; -1, which matches nothing, when it is not a number."""
    return int(posted) if posted and posted.isdecimal() and len(posted) < 10 else -1


class NewScenarioForm(forms.Form):
    """Name and start. The length is checked by the action, whose sentence says what is allowed."""

    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    start = forms.ChoiceField(label=_("Start from"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, starts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["start"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = starts


class ForkForm(forms.Form):
    """Name and team of the scenario a version is forked to."""

    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    team = forms.ChoiceField(label=_("Team"))

    def __init__(self, *args: Any, teams: list[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["team"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [(str(team.uuid), team.name) for team in teams]


class ShareForm(forms.Form):
    """With whom, and how much. Teams are named, not listed: nobody learns which teams exist."""

    whom = forms.CharField(
        label=_("Team"),
        max_length=120,
        required=False,
        help_text=_("Its exact name. Teams are not listed here, so that nobody learns which there are."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    everyone = forms.BooleanField(label=_("Everyone who signs in, instead of one team"), required=False)
    level = forms.TypedChoiceField(
        label=_("How much they see"),
        choices=[
            (
                Level.RESULTS.value,
                _(
                    "Results: outcomes in words, probabilities, worth and cash over time, and comparing them. "
                    "No input, price, ledger line, note or message."
                ),
            ),
            (
                Level.FULL.value,
                _(
                    "Full: everything of this version, with every input, source, note, its message and its ledger. "
                    "No other version, and not the draft."
                ),
            ),
        ],
        coerce=lambda value: Level(int(value)),
        initial=Level.RESULTS.value,
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        named = (cleaned.get("whom") or "").strip()
        cleaned["team"] = Team.objects.filter(name__iexact=named).first() if named else None
        if named and cleaned["team"] is None:
            self.add_error(
                "whom", _("There is no team of exactly this name. Ask its members how it is written.")
            )
        if named and cleaned.get("everyone"):
            self.add_error("whom", _("Name a team or choose everyone, not both."))
        if not named and not cleaned.get("everyone"):
            self.add_error("whom", _("Name a team, or choose everyone."))
        return cleaned
