"""What a contract or a price may do to a heavy load (E16). Each lever is off as it stands."""

from dataclasses import dataclass, field
from itertools import pairwise

from costmodel.inputs.quantity import check_limits

WEEK_HOURS = 168.0
# Below it a queue empties late or never.
LEAST_CAP_WITH_QUEUE = 1.05
_ENDLESS = (
    "Under so low a cap a queue has no end. Raise it to at least {:g} times the mean, or set the queue to 0."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Levers:
    """The levers of E16; with every default the load and the stack are as they would be without them.

    `rate_cap_over_mean`: the most the lab may call for, in multiples of the quarter's mean load; 0: no cap. What is
    above it waits up to `queue_hours`, else it is shed. `deferrable_share` of the load may wait
    `deferral_window_hours`. Of the load, `low_priority_share` is shed first; one of its tokens is worth
    `low_priority_value` times the mean one. `notice_quarters`: capacity beyond the contracts is ordered so many
    quarters ahead; 0: it is there when called. `ramp_limit_share`: the most the load placed here may grow in a
    quarter; 0: no limit. `reservation_over_mean`: capacity reserved beyond the contracts, in multiples of the mean
    load forecast; paid used or not at the on-demand price less `reservation_discount_share`. In the
    `peak_hours_share` of the hours with the highest load users pay `peak_price_multiple` times the price, and the
    load answers by that to the power `peak_elasticity`. `pooled_share` of the pool are other customers, whose load
    has `pooled_correlation` with this one.
    """

    rate_cap_over_mean: float = field(default=0.0, metadata={"limits": (0.0, 100.0)})
    queue_hours: float = field(default=0.0, metadata={"limits": (0.0, WEEK_HOURS)})
    deferrable_share: float = field(default=0.0, metadata={"limits": (0.0, 1.0)})
    deferral_window_hours: float = field(default=0.0, metadata={"limits": (0.0, WEEK_HOURS)})
    low_priority_share: float = field(default=0.0, metadata={"limits": (0.0, 0.95)})
    low_priority_value: float = field(default=1.0, metadata={"limits": (0.0, 1.0)})
    notice_quarters: int = field(default=0, metadata={"limits": (0, 12)})
    ramp_limit_share: float = field(default=0.0, metadata={"limits": (0.0, 10.0)})
    reservation_over_mean: float = field(default=0.0, metadata={"limits": (0.0, 10.0)})
    reservation_discount_share: float = field(default=0.0, metadata={"limits": (0.0, 1.0)})
    peak_price_multiple: float = field(default=1.0, metadata={"limits": (1.0, 100.0)})
    peak_hours_share: float = field(default=0.0, metadata={"limits": (0.0, 1.0)})
    peak_elasticity: float = field(default=0.0, metadata={"limits": (-5.0, 0.0)})
    pooled_share: float = field(default=0.0, metadata={"limits": (0.0, 0.5)})
    pooled_correlation: float = field(default=0.0, metadata={"limits": (-1.0, 1.0)})

    def __post_init__(self) -> None:
        """Check every stated value against its limits, and the levers that only work together."""
        check_limits(self)
        for name, sentence in broken_rules(self):
            raise ValueError(f"{name}: {sentence}")

    @property
    def are_off(self) -> bool:
        """Whether nothing is changed by them."""
        return not self.change_load and not self.change_stack

    @property
    def change_load(self) -> bool:
        """Whether the curve of the load is another than without them."""
        return bool(
            self.rate_cap_over_mean or self.deferrable_share or self.has_peak_price or self.pooled_share
        )

    @property
    def change_stack(self) -> bool:
        """Whether capacity, growth or the value of what is not served is another than without them."""
        has_tiers = self.low_priority_share > 0.0 and self.low_priority_value < 1.0
        return bool(has_tiers or self.notice_quarters or self.ramp_limit_share or self.reservation_over_mean)

    @property
    def has_tiers(self) -> bool:
        """Whether some tokens are worth less than others and shed first."""
        return self.low_priority_share > 0.0 and self.low_priority_value < 1.0

    @property
    def has_peak_price(self) -> bool:
        """Whether users pay more in some hours."""
        return self.peak_hours_share > 0.0 and self.peak_price_multiple > 1.0

    @property
    def need_replay(self) -> bool:
        """Whether a lever has a window: only a replay of the load hour by hour tells what that does."""
        return self.deferrable_share > 0.0 or self.queue_hours > 0.0


NEEDS_REPLAY = (
    "This load shape was never replayed hour by hour, which a lever with a window needs. Take an archetype of the "
    "library or a shape from an uploaded trace."
)


def broken_rules(levers: "Levers") -> list[tuple[str, str]]:
    """Return (field, sentence) for each rule between levers that is broken; the limits of each are checked apart."""
    found: list[tuple[str, str]] = []
    if levers.deferrable_share > 0.0 and levers.deferral_window_hours <= 0.0:
        found.append(
            (
                "deferral_window_hours",
                "A share of the load is deferrable, so its window must be above 0 hours.",
            )
        )
    if levers.queue_hours > 0.0 and levers.rate_cap_over_mean <= 0.0:
        found.append(("queue_hours", "A queue needs a rate cap. State the cap, or set the queue to 0."))
    if levers.queue_hours > 0.0 and 0.0 < levers.rate_cap_over_mean < LEAST_CAP_WITH_QUEUE:
        found.append(("rate_cap_over_mean", _ENDLESS.format(LEAST_CAP_WITH_QUEUE)))
    return found


NO_LEVERS = Levers()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayTables:
    """What levers with a window do to one load, from its replay in the order of time (E16).

    Every curve has its levels at `exceedance_share`; `load_over_mean` is the load itself there.
    `deferred_load_over_mean` holds a curve for each deferrable share and window, share by share: the load that every
    capacity serves as much of as of this one with its waiting part; beside it the capacity that leaves 0.1% of the
    tokens, `capacity_over_mean` where nothing waits. `capped_load_over_mean` holds one for each cap and queue (first
    0: none), cap by cap: what is left of the load, over the mean it had; beside it the share of all tokens shed and
    how long those held back wait.
    """

    exceedance_share: tuple[float, ...]
    load_over_mean: tuple[float, ...]
    deferrable_shares: tuple[float, ...]
    window_hours: tuple[float, ...]
    deferred_load_over_mean: tuple[float, ...]
    deferred_capacity_over_mean: tuple[float, ...]
    capacity_over_mean: float
    caps_over_mean: tuple[float, ...]
    queue_hours: tuple[float, ...]
    capped_load_over_mean: tuple[float, ...]
    capped_shed_share: tuple[float, ...]
    capped_mean_wait_hours: tuple[float, ...]
    capped_p99_wait_hours: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse grids that do not rise and tables of another size."""
        for name in ("deferrable_shares", "window_hours", "caps_over_mean", "queue_hours"):
            grid = getattr(self, name)
            if len(grid) < 2 or grid[0] < 0.0 or any(a >= b for a, b in pairwise(grid)):
                raise ValueError(f"{name} must hold two values or more and rise from 0 or above.")
        if self.deferrable_shares[0] == 0.0 or self.window_hours[0] == 0.0 or self.queue_hours[0] != 0.0:
            raise ValueError(
                "Shares and windows begin above 0, where nothing waits; queues begin at 0 hours."
            )
        if len(self.deferred_capacity_over_mean) != len(self.deferrable_shares) * len(self.window_hours):
            raise ValueError("deferred_capacity_over_mean must hold a value for each share and window.")
        for name in ("capped_shed_share", "capped_mean_wait_hours", "capped_p99_wait_hours"):
            if len(getattr(self, name)) != len(self.caps_over_mean) * len(self.queue_hours):
                raise ValueError(f"{name} must hold a value for each cap and queue.")
        points = len(self.exceedance_share)
        deferred = len(self.deferrable_shares) * len(self.window_hours) * points
        capped = len(self.caps_over_mean) * len(self.queue_hours) * points
        held = (len(self.load_over_mean), len(self.deferred_load_over_mean), len(self.capped_load_over_mean))
        if points < 2 or held != (points, deferred, capped):
            raise ValueError("Each curve of a replay needs as many levels as there are shares of time.")
        if min(*self.deferred_load_over_mean, *self.capped_load_over_mean, *self.capped_shed_share) < 0.0:
            raise ValueError("Loads and shed shares of a replay must be at or above 0.")
