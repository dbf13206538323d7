"""The pages of an import, inside the admin: choose a file, look at what it would do, import it."""

import csv
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from planner.catalog.importing.actions import import_entries, may_import
from planner.catalog.importing.carrying import Carried, pack, unpack
from planner.catalog.importing.example import example_row
from planner.catalog.importing.files import ChosenFile, read_file
from planner.catalog.importing.grids import MOST_ROWS
from planner.catalog.importing.names import COLUMNS
from planner.catalog.importing.plan import ImportPlan, plan_of
from planner.catalog.importing.workbooks import SeveralSheets
from planner.catalog.models import CatalogEntry
from planner.core.errors import Conflict, InvalidInput
from planner.core.uploads import was_too_large
from planner.teams.models import User

_MOST_REJECTED_SHOWN = 100
_CHOOSE = "admin:catalog_catalogentry_import"
_ENTRIES = "admin:catalog_catalogentry_changelist"


class ChooseFile(forms.Form):
    """The file, and the sheet when a workbook has several."""

    file = forms.FileField(
        label=gettext_lazy("CSV file or Excel workbook"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )
    sheet = forms.CharField(
        label=gettext_lazy("Sheet"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Only for a workbook with several sheets of entries."),
    )

    def offer_sheets(self, names: list[str]) -> None:
        """The sheet becomes a choice."""
        self.fields["sheet"].widget = forms.Select(choices=[(name, name) for name in names])


def import_urls(site: AdminSite) -> list[URLPattern]:
    """Three addresses below that of the entries; all of them a 404 for those who may not import."""
    return [
        path(f"import/{tail}", site.admin_view(view), name=f"catalog_catalogentry_import{name}")
        for tail, view, name in (
            ("", choose, ""),
            ("confirm/", confirm, "_confirm"),
            ("template/", template_file, "_template"),
        )
    ]


def choose(request: HttpRequest) -> HttpResponse:
    """GET asks for a file; POST shows what it would do, or says in a sentence why it cannot be read."""
    user = _keeper(request)
    if request.method != "POST":
        return _choose_page(request, ChooseFile())
    form = ChooseFile(request.POST, request.FILES)
    if was_too_large(request):
        sentence = _("The file is larger than %(most)s MB. Split it and import the parts one by one.")
        form.errors.pop("file", None)
        form.add_error("file", sentence % {"most": f"{settings.UPLOAD_MOST_BYTES / 1e6:g}"})
        return _choose_page(request, form, status=422)
    if not form.is_valid():
        return _choose_page(request, form, status=422)
    chosen = _chosen(form)
    try:
        reading = read_file(chosen)
        plan = plan_of(reading)
        carried = Carried(reading, chosen.shown_name, plan.digest)
        return _preview(request, plan, carried, user, status=422 if plan.rejections else 200)
    except InvalidInput as refusal:
        if isinstance(refusal, SeveralSheets):
            form.offer_sheets(refusal.names)
        for problem in refusal.problems:
            form.add_error("file", problem.message)
        return _choose_page(request, form, status=422)


def confirm(request: HttpRequest) -> HttpResponse:
    """POST imports what the preview carried, or shows it again when the catalog has changed."""
    user = _keeper(request)
    if request.method != "POST":
        return redirect(_CHOOSE)
    try:
        carried = unpack(request.POST.get("carried", ""), user)
    except InvalidInput as refusal:
        form = ChooseFile(request.POST)
        form.errors["file"] = form.error_class([refusal.problems[0].message])
        return _choose_page(request, form, status=422)
    try:
        plan = import_entries(
            reading=carried.reading, digest=carried.digest, file_name=carried.file_name, keeper=user
        )
    except Conflict as conflict:
        plan = plan_of(carried.reading)
        if plan.writes or plan.rejections:
            again = Carried(carried.reading, carried.file_name, plan.digest)
            return _preview(request, plan, again, user, status=409, notice=conflict.message)
    return _done(request, plan, carried.file_name)


def template_file(request: HttpRequest) -> HttpResponse:
    """A CSV file with the headings and one entry, which Excel opens rightly (a byte order mark says UTF-8)."""
    _keeper(request)
    response = HttpResponse(
        "\ufeff",
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="catalog-import-template.csv"'},
    )
    writer = csv.writer(response)
    writer.writerow([column.name for column in COLUMNS])
    writer.writerow(example_row())
    return response


def _keeper(request: HttpRequest) -> User:
    """Raises Http404 for those who may not import."""
    user = request.user
    if not isinstance(user, User) or not may_import(user):
        raise Http404
    return user


def _chosen(form: ChooseFile) -> ChosenFile:
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    return ChosenFile(name=file.name or "", content=file.read(), sheet=form.cleaned_data["sheet"])


def _choose_page(request: HttpRequest, form: ChooseFile, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "columns": COLUMNS,
        "most_rows": f"{MOST_ROWS:,}",
        "most_megabytes": f"{settings.UPLOAD_MOST_BYTES / 1e6:g}",
    }
    return _page(request, "catalog/admin_import.html", context, status)


def _preview(
    request: HttpRequest, plan: ImportPlan, carried: Carried, user: User, *, status: int, notice: str = ""
) -> HttpResponse:
    bad = list(dict.fromkeys(rejection.number for rejection in plan.rejections))
    shown = set(bad[:_MOST_REJECTED_SHOWN])
    context = {
        "plan": plan,
        "file_name": carried.file_name,
        "notes": carried.reading.notes,
        "place": _("Line") if carried.reading.place == "line" else _("Row"),
        "rejections": [rejection for rejection in plan.rejections if rejection.number in shown],
        "rejected_count": len(bad),
        "most_rejected": _MOST_REJECTED_SHOWN,
        "carried": "" if plan.rejections or not plan.writes else pack(carried, user),
        "notice": notice,
    }
    return _page(request, "catalog/admin_import_preview.html", context, status)


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    told = {**admin.site.each_context(request), "title": _("Import entries"), "opts": CatalogEntry._meta}
    return render(request, template, {**told, **context}, status=status)


def _done(request: HttpRequest, plan: ImportPlan, file_name: str) -> HttpResponseRedirect:
    if plan.writes:
        told = {"file": file_name, "new": len(plan.new), "changed": len(plan.changed)}
        done = ngettext(
            "Imported %(count)d entry from %(file)s: %(new)d new, %(changed)d changed.",
            "Imported %(count)d entries from %(file)s: %(new)d new, %(changed)d changed.",
            plan.writes,
        )
        messages.success(request, done % {**told, "count": plan.writes})
    else:
        messages.info(
            request,
            _("Nothing to change: the catalog already holds every row of %(file)s.") % {"file": file_name},
        )
    return redirect(_ENTRIES)
