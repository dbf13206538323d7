"""Addresses of the scenario pages."""

from django.urls import URLPattern, URLResolver, path

from planner.scenarios import draft_views, editor_views, fork_views, origin_views, part_views, views

app_name = "scenarios"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.scenarios, name="list"),
    path("new/", views.new, name="new"),
    path("versions/<uuid:uuid>/", views.version, name="version"),
    path("versions/<uuid:uuid>/restoration/", views.restoration, name="restoration"),
    path("versions/<uuid:uuid>/fork/", fork_views.fork, name="fork"),
    path("versions/<uuid:uuid>/shares/", views.shares, name="shares"),
    path("versions/<uuid:uuid>/shares/<uuid:grant>/end/", views.share_end, name="share_end"),
    path("<uuid:uuid>/", views.detail, name="detail"),
    path("<uuid:uuid>/edit/", editor_views.edit, name="edit"),
    path("<uuid:uuid>/deal/", part_views.deal, name="deal"),
    path("<uuid:uuid>/fleet/", part_views.fleet, name="fleet"),
    path("<uuid:uuid>/library/<slug:shelf>/", origin_views.origin, name="library"),
    path("<uuid:uuid>/library/<slug:shelf>/taking/", origin_views.taking, name="library_taking"),
    path(
        "<uuid:uuid>/library/<slug:shelf>/saving-back/", origin_views.saving_back, name="library_saving_back"
    ),
    path("<uuid:uuid>/versions/", views.versions, name="versions"),
    path("<uuid:uuid>/differences/", views.differences, name="diff"),
    path("<uuid:uuid>/archive/", views.archive, name="archive"),
    path("<uuid:uuid>/name/", views.name, name="name"),
    path("<uuid:uuid>/draft/", draft_views.draft, name="draft"),
    path("<uuid:uuid>/draft/discarding/", views.draft_discard, name="draft_discard"),
]
