"""Addresses of the catalog pages."""

from django.urls import URLPattern, URLResolver, path

from planner.catalog import release_views, views

app_name = "catalog"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.entries, name="entries"),
    path("checks/", views.checks, name="checks"),
    path("releases/", release_views.releases, name="releases"),
    path("releases/<int:number>/", release_views.release, name="release"),
    path("releases/<int:number>/changes/", release_views.release_changes, name="release_changes"),
    path("releases/drafts/new/", release_views.draft_new, name="draft_new"),
    path("releases/drafts/<uuid:uuid>/", release_views.draft, name="draft"),
    path("releases/drafts/<uuid:uuid>/submission/", release_views.draft_submission, name="draft_submission"),
    path(
        "releases/drafts/<uuid:uuid>/publication/", release_views.draft_publication, name="draft_publication"
    ),
    path("releases/drafts/<uuid:uuid>/return/", release_views.draft_return, name="draft_return"),
    path("releases/drafts/<uuid:uuid>/discarding/", release_views.draft_discarding, name="draft_discarding"),
    path("<uuid:uuid>/", views.entry, name="entry"),
    path("<uuid:uuid>/uses/", views.uses, name="uses"),
    path("<uuid:uuid>/history.csv", views.history_download, name="history"),
]
