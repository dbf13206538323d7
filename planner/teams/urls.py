"""Addresses of the team pages."""

from django.urls import path

from planner.teams import views

app_name = "teams"
urlpatterns = [
    path("", views.team, name="team"),
    path("first/", views.first, name="first"),
    path("tokens/", views.api_tokens, name="tokens"),
    path("tokens/<str:token_key>/revocation/", views.revoke_token, name="token-revocation"),
    path("<uuid:uuid>/choice/", views.choose, name="choice"),
    path("<uuid:uuid>/members/", views.add_member, name="members"),
    path("memberships/<uuid:uuid>/role/", views.change_role, name="role"),
    path("memberships/<uuid:uuid>/removal/", views.remove_member, name="removal"),
]
