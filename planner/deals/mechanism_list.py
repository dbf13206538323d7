"""The rows of the list of mechanisms, in our own words; `planner.deals.mechanisms` makes them what pages use."""

from typing import Any

from django.utils.translation import gettext_noop as _

EQUITY = "tests/costmodel/test_equity_in_the_ledger.py::"
CONTRACTS = "tests/costmodel/test_contract_terms.py::"
LEAVING = "tests/costmodel/test_delivery_and_leaving.py::"
REBATES = "tests/costmodel/test_rebates_in_own_shares.py::"
LEASES = "tests/costmodel/test_lease_terms.py::"
GUARANTEES = "tests/costmodel/test_guarantees_and_loans.py::"
CLAIMS = "tests/costmodel/test_claim_terms.py::"
CONTROL = "tests/costmodel/test_control_terms.py::"
PRICES = "tests/costmodel/test_terms_price.py::"

ROWS: tuple[dict[str, Any], ...] = (
    {
        "number": "M01",
        "name": _("Investment in tranches"),
        "says": _("Money for shares once an event has happened, or when the investor chooses."),
        "kinds": ("equity_tranche",),
        "lines": ("equity_tranche", "share_sale", "company_sale"),
        "checked_by": EQUITY + "test_a_tranche_buys_its_amount_at_the_price_of_the_day",
    },
    {
        "number": "M02",
        "name": _("Investment paid in compute credits"),
        "says": _("Part of a tranche is credits that pay bills until they lapse."),
        "kinds": ("compute_credits",),
        "lines": ("credits_burned", "equity_tranche"),
        "checked_by": EQUITY + "test_credits_pay_their_share_of_each_bill_until_they_are_used_up",
    },
    {
        "number": "M03",
        "name": _("Preference without participation"),
        "says": _("In a sale the money comes back first, or the shares convert, whichever is more."),
        "kinds": ("preferred",),
        "lines": ("company_sale", "share_sale"),
        "checked_by": EQUITY + "test_a_sale_pays_the_preference_or_the_share",
    },
    {
        "number": "M04",
        "name": _("Preference with participation"),
        "says": _("After the preference the shares take their part of the rest too, up to a cap."),
        "kinds": ("preferred",),
        "lines": ("company_sale",),
        "checked_by": EQUITY + "test_a_participating_class_with_a_cap_in_a_sale",
    },
    {
        "number": "M05",
        "name": _("Convertible note or SAFE"),
        "says": _("Money that becomes shares at a discount or a cap in the next round, else is repaid."),
        "kinds": ("convertible_note",),
        "lines": ("convertible_note", "note_repaid", "share_sale", "company_sale"),
        "checked_by": EQUITY + "test_a_note_converts_at_its_cap_where_that_is_more",
    },
    {
        "number": "M06",
        "name": _("Warrants for purchases"),
        "says": _("The lab earns the provider's shares by buying; a rebate that the provider's holders pay."),
        "kinds": ("warrants",),
        "lines": ("warrant_value",),
        "checked_by": REBATES + "test_a_step_vests_only_when_all_its_conditions_hold",
    },
    {
        "number": "M07",
        "name": _("Stock for a contract"),
        "says": _("The lab is given the provider's shares for signing and sells them later."),
        "kinds": ("stock_for_contract",),
        "lines": ("stock_issued", "stock_held", "stock_sold"),
        "checked_by": REBATES + "test_stock_for_a_contract_is_given_at_its_day_and_sold_at_the_price_then",
    },
    {
        "number": "M08",
        "name": _("Anti-dilution"),
        "says": _("Cheaper new shares bring the holder more of them, by weighted average or full ratchet."),
        "kinds": ("anti_dilution",),
        "lines": ("share_sale", "company_sale"),
        "checked_by": EQUITY + "test_weighted_average_gives_the_published_formula",
    },
    {
        "number": "M09",
        "name": _("IPO ratchet"),
        "says": _("At a cheap IPO the shares grow until a promised multiple of their price is reached."),
        "kinds": ("ipo_ratchet",),
        "lines": ("share_sale",),
        "checked_by": EQUITY + "test_an_ipo_ratchet_tops_the_shares_up_to_the_promised_multiple",
    },
    {
        "number": "M10",
        "name": _("Pro-rata right"),
        "says": _("The provider buys its part of every later round."),
        "kinds": ("pro_rata",),
        "lines": ("pro_rata", "share_sale", "company_sale"),
        "checked_by": EQUITY + "test_pro_rata_keeps_the_share_and_pays_for_it",
    },
    {
        "number": "M11",
        "name": _("Ownership cap"),
        "says": _("The provider holds at most a part; the rest is without votes, or is not bought."),
        "kinds": ("ownership_cap",),
        "lines": ("equity_tranche", "pro_rata", "share_sale", "company_sale"),
        "checked_by": EQUITY + "test_an_ownership_cap_cuts_what_is_bought",
        "left_out": _("what votes decide"),
    },
    {
        "number": "M12",
        "name": _("Lock-up and staged release"),
        "says": _("After listing the shares are released step by step and sold into the market's turnover."),
        "kinds": (),
        "inputs": "exit.lock_up",
        "lines": ("share_sale",),
        "checked_by": EQUITY + "test_a_release_on_a_price_waits_for_it",
        "left_out": _("steps shorter than a quarter"),
    },
    {
        "number": "M13",
        "name": _("Put without an IPO"),
        "says": _("Without a listing or sale by a day the shares go back for money, as far as cash reaches."),
        "kinds": ("put_right",),
        "lines": ("put",),
        "checked_by": EQUITY + "test_a_put_pays_back_with_its_return_a_quarter_after_its_day",
    },
    {
        "number": "M14",
        "name": _("Revenue share"),
        "says": _("A part of the lab's revenue up to a cap and an end."),
        "kinds": ("revenue_share",),
        "lines": ("revenue_share",),
        "checked_by": CLAIMS + "test_a_revenue_share_stops_at_its_cap_and_counts_what_was_paid_before",
    },
    {
        "number": "M15",
        "name": _("Profit share in bands"),
        "says": _("A part of the lab's profit that falls as more has been received."),
        "kinds": ("profit_share",),
        "lines": ("profit_share",),
        "checked_by": CLAIMS + "test_profit_is_shared_in_bands_and_a_quarter_that_crosses_one_is_split",
    },
    {
        "number": "M16",
        "name": _("Gross profit of resale"),
        "says": _("The provider sells the lab's models and keeps a part of what is left after inference."),
        "kinds": ("resale_share",),
        "lines": ("resale_share",),
        "checked_by": CLAIMS + "test_resale_shares_its_gross_profit",
    },
    {
        "number": "M17",
        "name": _("Take-or-pay"),
        "says": _("A minimum by contract year, with carry-forward and make-up; a shortfall is paid."),
        "kinds": ("take_or_pay",),
        "lines": ("shortfall", "shortfall_claim", "termination_claim"),
        "checked_by": "tests/costmodel/test_terms_compute.py::"
        "test_a_shortfall_is_paid_at_the_end_of_the_contract_year",
    },
    {
        "number": "M18",
        "name": _("Volume discount"),
        "says": _("Spending more in a year lowers the price, above a tier or for all of it."),
        "kinds": ("volume_tiers",),
        "lines": ("compute_billed",),
        "checked_by": PRICES + "test_marginal_tiers_discount_what_lies_inside_them",
    },
    {
        "number": "M19",
        "name": _("Benchmark, most favoured customer, step-down"),
        "says": _(
            "The price falls by year, follows the market or the lowest other customer, down to a floor."
        ),
        "kinds": ("price_steps", "most_favoured"),
        "lines": ("compute_billed", "look_back_credit"),
        "checked_by": CONTRACTS + "test_a_favoured_lab_pays_what_the_lowest_peer_pays_from_its_day_on",
    },
    {
        "number": "M20",
        "name": _("Performance guarantee"),
        "says": _("Slower chips than guaranteed bring a credit on the bill."),
        "kinds": ("performance_guarantee",),
        "lines": ("performance_credit",),
        "checked_by": CONTRACTS + "test_slower_chips_than_guaranteed_bring_a_credit",
        "left_out": _("a newer chip passed through under the same contract"),
    },
    {
        "number": "M21",
        "name": _("Prepayment"),
        "says": _(
            "Part of the commitment is paid at the start, at a discount, and drawn down against bills."
        ),
        "kinds": ("prepayment",),
        "lines": ("prepayment", "prepayment_drawn", "prepayment_refund"),
        "checked_by": CONTRACTS
        + "test_a_prepayment_is_drawn_down_by_bills_and_earned_at_what_was_paid_for_it",
    },
    {
        "number": "M22",
        "name": _("Reservation with notice"),
        "says": _("A fee for capacity held ready, used or not; either side may leave by notice."),
        "kinds": ("reservation",),
        "lines": ("reservation_fee", "compute_billed", "shortfall", "relet_capacity"),
        "checked_by": CONTRACTS + "test_a_reservation_costs_its_fee_used_or_not_less_in_the_ramp",
        "left_out": _("giving back a part of the capacity"),
    },
    {
        "number": "M23",
        "name": _("Service tiers"),
        "says": _("Use in tiers of priority, each with its price and cap; the last is shed first."),
        "kinds": ("service_tiers",),
        "lines": ("compute_billed",),
        "checked_by": LEAVING + "test_each_tier_is_billed_at_its_multiple_and_a_cap_leaves_the_rest_unserved",
    },
    {
        "number": "M24",
        "name": _("Late delivery"),
        "says": _(
            "Late capacity pays damages after a grace period; too much of it missing ends the contract."
        ),
        "kinds": ("delivery",),
        "lines": ("late_delivery_damages", "compute_billed", "shortfall"),
        "checked_by": LEAVING + "test_late_capacity_bills_later_and_pays_damages_after_the_grace",
    },
    {
        "number": "M25",
        "name": _("Termination fee"),
        "says": _("Leaving early costs a share of the remaining minimum, less what is let again."),
        "kinds": ("termination_fee",),
        "lines": ("termination_fee", "termination_claim"),
        "checked_by": LEAVING + "test_leaving_of_ones_own_will_costs_the_years_share_of_what_is_left",
    },
    {
        "number": "M26",
        "name": _("Chip lease with debt"),
        "says": _("A vehicle buys chips with debt and leases them; in the end they are sold or bought."),
        "kinds": ("chip_lease",),
        "lines": (
            "lease_payment",
            "chips",
            "lease_debt",
            "lease_interest",
            "lease_debt_repaid",
            "residual",
        ),
        "checked_by": LEASES + "test_a_lease_pays_its_annuity_and_serves_its_debt",
        "left_out": _("debt in several ranks"),
    },
    {
        "number": "M27",
        "name": _("Residual guarantee"),
        "says": _("The chip vendor pays what leased chips fetch less than guaranteed."),
        "kinds": ("residual_guarantee",),
        "lines": ("residual_guarantee",),
        "checked_by": LEASES + "test_the_guarantor_fills_the_gap_up_to_the_guarantee_and_the_debt",
    },
    {
        "number": "M28",
        "name": _("Backstop of unsold capacity"),
        "says": _("The chip vendor buys capacity that is online and unsold, up to a cap."),
        "kinds": ("backstop",),
        "lines": ("backstop",),
        "checked_by": GUARANTEES + "test_the_vendor_buys_what_is_not_used",
    },
    {
        "number": "M29",
        "name": _("Lease guarantee for warrants"),
        "says": _("The provider guarantees a landlord's lease to the lab and is paid in warrants."),
        "kinds": ("lease_guarantee",),
        "lines": ("lease_guarantee", "guarantee_warrants"),
        "checked_by": GUARANTEES + "test_a_guarantee_is_called_on_default_for_what_still_stands",
    },
    {
        "number": "M30",
        "name": _("Loan from the customer"),
        "says": _("The lab lends the provider money, repaid in cash or out of bills."),
        "kinds": ("customer_loan",),
        "lines": ("customer_loan", "loan_repaid", "loan_set_off"),
        "checked_by": GUARANTEES + "test_a_loan_in_cash_is_repaid_in_equal_payments",
    },
    {
        "number": "M31",
        "name": _("Exclusivity and first refusal"),
        "says": _(
            "A part of the need is placed here at least, or is offered here first at the market price."
        ),
        "kinds": ("first_refusal",),
        "lines": ("compute_billed", "on_demand", "burst", "other_clouds"),
        "checked_by": CONTROL + "test_first_refusal_brings_demand_where_the_price_is_matched",
    },
    {
        "number": "M32",
        "name": _("Demand governor"),
        "says": _("The lab holds the growth of its demand in bounds; the control of its spending is shown."),
        "kinds": ("demand_governor",),
        "lines": ("compute_billed", "on_demand", "burst", "other_clouds", "revenue"),
        "checked_by": CONTROL + "test_a_governor_lets_demand_grow_by_its_limit_and_sheds_what_is_flexible",
    },
)
