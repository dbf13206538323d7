"""The glossary: one word for each thing, used everywhere, no synonyms."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Word:
    """One entry; `anchor` is its address on the page."""

    anchor: str
    term: str | Promise
    meaning: str | Promise


WORDS = (
    Word(
        "entry",
        _("Catalog entry"),
        _(
            "A price or specification with its unit, currency and source, the days it holds for, and "
            "the day it became known."
        ),
    ),
    Word(
        "release",
        _("Catalog release"),
        _(
            "A published copy of all entries that never changes. A version names the one it took its "
            "prices from, and carries every value it uses."
        ),
    ),
    Word(
        "release-draft",
        _("Release draft"),
        _("A catalog release on its way: one keeper drafts it, another reviews and publishes it."),
    ),
    Word(
        "fleet",
        _("Fleet"),
        _("The chips a party will run: how many of each, from which quarter, and how they were acquired."),
    ),
    Word(
        "load-shape",
        _("Load shape"),
        _(
            "How high the load stands over its mean, and for how long: a curve, with what waiting and a cap would do "
            "where it was replayed step by step."
        ),
    ),
    Word(
        "lever",
        _("Load lever"),
        _(
            "What a contract or a price may do to a heavy load: cap it, let a share wait, shed a low tier first, give "
            "notice, limit its growth, reserve, price its peaks, pool it."
        ),
    ),
    Word(
        "heaviness-premium",
        _("Heaviness premium"),
        _(
            "What 1M tokens of a load cost above the same tokens flat and known; a lever is worth what it removes."
        ),
    ),
    Word(
        "deal",
        _("Deal"),
        _("Dated terms between a provider and a lab: compute contracts, commitments, equity."),
    ),
    Word(
        "scenario",
        _("Scenario"),
        _("A question a team has given a name. It has one draft and any number of versions."),
    ),
    Word(
        "draft",
        _("Draft"),
        _("What is being edited. It may be incomplete or wrong; nobody computes it as a result."),
    ),
    Word(
        "version",
        _("Version"),
        _(
            "One complete, valid set of inputs with a number. It never changes; restoring an old one "
            "adds a new one."
        ),
    ),
    Word(
        "run",
        _("Run"),
        _(
            "One computation of one version, with its number of futures, its seed and the engine's "
            "version. The same run is never computed twice."
        ),
    ),
    Word(
        "future",
        _("Future"),
        _("One way the world may go, drawn from the ranges of the inputs. In code it is called a draw."),
    ),
    Word("quarter", _("Quarter"), _("The step of time: three months of the calendar year.")),
    Word(
        "line",
        _("Ledger line"),
        _(
            "One kind of payment from one party to another. Over all parties, the ledger adds up to "
            "zero in every quarter of every future."
        ),
    ),
    Word(
        "comparison",
        _("Comparison"),
        _("Versions side by side. Paired: computed on the same futures, so that a difference is not luck."),
    ),
    Word(
        "receipt",
        _("Receipt"),
        _("What is needed to compute a result again, exactly: version, seed, futures, engine, digests."),
    ),
    Word("test", _("Test"), _("A rule with a yes or a no that a team sets on a scenario.")),
    Word(
        "side",
        _("Side"),
        _("Provider or lab: whose money the sentence, the tiles and the signs of a page speak of."),
    ),
    Word(
        "no-ipo",
        _("With no IPO"),
        _(
            "Computed with the way to a listing closed in every future; not a look at those futures "
            "that happen to see none."
        ),
    ),
    Word(
        "in-cash",
        _("Back in cash"),
        _(
            "Discounted cash that needs no IPO has covered what was paid for shares and still does at the "
            "end, against the same deal without equity."
        ),
    ),
    Word(
        "on-books",
        _("Back on the books"),
        _("The accounting margin has covered what was paid for shares; not discounted."),
    ),
    Word(
        "needs-ipo",
        _("Needs an IPO"),
        _("Money that arrives only if the lab lists or files to list. Marked with a hatch and these words."),
    ),
    Word(
        "no-deal",
        _("Over no deal"),
        _(
            "Against the same futures with neither the equity nor a new contract; contracts signed earlier stay, and"
            " capacity that would have been built all the same is sold at the market."
        ),
    ),
    Word(
        "prepayment",
        _("Prepayment ratio"),
        _(
            "What the deal brings without an IPO, for each dollar an IPO is expected to bring, at today's value."
        ),
    ),
    Word(
        "mark",
        _("Mark"),
        _(
            "What shares that cannot be sold yet would be worth. It is no cash, and no figure of money back holds it."
        ),
    ),
    Word(
        "fork",
        _("Fork"),
        _("A new scenario of a team made from one version of another. Its lineage says which."),
    ),
    Word(
        "origin",
        _("Origin"),
        _("The version in the library that a scenario's deal, fleet or load shape was taken from."),
    ),
    Word(
        "shared-factor",
        _("Shared factor"),
        _("A named cause that several ranges move with, from -1 (against it) to 1 (in step)."),
    ),
    Word(
        "preview",
        _("Preview"),
        _(
            "The headline and the cost table of a draft, from one block of futures. It is not stored; a run is."
        ),
    ),
    Word(
        "cost-table",
        _("Cost table"),
        _(
            "What 1M tokens cost on each chip for each model, at one kind of price, each figure with its band."
        ),
    ),
    Word(
        "operating-point",
        _("Operating point"),
        _("A typical request, the speed each user must get and the longest wait for the first token."),
    ),
    Word(
        "layout",
        _("Layout"),
        _(
            "How one copy of a model is spread over chips. TP: chips that share every request. DP: groups with"
            " requests of their own. EP: experts whole on a chip. The number is that of chips or groups."
        ),
    ),
    Word(
        "price-kind",
        _("Price kind"),
        _(
            "Whose price of a chip-hour it is: owner's cost, list, capacity block, reserved, spot, rental or the"
            " deal's. A table has one kind; chips under a chosen deal stand at the deal's price, and say so."
        ),
    ),
    Word(
        "calibrated",
        _("Calibrated"),
        _(
            "The speed of this chip is fitted to measurements. Transferred: carried over from related chips."
            " Specification only: from the data sheet and general efficiencies, with the widest band."
        ),
    ),
    Word(
        "share",
        _("Share"),
        _("What lets another team, or everyone, see a version: its results only, or in full."),
    ),
    Word(
        "invitation",
        _("Invitation"),
        _("A way into a team for one person, with a role and an end. It is accepted once."),
    ),
)
