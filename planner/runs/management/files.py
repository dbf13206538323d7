"""The file argument of a command, and how commands say what is wrong with it."""

import sys
from pathlib import Path

from django.utils.translation import gettext as _

from planner.core.errors import InvalidInput, Problem


def bytes_of(file: str) -> bytes:
    """The file, or standard input for -. Raises InvalidInput saying why it cannot be read."""
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except FileNotFoundError:
        raise refusal(_("There is no file %(file)s.") % {"file": file}) from None
    except OSError as error:
        words = {"file": file, "why": error.strerror}
        raise refusal(_("%(file)s cannot be read: %(why)s.") % words) from None


def text_of(file: str) -> str:
    """The file as text. Raises InvalidInput when it is no UTF-8."""
    try:
        return bytes_of(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refusal(_("%(file)s is not a text in UTF-8.") % {"file": file}) from None


def refusal(sentence: str) -> InvalidInput:
    """A refusal that is about no field."""
    return InvalidInput([Problem("", sentence)])


def said(problem: Problem) -> str:
    """A problem as a line on stderr."""
    return f"{problem.path}: {problem.message}" if problem.path else problem.message
