"""What a person says when asking for a run."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from planner.core.errors import InvalidInput, Problem


class RunForm(forms.Form):
    """Draws and seed; empty means the installation's default. Ranges are checked by the action."""

    draws = forms.IntegerField(label=_("Futures"), required=False)
    seed = forms.IntegerField(label=_("Seed"), required=False)

    def refusal(self) -> InvalidInput:
        """Every error of the form as a problem."""
        found: list[Any] = [(name, said) for name, all_said in self.errors.items() for said in all_said]
        return InvalidInput([Problem(name, f"{self.fields[name].label}: {said}") for name, said in found])
