"""The Money back tab: three probabilities always together, fates, the 2x2 table, counterfactuals, prepayment (E32)."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from planner.core.formatting import (
    count,
    futures_share,
    is_missing,
    money,
    multiple,
    percent,
    quarter,
    rate,
)
from planner.runs.presentation.figures import FigureRow, FigureTable, futures, members, share_of
from planner.runs.presentation.outcomes import Result, has_equity, part
from planner.runs.presentation.sides import PROVIDER
from planner.runs.presentation.tax import after_tax


def tables(result: Result) -> list[FigureTable]:
    """The provider's tables, as many as the result can fill, in the order a reader asks."""
    equity = (_three_answers, _fates, _two_by_two) if has_equity(result) else ()
    both = (
        *equity,
        _counterfactuals,
        _the_ipo,
        *((_prepayment,) if equity else ()),
        _when_it_goes_wrong,
        _returns,
    )
    found = [build(result) for build in both]
    return [table for table in found if table is not None and table.rows]


def _three_answers(result: Result) -> FigureTable | None:
    ends = members(result, "ipo_and_recovery")
    if not ends or part(result, "recovered_do_no_ipo_cash") is None:
        return None
    everyone, unlisted = sum(ends.values()), ends["unlisted_back"] + ends["unlisted_not_back"]
    rows = [
        FigureRow(
            _("No IPO can happen"),
            [
                _share(result, "recovered_do_no_ipo_cash"),
                _share(result, "recovered_do_no_ipo_accounting"),
                count(everyone),
            ],
            _(
                "The same futures with the way to an IPO closed: funding, value, demand and default respond. This is"
                " the headline."
            ),
            is_main=True,
        ),
        FigureRow(
            _("Only money that needs no IPO"),
            [_share(result, "recovered_not_needing_ipo_cash"), "", count(everyone)],
            _(
                "An IPO may happen, but what it brings is not counted. The lab's survival may still lean on it."
            ),
        ),
        FigureRow(
            _("No IPO did happen"),
            [_share(result, "recovered_given_no_ipo_cash"), "", count(unlisted)],
            _(
                "Only futures in which the lab did not list. They are the poorer ones, which blames the deal for it."
            ),
        ),
    ]
    default = futures_share(part(result, "lab_default_by_contract_end"))
    shut = part(result, "lab_default_no_ipo_by_contract_end")
    says = _(
        "Back means back at some quarter and at every later one, over the same deal without the equity. The lab"
        " defaults under contract in %(default)s of futures, in %(shut)s where no IPO can happen."
    ) % {"default": default, "shut": futures_share(shut)}
    heads = [_("Back in cash"), _("On the books"), _("Futures behind it")]
    return FigureTable("three-answers", _("Is the money back without an IPO?"), says, heads, rows)


def _fates(result: Result) -> FigureTable | None:
    found = members(result, "fate")
    if not found:
        return None
    everyone = sum(found.values())
    words = (
        ("stays", _("Back and stays"), _("Back in cash at some quarter and at every later one.")),
        (
            "reversed_by_tranche",
            _("Reversed by a later tranche"),
            _(
                "Back once, out again at the end, and what was paid for shares after the first touch is the whole gap."
            ),
        ),
        (
            "reversed_by_losses",
            _("Reversed by losses"),
            _("Back once, and lost again by the contract itself."),
        ),
        ("not_yet", _("Not yet"), _("Never back up to the end of the horizon.")),
    )
    rows = [
        FigureRow(title, [share_of(found.get(name, 0), everyone), count(found.get(name, 0))], says)
        for name, title, says in words
    ]
    labels = list(result.get("quarters") or [])
    says = _(
        "With no IPO, one fate a future: the shares add up to 100%%. Among futures that touch, the first touch comes in"
        " %(touch)s in the median; among those that stay, it is back for good by %(stay)s."
    ) % {
        "touch": quarter(part(result, "first_touch_quarter_cash_no_ipo", "p50"), labels),
        "stay": quarter(part(result, "recovery_quarter_cash_no_ipo", "p50"), labels),
    }
    return FigureTable("fates", _("What becomes of the equity"), says, [_("Share"), _("Futures")], rows)


def _two_by_two(result: Result) -> FigureTable | None:
    ends = members(result, "ipo_and_recovery")
    if not ends:
        return None
    everyone = sum(ends.values())

    def cells(*names: str) -> list[str]:
        return [f"{count(ends[name])} ({share_of(ends[name], everyone)})" for name in names]

    rows = [
        FigureRow(_("The lab lists"), cells("listed_back", "listed_not_back")),
        FigureRow(_("The lab does not list"), cells("unlisted_back", "unlisted_not_back")),
    ]
    says = _(
        "Futures with an IPO possible, by whether it comes and whether the cash is back from what needs none."
    )
    return FigureTable("two-by-two", _("IPO or not, back or not"), says, [_("Back"), _("Not back")], rows)


def _counterfactuals(result: Result) -> FigureTable | None:
    against = part(result, "provider_npv_over_no_deal_usd")
    rows = []
    if has_equity(result):
        rows = [
            FigureRow(
                _("Over the same deal without the equity"),
                [
                    _share(result, "recovered_do_no_ipo_cash"),
                    money(part(result, "provider_npv_usd", "p50")),
                    money(part(result, "lab_npv_usd", "p50")),
                ],
                _(
                    "What the equity bought: contracts that would not have been kept. The headline counts this."
                ),
                is_main=True,
            ),
            FigureRow(
                _("By the contracts alone"),
                [_share(result, "recovered_contractual_do_no_ipo_cash"), "", ""],
                _("All contracts count, also those signed earlier and those the lab would have kept anyway."),
            ),
        ]
    if against is not None:
        back = _share(result, "recovered_over_no_deal_do_no_ipo_cash") if has_equity(result) else ""
        rows.append(
            FigureRow(
                _("Over no deal at all"),
                [
                    back,
                    money(part(result, "provider_npv_over_no_deal_usd", "p50")),
                    money(part(result, "lab_npv_over_no_deal_usd", "p50")),
                ],
                _(
                    "Neither the equity nor a new contract: contracts signed earlier stay, and capacity that would have"
                    " been built all the same is sold at the market after a lag."
                ),
            )
        )
    heads = [_("Back in cash, no IPO"), _("Worth to the provider"), _("Worth to the lab")]
    says = _(
        "Every figure is a difference on the same futures. Values are medians of today's worth, an IPO possible."
    )
    return FigureTable("counterfactuals", _("Compared with what?"), says, heads, rows)


def _the_ipo(result: Result) -> FigureTable | None:
    if part(result, "ipo_by_horizon_no_deal") is None:
        return None
    labels = list(result.get("quarters") or [])

    def cells(suffix: str) -> list[str]:
        return [
            _share(result, f"ipo_by_horizon{suffix}"),
            quarter(part(result, f"listing_quarter{suffix}", "p50"), labels),
            multiple(part(result, f"listing_multiple{suffix}", "p50")),
        ]

    rows = [
        FigureRow(_("With the deal"), cells("")),
        FigureRow(_("Without the deal"), cells("_no_deal"), _("Neither the equity nor a new contract.")),
    ]
    says = _(
        "What the deal does to the IPO. Quarter and multiple of yearly revenue are medians of the futures that list."
    )
    heads = [_("The lab lists"), _("In"), _("At")]
    return FigureTable("the-ipo", _("The IPO with and without the deal"), says, heads, rows)


def _prepayment(result: Result) -> FigureTable | None:
    told = result.get("prepayment")
    if not told:
        return None
    rows = [
        FigureRow(title, [money(leg["mean_usd"]), money(leg["certainty_equivalent_usd"])], says)
        for title, leg, says in (
            (
                _("Benefits that need no IPO"),
                told["not_needing"],
                _("Margin of the contracts over no equity and a sale of the company, no IPO possible."),
            ),
            (
                _("Proceeds that need an IPO"),
                told["needing"],
                _("What the shares bring through an IPO, when one may come."),
            ),
        )
    ]
    correlation = told["correlation"]
    also = ""
    if correlation is not None:
        also = _(
            " The two move together by %(correlation)s (1: always, -1: against each other). The sure amount is what an"
            " investor with a risk tolerance of %(tolerance)s, the equity of all tranches, would take instead."
        ) % {"correlation": f"{correlation:.2f}", "tolerance": money(told["risk_tolerance_usd"])}
    heads = [_("Expected, today's value"), _("Sure amount worth as much")]
    return FigureTable(
        "prepayment",
        _("Has the IPO been paid in advance?"),
        prepayment_words(told["ratio"]) + also,
        heads,
        rows,
    )


def prepayment_words(ratio: float | None) -> str:
    """The prepayment ratio as a sentence."""
    if ratio is None:
        return _("No future brings money through an IPO, so there is nothing that could be paid in advance.")
    if ratio <= 0:
        return _(
            "Not at all: for each dollar an IPO is expected to bring, what needs no IPO costs %(cents)s more than it"
            " brings."
        ) % {"cents": money(-ratio)}
    if ratio < 1:
        return _(
            "In part: for each dollar an IPO is expected to bring, %(cents)s comes without one (ratio %(ratio)s)."
        ) % {"cents": money(ratio), "ratio": f"{ratio:.2f}"}
    return _(
        "Yes: what needs no IPO is expected to bring %(ratio)s times what an IPO is expected to bring."
    ) % {"ratio": f"{ratio:.2f}"}


def _when_it_goes_wrong(result: Result) -> FigureTable | None:
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


def _returns(result: Result) -> FigureTable | None:
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
                _("All money in over the equity paid, undiscounted, over no equity."),
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


def reasons(found: dict[str, int] | object) -> str:
    """Why some futures have no rate of return, and how many have several; "" when all have exactly one."""
    assert isinstance(found, dict)
    everyone = sum(found.values())
    words = {
        "several_roots": _("several rates fit in %(share)s, the one nearest zero is taken"),
        "no_root": _("none fits in %(share)s"),
        "all_lost": _("everything is lost in %(share)s, counted as -100%%"),
        "outside_grid": _("it is beyond any sensible rate in %(share)s"),
    }
    said = [
        words[name] % {"share": share_of(found[name], everyone)} for name in words if found.get(name, 0) > 0
    ]
    if not said:
        return _("Every future has exactly one.")
    return _("Of all futures: %(reasons)s.") % {"reasons": "; ".join(said)}


def _share(result: Result, name: str) -> str:
    return futures_share(part(result, name))


def _ends(result: Result, name: str) -> str:
    writer = rate if name.endswith("irr") else money if name.endswith("usd") else multiple
    low, high = part(result, name, "p05"), part(result, name, "p95")
    return (
        ""
        if low is None or high is None
        else _("%(low)s to %(high)s") % {"low": writer(low), "high": writer(high)}
    )


__all__ = ["futures", "prepayment_words", "reasons", "tables"]
