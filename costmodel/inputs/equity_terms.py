"""Terms about shares of the lab or of the provider, beside tranches and preferences (M02, M05-M13; E20, E21)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from costmodel.arrays import Number
from costmodel.inputs.quantity import check_limits, uncertain


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeCredits:
    """M02: part of a tranche is paid in credits for compute instead of cash.

    Of the tranche's amount `face_usd` is credited: shares are given for the whole amount, cash moves for the rest.
    A quarter's burn is min(burn_share x bill, balance); what is left after `expires` lapses (breakage). The provider
    pays only for serving what the credits buy.
    """

    key: str
    tranche: str
    contract: str
    face_usd: float = field(metadata={"limits": (0.0, 1e13)})
    burn_share: Number = uncertain(0.0, 1.0)
    expires: date
    kind: Literal["compute_credits"] = "compute_credits"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertibleNote:
    """M05: a note or SAFE. Shares = N (1 + i tau) / min((1 - d) P, V_cap / shares) at the next round of at least
    `qualified_round_usd`, at an IPO or on a sale; else N (1 + i tau) is repaid at maturity, as far as cash reaches.

    `valuation_cap_usd` 0: no cap. `matures` None: a SAFE, never repaid; on a default debt claims rank before it.
    """

    key: str
    principal_usd: float = field(metadata={"limits": (0.0, 1e13)})
    paid_on: date
    coupon_annual: Number = uncertain(0.0, 1.0)
    discount_share: float = field(metadata={"limits": (0.0, 0.9)})
    valuation_cap_usd: float = field(metadata={"limits": (0.0, 1e14)})
    qualified_round_usd: float = field(metadata={"limits": (0.0, 1e13)})
    matures: date | None
    kind: Literal["convertible_note"] = "convertible_note"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class VestingStep:
    """One step of a warrant: it vests when all its stated conditions hold; 0 leaves a condition out.

    `purchases_usd` and `gigawatts` are cumulative purchases and capacity online, `share_price_usd` the provider's share
    price, `condition_hazard_annual` the yearly chance that technical and commercial conditions come to be met.
    """

    key: str
    shares: float = field(metadata={"limits": (0.0, 1e12)})
    purchases_usd: float = field(default=0.0, metadata={"limits": (0.0, 1e14)})
    gigawatts: float = field(default=0.0, metadata={"limits": (0.0, 1e4)})
    share_price_usd: float = field(default=0.0, metadata={"limits": (0.0, 1e6)})
    condition_hazard_annual: Number = uncertain(0.0, 1.0, default=0.0)

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Warrants:
    """M06: the provider grants the lab warrants on its own shares; vested ones are worth max(P - strike, 0) each.

    `taken` says when: as they vest, or held until `expires`. It is a rebate: no cash leaves the provider, its holders
    are diluted by the same amount. Purchases count under `contract`.
    """

    key: str
    contract: str
    strike_usd: float = field(metadata={"limits": (0.0, 1e6)})
    expires: date
    steps: tuple[VestingStep, ...]
    taken: Literal["at_vesting", "at_expiry"]
    kind: Literal["warrants"] = "warrants"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockForContract:
    """M07: the provider gives the lab its own shares worth `amount_usd` at the price of `issued_on`, sold after
    `held_quarters` at A x P_t / P_issue. A rebate paid in dilution.
    """

    key: str
    contract: str
    amount_usd: float = field(metadata={"limits": (0.0, 1e13)})
    issued_on: date
    held_quarters: int = field(metadata={"limits": (0, 80)})
    kind: Literal["stock_for_contract"] = "stock_for_contract"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class AntiDilution:
    """M08: new shares below the tranches' price bring more shares to their holder before an IPO.

    Broad weighted average: CP2 = CP1 (A + B) / (A + C), A shares before, B = new money / CP1, C new shares. Full
    ratchet: CP2 = the new price. Shares grow by CP1 / CP2.
    """

    key: str
    tranches: tuple[str, ...]
    formula: Literal["weighted_average", "full_ratchet"]
    kind: Literal["anti_dilution"] = "anti_dilution"


@dataclass(frozen=True, slots=True, kw_only=True)
class IpoRatchet:
    """M09: at an IPO the tranches' shares grow by max(1, target_multiple x entry price / offer price)."""

    key: str
    tranches: tuple[str, ...]
    target_multiple: float = field(metadata={"limits": (0.0, 10.0)})
    kind: Literal["ipo_ratchet"] = "ipo_ratchet"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProRata:
    """M10: the provider takes part in every later round: uptake x its holding's share x the round, at the round's
    price.

    The shares are common unless a preference covers this key.
    """

    key: str
    uptake_share: Number = uncertain(0.0, 1.0)
    kind: Literal["pro_rata"] = "pro_rata"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipCap:
    """M11: the provider holds at most `cap_share` of the voting shares.

    `excess`: bought as non-voting shares (nothing changes but votes), or not bought: then the payment is cut to what
    the cap leaves.
    """

    key: str
    cap_share: float = field(metadata={"limits": (0.0, 1.0)})
    excess: Literal["non_voting", "not_bought"]
    kind: Literal["ownership_cap"] = "ownership_cap"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PutRight:
    """M13: without a listing or sale by `by`, the provider sells the tranches' shares back to the lab once.

    It gets min(I (1 + return)^tau, cash_share x the lab's cash), I what was paid, tau the years since; the same share
    of the shares is given back. The lab's cash then falls: a put can sink it.
    """

    key: str
    tranches: tuple[str, ...]
    by: date
    return_annual: float = field(metadata={"limits": (0.0, 1.0)})
    cash_share: Number = uncertain(0.0, 1.0)
    kind: Literal["put_right"] = "put_right"

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderStock:
    """The provider's own share price, for terms paid in its shares: log normal, moved by the market factor.

    The drift is that of the mean; shocks are `path.provider_stock.own`.
    """

    price_usd: float = field(metadata={"limits": (0.01, 1e6)})
    drift_annual: Number = uncertain(-0.9, 1.0)
    volatility_annual: Number = uncertain(0.0, 3.0)
    market_loading: float = field(metadata={"limits": (-1.0, 1.0)})

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)
