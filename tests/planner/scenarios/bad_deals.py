"""Bad deals: what is added to the small document or changed in it, where that is refused, and words of the sentence."""

from typing import Any

from tests.planner.deals.every_term import one_of


def tranche(**changes: Any) -> dict[str, Any]:
    held = {"amount_usd": 35e9, "state": "uncalled", "valuation_usd": 730e9}
    return {"kind": "equity_tranche", "key": "later", "label": "Later", **held, **changes}


def trigger(**changes: Any) -> dict[str, Any]:
    return {"key": "one", "label": "Trigger", **changes}


def of(kind: str, **changes: Any) -> dict[str, Any]:
    """A term of this kind on the contract and the tranche of the small document."""
    term = one_of(kind, **changes)
    for name, key in (("contract", "trainium"), ("tranche", "paid")):
        if name in term and name not in changes:
            term[name] = key
    if "tranches" in term and "tranches" not in changes:
        term["tranches"] = ["paid"]
    return term


STOCK = {"price_usd": 200.0, "drift_annual": 0.05, "volatility_annual": 0.3}

BAD: list[tuple[str, list[dict[str, Any]], dict[str, Any], str, str]] = [
    (
        "date after longstop",
        [tranche(triggers=[trigger(event="date", on="2027-12-31")], longstop="2027-06-30")],
        {},
        "deal.terms[later].triggers[one].on",
        "so it can never be met",
    ),
    (
        "revenue of nothing",
        [tranche(triggers=[trigger(event="annual_revenue")])],
        {},
        "deal.terms[later].triggers[one].threshold",
        "has a threshold of 0. Give one above 0.",
    ),
    (
        "milestone without a chance",
        [tranche(triggers=[trigger(event="milestone")])],
        {},
        "deal.terms[later].triggers[one].hazard_annual",
        "can never be met. Give its yearly chance, above 0.",
    ),
    (
        "more gigawatts than the fleet has",
        [tranche(triggers=[trigger(event="gigawatts_online", threshold=2.0)])],
        {},
        "deal.terms[later].triggers[one].threshold",
        "asks for 2 GW online and the fleet has at most 0.6 GW",
    ),
    (
        "date too late to be paid",
        [tranche(triggers=[trigger(event="date", on="2036-01-01")])],
        {},
        "deal.terms[later].triggers[one].on",
        "Trigger of Later, with the payment, needs 41 quarters and the scenario has 40.",
    ),
    (
        "confidential filing before the opening",
        [tranche(triggers=[trigger(event="confidential_filing")])],
        {"exit.state_now": "filed_confidentially"},
        "deal.terms[later].triggers[one].event",
        "the lab has filed before the opening date, so it can never be met",
    ),
    (
        "more shares paid than there are",
        [tranche(state="paid", amount_usd=720e9)],
        {},
        "deal.terms[later].amount_usd",
        "the tranches paid hold 100.7% of the lab's shares. They may hold at most 100%.",
    ),
    (
        "revenue shares of more than all revenue",
        [
            of("revenue_share", key="first", rate_share=0.7, base_share=1.0),
            of("revenue_share", key="second", rate_share=0.4, base_share=1.0),
        ],
        {},
        "deal.terms[second].rate_share",
        "take up to 110% of the revenue. They may take at most 100%.",
    ),
    (
        "longstop before the opening",
        [tranche(triggers=[trigger(event="listing")], longstop="2026-03-31")],
        {},
        "deal.terms[later].longstop",
        "The longstop of Later is on 2026-03-31. It must come after the opening date 2026-03-31",
    ),
    (
        "end before start",
        [of("revenue_share", starts="2029-01-01", ends="2028-01-01")],
        {},
        "deal.terms[revenue_share].ends",
        "ends on 2028-01-01, before it begins on 2029-01-01",
    ),
    (
        "backstop that ends before the contract starts",
        [of("backstop", ends="2026-03-01")],
        {},
        "deal.terms[backstop].ends",
        "before it begins on 2026-04-01",
    ),
    (
        "volume tiers that overlap",
        [
            of(
                "volume_tiers",
                tiers=[
                    {"from_usd": 2e10, "discount_share": 0.03},
                    {"from_usd": 1e10, "discount_share": 0.06},
                ],
            )
        ],
        {},
        "deal.terms[volume_tiers].tiers[1].from_usd",
        "Tier 2 of volume_tiers starts at 10,000,000,000 USD and overlaps the one before it.",
    ),
    (
        "service tiers that leave a gap",
        [of("service_tiers", tiers=[{"key": "a", "use_share": 0.4}, {"key": "b", "use_share": 0.5}])],
        {},
        "deal.terms[service_tiers].tiers[b].use_share",
        "add up to 90%. They must add up to 100%",
    ),
    (
        "service tiers over 100%",
        [of("service_tiers", tiers=[{"key": "a", "use_share": 0.7}, {"key": "b", "use_share": 0.5}])],
        {},
        "deal.terms[service_tiers].tiers[b].use_share",
        "add up to 120%",
    ),
    (
        "profit bands that overlap",
        [
            of(
                "profit_share",
                bands=[{"share": 0.75, "until_usd": 13e9}, {"share": 0.49, "until_usd": 9e9}],
            )
        ],
        {},
        "deal.terms[profit_share].bands[1].until_usd",
        "Band 2 of profit_share overlaps the one before it. It must reach above 13,000,000,000 USD.",
    ),
    (
        "profit band over 100%",
        [of("profit_share", bands=[{"share": 1.2}])],
        {},
        "deal.terms[profit_share].bands[0].share",
        "Share of profit is 120%. It must be between 0% and 100%.",
    ),
    (
        "band without end in the middle",
        [of("profit_share", bands=[{"share": 0.75}, {"share": 0.49, "until_usd": 9e9}])],
        {},
        "deal.terms[profit_share].bands[0].until_usd",
        "Band 1 of profit_share is without end. Only the last band may be.",
    ),
    (
        "fees over 100%",
        [of("termination_fee", fee_shares=[0.5, 1.3])],
        {},
        "deal.terms[termination_fee].fee_shares[1]",
        "A fee of termination_fee is 130%. It must be between 0% and 100%.",
    ),
    (
        "minimums by year that do not add up",
        [],
        {"deal.terms[minimum].year_shares": [0.125] * 7 + [0.2]},
        "deal.terms[minimum].year_shares",
        "The years of minimum add up to 107.5%. They must add up to 100%.",
    ),
    (
        "minimums by year for other years",
        [],
        {"deal.terms[minimum].year_shares": [0.5, 0.5]},
        "deal.terms[minimum].year_shares",
        "minimum states 2 years. Its contract has 8.",
    ),
    (
        "lock-up over 100%",
        [],
        {
            "exit.lock_up": [
                {"quarters_after_listing": 1, "share": 0.6},
                {"quarters_after_listing": 2, "share": 0.6},
            ]
        },
        "exit.lock_up",
        "add up to 120%",
    ),
    (
        "loadings over 1",
        [],
        {
            "deal.terms[trainium].discount_share": {
                "low": 0.1,
                "high": 0.2,
                "shape": "uniform",
                "loadings": {"chips": 1.4},
            }
        },
        "deal.terms[trainium].discount_share.loadings.chips",
        "is 1.4. It must be at most 1.",
    ),
    (
        "loadings over 1 together",
        [],
        {
            "deal.terms[trainium].discount_share": {
                "low": 0.1,
                "high": 0.2,
                "shape": "uniform",
                "loadings": {"chips": 0.8, "power": -0.8},
            }
        },
        "deal.terms[trainium].discount_share",
        "The squares of the shared factors add up to more than 1.",
    ),
    (
        "low above high",
        [],
        {"deal.terms[trainium].discount_share": {"low": 0.3, "high": 0.2, "shape": "uniform"}},
        "deal.terms[trainium].discount_share",
        "Low is 30% and high is 20%. Low must be below high.",
    ),
    (
        "horizon shorter than the contract",
        [],
        {"timeline.quarters": 20},
        "deal.terms[trainium].quarters",
        "Trainium contract needs 32 quarters and the scenario has 20.",
    ),
    (
        "horizon shorter than lock-up and sale",
        [],
        {"exit.lock_up": [{"quarters_after_listing": 40, "share": 1.0}]},
        "exit.lock_up[0].quarters_after_listing",
        "A listing with its lock-up and sale needs 41 quarters and the scenario has 40.",
    ),
    (
        "horizon shorter than a lease",
        [of("chip_lease", quarters=60)],
        {},
        "deal.terms[chip_lease].quarters",
        "chip_lease needs 61 quarters and the scenario has 40.",
    ),
    (
        "horizon shorter than a claim",
        [of("revenue_share", ends="2040-12-31")],
        {},
        "deal.terms[revenue_share].ends",
        "The end of revenue_share needs 59 quarters",
    ),
    (
        "a put that would be paid beyond the horizon",
        [of("put_right", by="2036-03-31")],
        {},
        "deal.terms[put_right].by",
        "The end of put_right needs 41 quarters and the scenario has 40.",
    ),
    (
        "a lease from before the opening",
        [of("chip_lease", starts="2025-07-01")],
        {},
        "deal.terms[chip_lease].starts",
        "It must begin after the opening date 2026-03-31.",
    ),
    (
        "more credits than the tranche pays",
        [of("compute_credits", face_usd=16e9)],
        {},
        "deal.terms[compute_credits].face_usd",
        "It may credit at most 15,000,000,000 USD.",
    ),
    (
        "a note that matures before it is paid",
        [of("convertible_note", matures="2026-06-30")],
        {},
        "deal.terms[convertible_note].matures",
        "It must mature after it is paid on 2026-07-01.",
    ),
    (
        "warrants without a share price",
        [of("warrants")],
        {},
        "deal.provider_stock.price_usd",
        "warrants is paid in the provider's shares. Give their price.",
    ),
    (
        "a contract that is not there",
        [of("backstop", contract="gone")],
        {},
        "deal.terms[backstop].contract",
        "It must be one of: trainium.",
    ),
    (
        "a lease that is not there",
        [of("residual_guarantee", lease="gone")],
        {},
        "deal.terms[residual_guarantee].lease",
        "names the chip lease “gone”. It must be one of: none.",
    ),
    (
        "a tranche that is not there",
        [of("compute_credits", tranche="gone")],
        {},
        "deal.terms[compute_credits].tranche",
        "names the tranche “gone”. It must be one of: paid.",
    ),
    (
        "two of a kind on one contract",
        [of("backstop"), of("backstop", key="second")],
        {},
        "deal.terms[second].contract",
        "second is the second backstop of Trainium contract. A contract has at most one.",
    ),
    (
        "two of a kind on one tranche",
        [of("put_right"), of("put_right", key="second")],
        {},
        "deal.terms[second].tranches",
        "which another put right covers already",
    ),
    (
        "two governors",
        [of("demand_governor"), of("demand_governor", key="second")],
        {},
        "deal.terms[second]",
        "second is the second demand governor. A deal has at most one.",
    ),
    (
        "a prepayment of no commitment",
        [of("prepayment", contract="other"), {**of("compute_contract"), "key": "other", "quarters": 8}],
        {},
        "deal.terms[prepayment].contract",
        "which has none. Add a take-or-pay first.",
    ),
    (
        "notice without a day",
        [of("reservation", notice_from=None)],
        {},
        "deal.terms[reservation].notice_from",
        "Give the day from which that may be.",
    ),
]
