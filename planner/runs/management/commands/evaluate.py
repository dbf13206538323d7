"""`manage.py evaluate FILE`: a scenario document computed here and now; JSON on stdout and nothing else.

Needs no server, no broker and no database. The same version gives the same `result_digest` on the web.
"""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from planner.core.canonical_json import parse_strict
from planner.core.errors import InvalidInput
from planner.runs import computing, engine, limits
from planner.runs.management.files import bytes_of, refusal, said

MOST_WORKERS = 64


class Command(BaseCommand):
    """Every refusal is one sentence per problem on stderr and exit status 1; nothing is written then."""

    help = str(lazy("Computes a scenario document and prints the result as JSON."))
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help=str(lazy("a scenario document (JSON); - reads standard input")))
        parser.add_argument("--draws", default=str(limits.default_draws()), help=str(lazy("number of draws")))
        parser.add_argument("--seed", default=str(limits.default_seed()), help=str(lazy("0 or more")))
        parser.add_argument("--workers", default="1", help=str(lazy("processes; the result is the same")))
        parser.add_argument(
            "--draw", default=None, help=str(lazy("also print the whole ledger of this draw"))
        )
        parser.add_argument(
            "--out", default=None, help=str(lazy("write to this file, not to standard output"))
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            text = json.dumps(_computed(options), ensure_ascii=False, allow_nan=False, indent=1)
            self._deliver(text, options["out"])
        except InvalidInput as refused:
            raise SystemExit("\n".join(said(problem) for problem in refused.problems)) from None

    def _deliver(self, text: str, out: str | None) -> None:
        if out is None:
            self.stdout.write(text)
            return
        target = Path(out)
        part = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            part.write_text(text + "\n", encoding="utf-8")
            part.replace(target)
        except OSError as error:
            raise _refusal(_("%(file)s cannot be written: %(why)s."), file=out, why=error.strerror) from error


def _computed(options: dict[str, Any]) -> dict[str, Any]:
    draws = _whole_number(_("Draws"), options["draws"], 1, limits.MOST_DRAWS)
    seed = _whole_number(_("Seed"), options["seed"], 0, limits.HIGHEST_SEED)
    workers = _whole_number(_("Workers"), options["workers"], 1, MOST_WORKERS)
    draw = options["draw"]
    if draw is not None:
        draw = _whole_number(_("Draw"), draw, 0, draws - 1)
    if options["out"] is not None and not Path(options["out"]).parent.is_dir():
        raise _refusal(_("The folder of %(file)s does not exist."), file=options["out"])
    inputs = engine.inputs_of_json(parse_strict(bytes_of(options["file"])))
    found = computing.result_of_inputs(inputs, draws=draws, seed=seed, workers=workers)
    if draw is not None:
        lines = computing.ledger_of_draw(inputs, draw=draw, draws=draws, seed=seed)
        found["draw"] = {"index": draw, "lines": lines}
    return found


def _whole_number(title: str, given: Any, lowest: int, highest: int) -> int:
    """The number, also of 1e6 or 65_536. Raises InvalidInput with the allowed range."""
    sentence = _("%(title)s is %(given)s. It must be a whole number between %(lowest)s and %(highest)s.")
    words = {"title": title, "given": str(given)[:40], "lowest": f"{lowest:,}", "highest": f"{highest:,}"}
    try:
        number = int(given)
    except ValueError:
        try:
            number = int(float(given)) if float(given).is_integer() else -1
        except (ValueError, OverflowError):
            raise _refusal(sentence, **words) from None
    if not lowest <= number <= highest:
        raise _refusal(sentence, **words)
    return number


def _refusal(sentence: str, **words: Any) -> InvalidInput:
    return refusal(sentence % words)
