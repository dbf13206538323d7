"""How times are taken: CPU seconds, the least of a few turns, rivals in turn: a busy machine then treats all alike."""

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any


def in_turn(rivals: dict[str, Callable[[], Any]], turns: int = 5) -> dict[str, float]:
    """Return the least CPU seconds of each."""
    least = dict.fromkeys(rivals, float("inf"))
    for _turn in range(turns):
        for name, work in rivals.items():
            began = time.process_time()
            work()
            least[name] = min(least[name], time.process_time() - began)
    return least


def say(title: str, lines: list[str]) -> None:
    """Print a paragraph of results."""
    sys.stdout.write("\n".join(["", title, *(f"  {line}" for line in lines), ""]))


def against(what: str, reached: float, goal: float, *, least: bool = False) -> str:
    """Return a sentence on a ratio and its goal: at most, or at least."""
    met = reached >= goal if least else reached <= goal
    return f"{what}: {reached:.2f} (goal: at {'least' if least else 'most'} {goal:g}). {'Met' if met else 'Not met'}."


def peak_mb_of(code: str) -> float:
    """Return how many MB of memory a fresh process needs for `work()` above what it had after the imports of `code`."""
    # The mark of this process alone: what getrusage tells is taken over from the parent, however large that was.
    measured = (
        f"{code}\n"
        "def mark():\n"
        "    with open('/proc/self/status') as told:\n"
        "        return next(int(line.split()[1]) for line in told if line.startswith('VmHWM'))\n"
        "before = mark()\n"
        "work()\n"
        "print(mark() - before)"
    )
    found = subprocess.run([sys.executable, "-c", measured], check=True, capture_output=True, text=True)
    return int(found.stdout.split()[-1]) / 1024.0
