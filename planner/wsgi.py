"""The WSGI entry point of the web process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings.development")

application = get_wsgi_application()

from planner.runs.reconciler import sweep_in_background  # noqa: E402 - its tables exist only once Django is set up

sweep_in_background()
