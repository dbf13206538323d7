#!/usr/bin/env python3
"""Genka's command line: `manage.py up` starts everything; `manage.py help` lists the rest."""

import os
import sys


def main() -> None:
    if sys.version_info < (3, 11) or sys.version_info >= (3, 12):  # noqa: UP036 - a clear sentence for an older Python
        found = ".".join(str(part) for part in sys.version_info[:3])
        sys.exit(
            "Genka needs Python 3.11, and this is Python %s. Run it with .venv/bin/python (make setup)."
            % found
        )  # noqa: UP031 - must parse on old Pythons
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings.development")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(
            "Django is not installed for this Python. Run 'make setup', then .venv/bin/python manage.py."
        )
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
