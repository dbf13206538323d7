"""The Money back tab: three probabilities always together, fates, the 2x2 table, counterfactuals, prepayment (E32)."""

from django.utils.translation import gettext as _

from planner.core.formatting import (
    count,
    futures_share,
    money,
    multiple,
    quarter,
)
from planner.runs.presentation import at_stake
from planner.runs.presentation.figures import FigureRow, FigureTable, members, share_of
from planner.runs.presentation.outcomes import Result, has_equity, part
from planner.runs.presentation.sides import LAB, PROVIDER


def tables(result: Result) -> list[FigureTable]:
    """The provider's tables, as many as the result can fill, in the order a reader asks."""
    equity = (_three_answers, _fates, _two_by_two) if has_equity(result) else ()
    both = (
        *equity,
        _counterfactuals,
        _the_ipo,
        *((_prepayment,) if equity else ()),
        at_stake.when_it_goes_wrong,
        at_stake.returns,
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
                "An IPO may happen, but what it brings is not counted; shares that it obliges to buy are counted as"
                " paid. The lab's survival may still lean on it."
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
    heads = [_("Back in cash"), _("On the books"), _("Futures behind it")]
    title = _("Is the money back without an IPO?")
    return FigureTable("three-answers", title, _beside_the_answers(result), heads, rows)


def _beside_the_answers(result: Result) -> str:
    """What back means, and the default probability that belongs beside every headline."""
    return _(
        "Back means back at some quarter and at every later one, over the same deal without the equity. The lab"
        " defaults under contract in %(default)s of futures, in %(shut)s where no IPO can happen."
    ) % {
        "default": futures_share(part(result, "lab_default_by_contract_end")),
        "shut": futures_share(part(result, "lab_default_no_ipo_by_contract_end")),
    }


def _fates(result: Result) -> FigureTable | None:
    found = members(result, "fate")
    if not found:
        return None
    everyone = sum(found.values())
    words = (
        (
            "stays",
            _("Back and stays"),
            _("Back in cash and back ever after; also where nothing is paid for shares and nothing lost."),
        ),
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


def _counterfactuals(result: Result) -> FigureTable:
    rows = [*(_over_no_equity(result) if has_equity(result) else []), *_over_no_deal(result)]
    heads = [_("Back in cash, no IPO"), _("Worth to the provider"), _("Worth to the lab")]
    says = _(
        "Every figure is a difference on the same futures. Values are medians of today's worth, an IPO possible."
    )
    return FigureTable("counterfactuals", _("Compared with what?"), says, heads, rows)


def _over_no_equity(result: Result) -> list[FigureRow]:
    worth = [money(part(result, f"{side}_npv_usd", "p50")) for side in (PROVIDER, LAB)]
    return [
        FigureRow(
            _("Over the same deal without the equity"),
            [_share(result, "recovered_do_no_ipo_cash"), *worth],
            _("What the equity bought: contracts that would not have been kept. The headline counts this."),
            is_main=True,
        ),
        FigureRow(
            _("By the contracts alone"),
            [_share(result, "recovered_contractual_do_no_ipo_cash"), "", ""],
            _("All contracts count, also those signed earlier and those the lab would have kept anyway."),
        ),
    ]


def _over_no_deal(result: Result) -> list[FigureRow]:
    """None where every contract was signed earlier and no equity is paid: then there is no deal to leave out."""
    if part(result, "provider_npv_over_no_deal_usd") is None:
        return []
    back = _share(result, "recovered_over_no_deal_do_no_ipo_cash") if has_equity(result) else ""
    worth = [money(part(result, f"{side}_npv_over_no_deal_usd", "p50")) for side in (PROVIDER, LAB)]
    says = _(
        "Neither the equity nor a new contract: contracts signed earlier stay, and capacity that would have been built"
        " all the same is sold at the market after a lag."
    )
    return [FigureRow(_("Over no deal at all"), [back, *worth], says)]


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
                _(
                    "Margin of the contracts over no equity, a sale of the company, notes repaid and shares put back;"
                    " no IPO possible."
                ),
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
            " investor with a risk tolerance of %(tolerance)s, the most equity any future pays, would take instead."
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


def _share(result: Result, name: str) -> str:
    return futures_share(part(result, name))
