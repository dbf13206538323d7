"""What every term has: a key that never changes its meaning, and a name."""

from typing import Any

from django.utils.translation import gettext_noop as _

from planner.core.documents import Document, Key, choice, listed, words


class Term(Document):
    """One mechanism of a deal; a key and a name beside its parameters."""

    key: Key = words(_("Key"), _("A stable short name; it never changes its meaning."), longest=60)
    label: str = words(_("Name"), _("What people call this term."), default="")


def kind_word(kind: str, said: str) -> Any:
    """The field that marks a kind of term in the union; `said` is the kind in plain words."""
    return choice(_("Kind"), _("What this term is."), {kind: said})


def contract_key() -> Any:
    """The field that names the compute contract a term belongs to."""
    return words(_("Contract"), _("The key of the compute contract it belongs to."), longest=60)


def tranche_keys() -> Any:
    """The field that names the tranches a term is about."""
    return listed(_("Tranches"), _("Keys of the tranches it covers."), most=50)
