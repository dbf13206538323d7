"""Which terms do not go together. Decided in the modules named here and nowhere else; editor, API and versions ask."""

from planner.core.documents import repeated_keys
from planner.deals.documents.compute_conflicts import compute_conflicts
from planner.deals.documents.conflict import TermConflict
from planner.deals.documents.equity_conflicts import equity_conflicts
from planner.deals.documents.pair_conflicts import pair_conflicts
from planner.deals.documents.reference_conflicts import reference_conflicts
from planner.deals.documents.terms import TermDocument


def conflicts_between(terms: tuple[TermDocument, ...]) -> list[TermConflict]:
    """Everything about the terms that must stop or warn, errors first, in the order of the terms."""
    found = [TermConflict(problem.path, problem.message, True) for problem in repeated_keys("terms", terms)]
    found += reference_conflicts(terms)
    for term in terms:
        found += compute_conflicts(term, terms) + equity_conflicts(term, terms)
    found += pair_conflicts(terms)
    return sorted(found, key=lambda conflict: not conflict.is_error)
