"""Several machines, real people: refuses to start half configured."""

import sys

from planner.settings.base import *  # noqa: F403 - settings files extend one another by design
from planner.settings.base import env

DEBUG = False
DEMO_DATA_ALLOWED = False
DEMO_MODE = False  # whatever the environment says: the sign-in page never lists accounts here
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
if any(host.strip() in {"*", "."} for host in ALLOWED_HOSTS):
    sys.exit("ALLOWED_HOSTS allows every host. Name those that people use, with commas between.")
if not env.str("DATABASE_URL", default="") and not env.bool("GENKA_ALLOW_SQLITE", default=False):
    sys.exit(
        "DATABASE_URL is missing. Set it to a PostgreSQL database, or set GENKA_ALLOW_SQLITE=1 to keep everything in "
        "one SQLite file on this machine."
    )
# How many proxies stand in front and add to X-Forwarded-For: sign-in limits count by the address behind them.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
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
