"""Whether everything that runs need is there. Open to everyone, so it says nothing about anybody's data."""

import shutil
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from planner.runs import feeding, lives

FREE_BYTES = 200_000_000


@login_not_required
@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """JSON when asked for it, else a page. Status 503 when the database is away: nothing works then."""
    found = state_of_everything()
    status = 200 if found["database"] == "ok" else 503
    wants_json = request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    if wants_json or status == 503:
        return JsonResponse(found, status=status)
    return render(request, "runs/health.html", {"health": found, "rows": _rows(found)}, status=status)


def state_of_everything() -> dict[str, Any]:
    """Each part as "ok" or in a few words what is wrong; `status` is "ok" only when all are."""
    parts = {"database": _database()}
    if parts["database"] == "ok":
        workers, reconcilers = lives.living("worker"), lives.living("reconciler")
        parts["workers"] = "ok" if workers else "none alive"
        parts["reconciler"] = "ok" if reconcilers else "not alive"
    else:
        workers = 0
        parts["workers"] = parts["reconciler"] = "unknown"
    parts["broker"] = "ok" if feeding.broker_answers() else "no answer"
    parts["storage"] = _storage()
    status = "ok" if set(parts.values()) == {"ok"} else "degraded"
    return {"status": "down" if parts["database"] != "ok" else status, **parts, "worker_count": workers}


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except (DatabaseError, InterfaceError):
        return "no answer"
    return "ok"


def _storage() -> str:
    if not isinstance(default_storage, FileSystemStorage) and not hasattr(default_storage, "base_location"):
        return "ok"  # a shared store: asked when a chunk is stored, not at every look at this page
    try:
        folder = default_storage.base_location
        while not folder or not _exists(folder):
            folder = str(folder).rpartition("/")[0] or "/"
        free = shutil.disk_usage(folder).free
    except OSError:
        return "cannot be read"
    return "ok" if free > FREE_BYTES else "full"


def _exists(folder: Any) -> bool:
    try:
        shutil.disk_usage(folder)
    except FileNotFoundError:
        return False
    return True


def _rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """For the page: what each part is for, and its state."""
    words = {
        "database": _("Keeps everything, and is the queue."),
        "broker": _("Wakes workers. Without it runs start a little later."),
        "workers": _("Compute runs. Without one, runs wait."),
        "reconciler": _("Retries lost work and ends runs. Without it, runs may wait."),
        "storage": _("Keeps what runs computed."),
    }
    return [
        {"name": name, "is_ok": found[name] == "ok", "state": found[name], "purpose": said}
        for name, said in words.items()
    ]
