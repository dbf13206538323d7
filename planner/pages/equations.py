"""The method page: the stages of the engine with their equation numbers, in words, as they are built."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Equation:
    """What one numbered equation says. `number` is how docstrings and tests cite it."""

    number: str
    says: str | Promise


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the chain, in the order it is computed."""

    anchor: str
    title: str | Promise
    equations: tuple[Equation, ...]


STAGES = (
    Stage(
        "cost",
        _("What a token costs"),
        (
            Equation(
                "E1",
                _(
                    "Memory a token of context takes, by layer: 2 x key-value heads x width for grouped attention, "
                    "latent rank + rotary part for latent attention. Layers with a sliding window stop growing at "
                    "the window; linear layers keep a state that does not grow."
                ),
            ),
            Equation(
                "E2",
                _(
                    "Weights and the context of all requests at once must fit: weights + requests x cache x "
                    "(prompt + half the answer) ≤ 90% of the memory less 3.5 GB a chip. Chips beyond the key-value "
                    "heads repeat the cache; attention groups of their own repeat the weights outside the experts."
                ),
            ),
            Equation(
                "E3",
                _(
                    "A decoding step takes: reading weights or computing with them, plus reading the cache or "
                    "attending to it, each pair by a smooth maximum (a⁴ + b⁴)^¼; plus what the links move; plus fixed "
                    "times for each layer, each all-reduce and exchange, the step and each request. Of E experts, k "
                    "called by a token, B requests read the share 1 - (1 - k/E)^(r B); r is fitted, and with whole "
                    "experts on a chip the busiest chip sets the pace."
                ),
            ),
            Equation(
                "E4",
                _(
                    "Reading a prompt takes its arithmetic over what the chips compute in a second, attention "
                    "among its new tokens, the links, and a fixed time. Its cached share costs the attention over "
                    "it and one read of its cache, nothing else."
                ),
            ),
            Equation(
                "E5",
                _(
                    "Time for each output token with B requests at once and answers of O tokens: step + i x B/O x "
                    "prompt, where i is the share of a prompt's time that holds others up in a shared pool. Split "
                    "pools hold nobody up, and the slower of the two sets the pace. With a draft, a step checks "
                    "several tokens, takes longer and yields more. Of the requests a client keeps open, those "
                    "decode that do not wait for their first token, and no more than memory holds."
                ),
            ),
            Equation(
                "E6",
                _(
                    "The serving point: of 1, 2, 4 … 64 chips inside a scale-up domain, cut by tensors, by experts "
                    "or by requests, and numbers of requests up to what fits, the one with most output tokens per "
                    "chip-second among those fast enough for each user."
                ),
            ),
            Equation(
                "E7",
                _(
                    "An owned chip-hour: [(chips + network) x charge over the life of chips + site x charge over "
                    "its own life + rent a kW-month x 12 x kW + kW x measured mean share drawn x power usage "
                    "effectiveness x price of power x 8,760 + operations] over (8,760 x availability), kW as "
                    "provisioned. The charge pays capital back with interest, less what comes back as salvage: "
                    "(1 - s (1+r)^-n) r / (1 - (1+r)^-n). A rented one: a price of one kind; under a deal, the "
                    "reference price less discount, step-down, cap or floor, and volume discounts."
                ),
            ),
            Equation(
                "E8",
                _(
                    "USD per 1M tokens: chip-seconds of that kind of token x price of a chip-second, over the "
                    "share of paid hours used."
                ),
            ),
            Equation(
                "E9",
                _(
                    "Which share of its specification a chip reaches, and its fixed times, are fitted to published "
                    "measurements: common numbers, then deviations of vendor, family, chip, precision and software, "
                    "each drawn towards none. Every speed carries an 80% band from rows the fit had not seen, wider "
                    "the less is known: calibrated, transferred, specification only."
                ),
            ),
        ),
    ),
    Stage(
        "demand",
        _("How much is asked for"),
        (
            Equation(
                "E10",
                _(
                    "Demand grows at a rate that falls in three phases, with volatility and jumps. What the "
                    "growth input means, mean or median, is said beside it. A result sets each year's revenue "
                    "beside the lab's own plan; the worked example's growth is tuned to 0.6 of the plan for 2030."
                ),
            ),
            Equation(
                "E12",
                _(
                    "What users pay for a token follows one blended path, or the sum over price tiers of part of the "
                    "tokens x price x (1 + change)^years x (1 - part discounted x discount), the parts moving in a "
                    "straight line. Revenue is volume x this price, never volume x the fall of one tier."
                ),
            ),
            Equation(
                "E13",
                _(
                    "Tokens over speed give chip-hours. Gains in efficiency are one a year, or named: mix and cache, "
                    "software, chips, each once; the whole is their product. Training and the part placed here "
                    "follow their own schedules; exclusivity is a floor under that part, and of the rest a refused "
                    "share comes where the provider's price matches. A governor sheds its flexible share of what "
                    "grows faster than its limit."
                ),
            ),
            Equation(
                "E14",
                _(
                    "Load within a quarter follows a load-duration curve of mean 1, of an archetype or an uploaded "
                    "trace. G(x; g) is the share of the tokens that a capacity of x times the mean serves when the "
                    "level also grows by g within the quarter. Few days of a customer are shrunk towards other "
                    "fleets: what the hour of the day explains counts in full, the rest by days/(days + 20). With "
                    "each fleet left out of its own prediction and its mean given, four days missed burst, unserved, "
                    "time above commitment and above all capacity by 1.3, 0.4, 4.2 and 1.9 points on an ordinary "
                    "fleet, by 4.5, 4.7, 9.2 and 6.0 on one hard to forecast (6.7, 5.9, 17.7 and 9.3 by its own days "
                    "alone); other fleets alone, over two weeks, by 2.4, 0.9, 5.1 and 3.0, and 1.6, 0.4, 3.4 and 0.6."
                ),
            ),
            Equation(
                "E15",
                _(
                    "The part of the load between two levels of capacity a and b, at mean demand D: D (G(b/D) - "
                    "G(a/D))."
                ),
            ),
            Equation(
                "E16",
                _(
                    "Levers map the load: a share that waits and a queue above a cap by tables replayed hour by "
                    "hour, a peak price by L (p/p0)^e in its hours, a pool by shrinking the spread to √((1-w)² + w² "
                    "+ 2cw(1-w)), a cap by min(L, cap). Notice orders on-demand and burst for 99.9% of the forecast "
                    "then known, on the trend stated; a ramp limit turns away what grows faster; a reservation is "
                    "paid used or not; of two tiers the low one is shed first, and lost tokens count by their tier."
                ),
            ),
            Equation(
                "E17",
                _(
                    "Capacity is used in order: committed lots, on-demand, burst, other clouds; the rest is "
                    "not served."
                ),
            ),
            Equation(
                "E18",
                _(
                    "Commitment over the whole term, on the levels of the futures and the curve: the last unit is "
                    "worth its price at c: p_c = s P(X ≤ c) + p_o P(c < X ≤ c') + p_b P(c' < X ≤ c'') + V P(X > c''), "
                    "with c' and c'' where on-demand and burst end. Unlimited, that is the critical ratio "
                    "(p_o - p_c)/(p_o - s)."
                ),
            ),
            Equation(
                "E19",
                _(
                    "Heaviness premium: the cheapest cost of 1M tokens of this load, committed before its level is "
                    "known, less that of the same tokens flat and known. A lever is worth the premium it removes "
                    "alone. Controllability: (C0 - C)/(C0 - 1), C the capacity over the mean that leaves 0.1%. "
                    "Control of spend: 1 - fixed over planned compute of the next four quarters."
                ),
            ),
        ),
    ),
    Stage(
        "terms",
        _("What the deal says"),
        (
            Equation(
                "E20",
                _(
                    "Equity is paid when its trigger comes, before its last day, or when an option on it pays: "
                    "never by looking ahead. Its price is a fixed valuation, that of the day, of the last round or "
                    "of the IPO; part of it may be credits for compute, burned against later bills."
                ),
            ),
            Equation(
                "E21",
                _(
                    "In a sale of the lab notes come first, then preferred classes by rank, then common; all convert "
                    "together, at the price per share at which the parts add up. A large enough listing makes them "
                    "common, a smaller one tops them up or leaves them; in a default they get nothing. Notes, price "
                    "protections and ratchets issue shares at the price that all shares then have; puts, pro-rata "
                    "rights, caps and warrants move cash on their day."
                ),
            ),
            Equation(
                "E22",
                _(
                    "Take or pay: at the end of each contract year max(0, minimum x d - billed - carried forward) is "
                    "due, d falling with capacity that is not delivered. A part can be made up by next year's spend "
                    "above the minimum; until then it is owed, not earned. What ran up in the year of a default is a "
                    "claim, at its stated recovery."
                ),
            ),
            Equation(
                "E24",
                _(
                    "A prepayment (at a discount) is drawn down by bills and shortfalls, earned as they are. Reserved "
                    "capacity costs a fee, used or not. Either side may leave by notice when the rental index "
                    "crosses its level: the claim on default is then only as long as the notice. A termination fee is "
                    "a share by contract year x the value of the minimums left x (1 - mitigation). Late chips pay "
                    "damages = rate x price x hours missing after the grace. Service tiers bill sum of price x "
                    "multiple x min(share x use, cap x capacity)."
                ),
            ),
            Equation(
                "E25",
                _(
                    "Of revenue: min(rate x base, cap - paid). Of profit: a share until so much is received, then "
                    "the next. Of resale: a share of its gross profit. A loss is not shared."
                ),
            ),
            Equation(
                "E26",
                _(
                    "Price = max(floor, min(p0 (1 - step)^years, (1 + gap) x market, lowest peer)), then volume "
                    "discounts: on spend inside each tier, or on all of the year's once a tier is reached. A "
                    "look-back returns what was paid above the year's last price; slower chips than guaranteed "
                    "return bill x max(0, 1 - e / e_g)."
                ),
            ),
            Equation(
                "E27",
                _(
                    "Lease = (K - RV/(1+i)^n) i / (1 - (1+i)^-n); its debt is repaid in equal payments and a "
                    "balloon, without recourse. A residual guarantee pays max(0, min(guaranteed, debt) - resale), a "
                    "backstop min(what is left of the cap, price x unsold hours), a lease guarantee the loss on what "
                    "still stands. A loan from the lab is repaid in cash or set off against bills."
                ),
            ),
            Equation(
                "E28",
                _(
                    "Dollars and gigawatts must agree: the commitment for a gigawatt-year is set against what "
                    "one costs."
                ),
            ),
        ),
    ),
    Stage(
        "lab",
        _("What becomes of the lab"),
        (
            Equation(
                "E29",
                _(
                    "The lab earns, pays for compute and everything else, raises money when its runway is short and "
                    "the market open; a round dilutes everybody at the price of the day. Each quarter it defaults with "
                    "a chance whose log odds are a straight line in its runway, and for certain with cash below 0. "
                    "Then debt is paid first, claims share what is left, and capacity is re-let after a lag at a price "
                    "that the same market moves; claim, re-letting and what was prepaid never exceed what remained."
                ),
            ),
            Equation(
                "E30",
                _("Its value is revenue x a multiple that wanders with the market, plus cash less debt."),
            ),
            Equation(
                "E31",
                _(
                    "Listing is a chain of states, at most one step a quarter: private, filed confidentially, filed "
                    "publicly, listed (priced the same quarter) or withdrawn, and from there retrying. The log odds of "
                    "a public filing are a constant + b1 ln(value / floor) + b2 x mood + b3 x margin + b4 x spend not "
                    "fixed - b5 x litigation; b3 to b5 are 0 unless stated. The constants meet the quoted odds by "
                    "their dates on draws of their own. A filing is resolved in each later quarter with the chance "
                    "1 / lag. Offer price = value x noise of mean 1; first day at least -30%; releases of the lock-up "
                    "by time and, if stated, price; sale at price x (1 - impact x part of the volume)."
                ),
            ),
        ),
    ),
    Stage(
        "recovery",
        _("Whether the money comes back"),
        (
            Equation(
                "E32",
                _(
                    "Cash of the deal less cash of the same deal without equity, discounted, against what was "
                    "paid for shares. Three readings: the way to a listing closed in every future; futures "
                    "that saw no listing; only money that needs none. Back means back in that quarter and in "
                    "every later one: what a later payment takes out again was never back. A second counterfactual "
                    "leaves out the equity and every new contract; contracts signed earlier stay, and capacity that "
                    "would have been built all the same is sold at the market after a lag. Prepayment ratio: today's "
                    "value of what needs no IPO, none possible, over that of what needs one, one possible; the sure "
                    "amount of each is -R ln mean exp(-x / R), R the most equity any future pays. The worst 5% are a "
                    "mean of sorted futures. Books: contract cash less straight-line depreciation plus sales over book "
                    "value. A mark of shares still private is shown apart and counted nowhere."
                ),
            ),
            Equation(
                "E39",
                _(
                    "Two versions are compared future by future: the same number of a future means the same "
                    "luck, so their difference is the terms and not the dice."
                ),
            ),
            Equation(
                "E41",
                _(
                    "What drives a figure: futures are cut into classes of equal count by the rank of an input; the "
                    "variance of the class means, less what chance puts into it, over the variance of all is what the "
                    "input explains alone. The provider's worth enters by its rank. It needs no further run."
                ),
            ),
        ),
    ),
)
