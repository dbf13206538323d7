"""What is at stake when it does not work, and what it returns: gaps, exposure, tails, rates, marks, after tax (E32)."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from planner.core.formatting import DASH, count, is_missing, money, multiple, percent, quarter, rate
from planner.runs.presentation.figures import FigureRow, FigureTable, members, share_of
from planner.runs.presentation.outcomes import Result, has_equity, part
from planner.runs.presentation.sides import PROVIDER
from planner.runs.presentation.tax import after_tax


def when_it_goes_wrong(result: Result) -> FigureTable | None:
    labels, tails = list(result.get("quarters") or []), result.get("tails") or {}
    if "provider_npv_usd" not in tails:
        return None

    def spread(title: str, name: str, says: str) -> FigureRow | None:
        if part(result, name) is None:
            return None
        return FigureRow(title, [money(part(result, name)), money(part(result, name, "p95"))], says)

    when = quarter(part(result, "deepest_cash_out_quarter", "p50"), labels)
    rows: Iterable[FigureRow | None] = (
        spread(
            _("Missing, where it is not back"),
            "shortfall_given_failure_usd",
            _("No IPO, discounted, at the end of the horizon; futures with the money back are left out."),
        )
        if has_equity(result)
        else None,
        spread(
            _("Cash out when the lab defaults"),
            "exposure_at_default_usd",
            _("Whole book, undiscounted, at the end of the quarter of default; other futures are left out."),
        ),
        spread(
            _("Deepest cash out"),
            "deepest_cash_out_usd",
            _("Whole book, undiscounted; reached in %(quarter)s in the median future.") % {"quarter": when},
        ),
        _tail_row(_("Worth to the provider, worst 5%"), tails["provider_npv_usd"]),
        _tail_row(_("The same, no IPO"), tails.get("provider_npv_no_ipo_usd")),
    )
    heads = [_("Mean"), _("95% at or below")]
    says = _(
        "What is at stake when it does not work. A mean of the worst 5% is exact over the run's own futures."
    )
    kept = [row for row in rows if row is not None]
    return FigureTable("when-wrong", _("When it goes wrong"), says, heads, kept)


def _tail_row(title: str, tail: dict[str, float] | None) -> FigureRow | None:
    if not tail or is_missing(tail["mean"]):
        return None
    said = _("Mean of the %(futures)s worst futures.") % {"futures": count(tail["draws"])}
    return FigureRow(title, [money(tail["mean"]), ""], said)


def returns(result: Result) -> FigureTable | None:
    found = members(result, "provider_irr")
    if not found:
        return None
    rows = [
        FigureRow(
            _("Rate of return"),
            [rate(part(result, "provider_irr", "p50")), _ends(result, "provider_irr")],
            reasons(found),
        )
    ]
    if part(result, "provider_moic") is not None:
        rows.append(
            FigureRow(
                _("Multiple of equity"),
                [multiple(part(result, "provider_moic", "p50")), _ends(result, "provider_moic")],
                _("What contracts net and shares bring, over the equity paid: undiscounted, over no equity."),
            )
        )
    second = members(result, "second")
    if sum(second.values()):
        paid = sum(second.values())
        rows.append(
            FigureRow(
                _("Second recovery, from shares sold"),
                [share_of(second["back"], paid), ""],
                _(
                    "%(part)s of futures get a part of it, %(nothing)s nothing; what is still held is a mark, no cash."
                )
                % {"part": share_of(second["part"], paid), "nothing": share_of(second["nothing"], paid)},
            )
        )
    rows += _more_worth(result)
    heads = [_("Median"), _("90% inside")]
    return FigureTable("returns", _("Returns"), _("With an IPO possible."), heads, rows)


def _more_worth(result: Result) -> list[FigureRow]:
    """What is still held, apart from all cash, with how far its mark swings; and the worth after tax, if taxed."""
    rows = []
    if part(result, "private_stake_mark_usd") is not None and has_equity(result):
        swing = percent(part(result, "mark_noise_quarterly"), 0)
        said = _(
            "Held and not listed at the end; a mark, in no other figure. Marks swing by %(swing)s a quarter."
        )
        name = "private_stake_mark_usd"
        rows.append(
            FigureRow(
                _("Mark of the stake"),
                [money(part(result, name, "p50")), _ends(result, name)],
                said % {"swing": swing},
            )
        )
    rows += [
        FigureRow(title, [money(part(result, name, "p50")), _ends(result, name)], says)
        for title, name, says in after_tax(result, PROVIDER)
    ]
    return rows


def reasons(found: Mapping[str, int]) -> str:
    """Why some futures have no rate of return, and how many have several; "" when all have exactly one."""
    everyone = sum(found.values())
    words = {
        "several_roots": _("several rates fit in %(share)s, the one nearest zero is taken"),
        "no_root": _("none fits in %(share)s"),
        "all_lost": _("everything is lost in %(share)s, counted as (100%%)"),
        "outside_grid": _("it is beyond any sensible rate in %(share)s"),
    }
    said = [
        words[name] % {"share": share_of(found[name], everyone)} for name in words if found.get(name, 0) > 0
    ]
    if not said:
        return _("Every future has exactly one.")
    return _("Of all futures: %(reasons)s.") % {"reasons": "; ".join(said)}


def _ends(result: Result, name: str) -> str:
    writer = rate if name.endswith("irr") else money if name.endswith("usd") else multiple
    low, high = part(result, name, "p05"), part(result, name, "p95")
    if low is None or high is None:
        return ""
    said = {"low": writer(low).replace(DASH, "0"), "high": writer(high).replace(DASH, "0")}
    return _("%(low)s to %(high)s") % said
