"""Several machines, real people: refuses to start half configured."""

import sys

from planner.settings.base import *  # noqa: F403 - settings files extend one another by design
from planner.settings.base import env

DEBUG = False
DEMO_DATA_ALLOWED = False
SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
if len(SECRET_KEY) < 50:
    sys.exit(
        "SECRET_KEY is missing or shorter than 50 characters. Set it in the environment to a long random text."
    )
if not [host for host in ALLOWED_HOSTS if host.strip()]:
    sys.exit(
        "ALLOWED_HOSTS is missing. Set it in the environment to the host names people use, with commas between."
    )
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "planner.core.static_files.HashedFiles"},
}
