"""For pytest: like development, quicker and quieter."""

import os
import tempfile
from pathlib import Path

from planner.settings.base import *  # noqa: F403 - settings files extend one another by design
from planner.settings.base import DATABASES, STATIC_ROOT, env

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY", default="only-for-tests-only-for-tests-only-for-tests-only-for-tests")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
ACCOUNT_RATE_LIMITS = False
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
STATIC_ROOT.mkdir(parents=True, exist_ok=True)

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in life: the in-memory kind knows no waiting, so threads that write at once fail there alone.
    DATABASES["default"]["TEST"] = {
        "NAME": str(Path(tempfile.gettempdir()) / f"genka-tests-{os.getpid()}.sqlite3")
    }
