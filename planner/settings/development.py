"""One machine: `manage.py runserver`, and `manage.py up`, which sets DEBUG=0 and GENKA_DEMO=1."""

from pathlib import Path

from planner.settings.base import *  # noqa: F403 - settings files extend one another by design
from planner.settings.base import DATABASES, STATIC_ROOT, VAR_DIR, env
from planner.settings.private_files import keep_private
from planner.settings.secret_key import secret_key_of

DEBUG = env.bool("DEBUG", default=True)
_database = [Path(DATABASES["default"]["NAME"])] if DATABASES["default"]["ENGINE"].endswith("sqlite3") else []
keep_private(VAR_DIR, *(file for file in _database if file.parent == VAR_DIR))
SECRET_KEY = env.str("SECRET_KEY", default="") or secret_key_of(VAR_DIR)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
# Serve straight from the source folders: no collectstatic between a change and a look at it.
WHITENOISE_USE_FINDERS = True
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of a folder that is not there
