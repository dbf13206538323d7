"""For pytest: like development, quicker and quieter."""

from planner.settings.base import *  # noqa: F403 - settings files extend one another by design
from planner.settings.base import STATIC_ROOT, env

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY", default="only-for-tests-only-for-tests-only-for-tests-only-for-tests")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
ACCOUNT_RATE_LIMITS = False
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
