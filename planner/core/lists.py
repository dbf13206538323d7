"""Lists that people search, sort and page: what was asked, as the links of the page carry it on."""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict


def without(question: QueryDict, *names: str) -> str:
    """What was asked without these parts, ready to have another part added."""
    kept = question.copy()
    for name in names:
        kept.pop(name, None)
    text = kept.urlencode()
    return f"{text}&" if text else ""


def sortable(question: QueryDict, columns: Iterable[tuple[str, Any]], sort: str) -> list[dict[str, Any]]:
    """Every column with its title, how it is sorted now ("" when not), and the question that sorts by it.

    `sort` is the name of the column the list is sorted by, with a minus in front when downwards.
    """
    rest = without(question, "page", "sort")
    return [
        {
            "name": name,
            "title": title,
            "state": {name: "ascending", f"-{name}": "descending"}.get(sort, ""),
            "query": f"{rest}sort={'-' if sort == name else ''}{name}",
        }
        for name, title in columns
    ]
