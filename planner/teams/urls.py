"""Addresses of the team pages."""

from django.urls import path

from planner.teams import invitation_views, views

app_name = "teams"
urlpatterns = [
    path("", views.team, name="team"),
    path("new/", views.new, name="new"),
    path("activity/", views.activity, name="activity"),
    path("tokens/", views.api_tokens, name="tokens"),
    path("tokens/<str:token_key>/revocation/", views.revoke_token, name="token-revocation"),
    path("<uuid:uuid>/choice/", views.choose, name="choice"),
    path("<uuid:uuid>/name/", views.name, name="name"),
    path("<uuid:uuid>/invitations/", invitation_views.invite, name="invitations"),
    path("invitations/<uuid:uuid>/revocation/", invitation_views.revoke, name="invitation-revocation"),
    path("invitations/<str:key>/", invitation_views.invitation, name="invitation"),
    path("invitations/<str:key>/acceptance/", invitation_views.accept, name="invitation-acceptance"),
    path("invitations/<str:key>/refusal/", invitation_views.decline, name="invitation-refusal"),
    path("memberships/<uuid:uuid>/role/", views.change_role, name="role"),
    path("memberships/<uuid:uuid>/removal/", views.remove_member, name="removal"),
]
