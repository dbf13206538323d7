"""The table in words, for the Method page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from planner.core.formatting import count, futures_share, money, percent
from planner.runs.headline_defence import table
from planner.runs.headline_defence.variants import VARIANTS, Variant
from planner.runs.presentation.inputs import words_of_input


@dataclass(frozen=True, slots=True)
class Row:
    """What is changed, and the figures then."""

    says: str
    average_gw: str
    cash: str
    books: str
    default: str
    worth: str
    is_base: bool


@dataclass(frozen=True, slots=True)
class Driver:
    """One input that drives the headline, with the headline at its ends."""

    title: str
    group: str
    alone: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Defence:
    """All of the section; `receipt` says what the figures were computed with."""

    sentence: str
    rows: list[Row]
    drivers: list[Driver]
    receipt: str


def defence() -> Defence:
    """The stored table as it is shown."""
    held = table.stored()
    by_key = {row["key"]: row for row in held["rows"]}
    base, sceptic, believer = (by_key[key] for key in ("as_it_is", "sceptic", "believer"))
    said = _(
        "With no IPO, the equity of Amazon x OpenAI is back in cash in %(cash)s of futures and on the books in"
        " %(books)s. Books spread capital over its life and do not discount; cash pays it first and does. A sceptic"
        " comes to %(low_cash)s and %(low_books)s, a believer to %(high_cash)s and %(high_books)s."
    )
    sentence = said % {
        "cash": futures_share(base["cash"]),
        "books": futures_share(base["books"]),
        "low_cash": futures_share(sceptic["cash"]),
        "low_books": futures_share(sceptic["books"]),
        "high_cash": futures_share(believer["cash"]),
        "high_books": futures_share(believer["books"]),
    }
    error = max(max(row["cash_error"], row["books_error"]) for row in held["rows"])
    receipt = _(
        "%(draws)s futures a row, seed %(seed)s, engine %(engine)s; every row on the same luck. A share is within"
        " %(points)s points of what endless futures would give, in 95 of 100 cases."
    ) % {
        "draws": count(held["draws"]),
        "seed": held["seed"],
        "engine": held["engine_version"],
        "points": f"{error * 196:.1f}",
    }
    return Defence(sentence, [_row(one, by_key[one.key]) for one in VARIANTS], _drivers(), receipt)


def _row(variant: Variant, held: Mapping[str, Any]) -> Row:
    return Row(
        says=_(variant.says),
        average_gw="" if held["average_gw"] is None else f"{held['average_gw']:.2f}",
        cash=futures_share(held["cash"]),
        books=futures_share(held["books"]),
        default=futures_share(held["default"]),
        worth=money(held["worth_no_ipo_usd"]),
        is_base=variant.key == "as_it_is",
    )


def _drivers() -> list[Driver]:
    raw = table.document()
    found = []
    for one in table.stored()["drivers"]:
        leaf = words_of_input(raw, one["path"])
        if leaf is None:
            continue
        ends = futures_share(one["low_share"]), futures_share(one["high_share"])
        found.append(Driver(leaf.title, leaf.group, percent(one["alone"]), *ends))
    return found
