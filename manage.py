#!/usr/bin/env python3
"""Genka's command line: `manage.py up` starts everything; `manage.py help` lists the rest."""

import os
import sys


def main() -> None:
    if sys.version_info[:2] != (3, 11):
        found = ".".join(str(part) for part in sys.version_info[:3])
        sys.exit(f"Genka needs Python 3.11, and this is Python {found}. Use .venv/bin/python (make setup).")
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
