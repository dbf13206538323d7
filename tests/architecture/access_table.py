"""Who may do what, one line per address and method. `test_access_table.py` asks every one of them.

A line says: the name of the route, the method, what kind of object it is about, who may when the object is their own
team's, and from which level of sharing somebody of another team may, too. Whoever may not finds a 404, as for an
object that does not exist; whoever has not signed in is sent to sign in (401 in the API).
"""

from dataclasses import dataclass, field
from typing import Any

ANONYMOUS = "anonymous"
ACCOUNTS = ("loner", "viewer", "analyst", "member", "owner", "outsider", "keeper")
"""`member` is an approver. `loner` has no team, `keeper` is staff without one, `outsider` owns another team."""

SIGNED_IN = frozenset(ACCOUNTS)
EVERYBODY = SIGNED_IN | {ANONYMOUS}
OWNER = frozenset({"owner"})
APPROVER = OWNER | {"member"}
ANALYST = APPROVER | {"analyst"}
VIEWER = ANALYST | {"viewer"}
STAFF = frozenset({"keeper"})
THEIR_OWN = {"outsider"}
"""Beside one of the roles, where there is no object: the outsider has that role in a team of their own."""

RESULTS, FULL = "results", "full"


@dataclass(frozen=True)
class Line:
    """One address and method. `about` "": no object. `shared`: the level that opens it to another team; "": none.

    What it `sends` may name an object of the world: "$item", "$scenario".
    """

    route: str
    method: str
    about: str
    may: frozenset[str]
    shared: str = ""
    sends: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


GROUPS = ("admin/", "accounts/")
"""Addresses of Django's admin and of allauth; tested as groups."""

LINES = [
    # Home and the pages that explain
    Line("pages:home", "GET", "", EVERYBODY),
    Line("pages:method", "GET", "", SIGNED_IN),
    Line("pages:method-serving", "GET", "", SIGNED_IN),
    Line("pages:mechanisms", "GET", "", SIGNED_IN),
    Line("pages:method-points", "GET", "", SIGNED_IN),
    Line("pages:glossary", "GET", "", SIGNED_IN),
    Line("pages:start-dismissal", "POST", "", SIGNED_IN),
    Line("pages:demo-reset", "GET", "", frozenset()),  # nobody outside a demo
    Line("pages:demo-reset", "POST", "", frozenset()),
    Line("health", "GET", "", EVERYBODY),
    # Scenarios
    Line("scenarios:list", "GET", "", SIGNED_IN),
    Line("scenarios:new", "GET", "", ANALYST | THEIR_OWN),
    Line("scenarios:new", "POST", "", ANALYST | THEIR_OWN),
    Line("scenarios:detail", "GET", "scenario", VIEWER),
    Line("scenarios:edit", "GET", "scenario", ANALYST),
    Line("scenarios:edit", "POST", "scenario", ANALYST),
    Line("scenarios:versions", "GET", "scenario", VIEWER),
    Line("scenarios:diff", "GET", "differences", VIEWER),
    Line("scenarios:archive", "POST", "scenario", ANALYST, sends={"archived": "0"}),
    Line("scenarios:name", "POST", "scenario", ANALYST, sends={"name": "N"}),
    Line("scenarios:draft_discard", "POST", "scenario", ANALYST, sends={"lock": "99"}),
    Line("scenarios:version", "GET", "version", VIEWER, FULL),
    Line("scenarios:restoration", "POST", "version", ANALYST),
    Line("scenarios:shares", "POST", "version", APPROVER),
    Line("scenarios:share_end", "POST", "share", APPROVER),
    Line("scenarios:fork", "GET", "version", ANALYST, FULL),
    Line("scenarios:fork", "POST", "version", ANALYST, FULL),
    Line("scenarios:draft", "POST", "scenario", ANALYST),
    Line("scenarios:deal", "GET", "scenario", VIEWER),
    Line("scenarios:deal", "POST", "scenario", ANALYST),
    Line("scenarios:fleet", "GET", "scenario", VIEWER),
    Line("scenarios:fleet", "POST", "scenario", ANALYST),
    Line("scenarios:library", "GET", "scenario-shelf", VIEWER),
    Line(
        "scenarios:library_taking", "POST", "scenario-shelf", ANALYST, sends={"item": "$item", "number": "1"}
    ),
    Line("scenarios:library_saving_back", "POST", "scenario-origin", ANALYST),
    Line("runs:tie_out", "GET", "scenario", VIEWER),
    # Library
    Line("library", "GET", "", SIGNED_IN),
    Line("library-public-deals", "GET", "", SIGNED_IN),
    Line("library-public-deal", "GET", "public-deal", SIGNED_IN),
    Line("library-shelf", "GET", "shelf", SIGNED_IN),
    Line("library-item", "GET", "item", VIEWER),
    Line("library-new", "GET", "shelf", ANALYST | THEIR_OWN),
    Line("library-new", "POST", "shelf", ANALYST | THEIR_OWN),
    Line("library-trace", "GET", "", ANALYST | THEIR_OWN),
    Line("library-trace", "POST", "", ANALYST | THEIR_OWN),
    Line("library-edit", "GET", "item", ANALYST),
    Line("library-edit", "POST", "item", ANALYST),
    Line("library-diff", "GET", "item", VIEWER),
    Line("library-restoration", "POST", "item", ANALYST, sends={"number": "1"}),
    Line("library-name", "POST", "item", ANALYST, sends={"name": "N"}),
    Line("library-archive", "POST", "item", ANALYST),
    Line("library-use", "GET", "item", ANALYST),
    Line("library-use", "POST", "item", ANALYST, sends={"scenario": "$scenario"}),
    Line("library-keep", "POST", "version", ANALYST, FULL, sends={"shelf": "deals", "name": "N"}),
    # Runs
    Line("runs:list", "GET", "", SIGNED_IN),
    Line("runs:new", "POST", "version", ANALYST),
    Line("runs:preview", "GET", "scenario", ANALYST),
    Line("runs:detail", "GET", "run", VIEWER, FULL),
    Line("runs:progress", "GET", "run", VIEWER, FULL),
    Line("runs:cancellation", "POST", "run", ANALYST),
    Line("runs:results", "GET", "run", VIEWER, RESULTS),
    Line("runs:ledger_export", "GET", "run-export", VIEWER, FULL),
    Line("runs:draw", "GET", "draw", VIEWER, FULL),
    Line("runs:draw_export", "GET", "draw-export", VIEWER, FULL),
    # Compare
    Line("compare:compare", "GET", "", SIGNED_IN),
    # Prices
    Line("cost_table:table", "GET", "cost-deal", VIEWER, FULL),  # whose deal stands in the table
    Line("cost_table:cell", "GET", "cost-cell", SIGNED_IN),
    Line("catalog:entries", "GET", "", SIGNED_IN),
    Line("catalog:entry", "GET", "entry", SIGNED_IN),
    Line("catalog:releases", "GET", "", SIGNED_IN),
    Line("catalog:release", "GET", "release", SIGNED_IN),
    Line("catalog:checks", "GET", "", STAFF),
    Line("catalog:uses", "GET", "entry", SIGNED_IN),
    Line("catalog:history", "GET", "entry", SIGNED_IN),
    Line("catalog:release_changes", "GET", "release", frozenset()),  # one release: nothing to lay beside it
    Line("catalog:draft_new", "GET", "", STAFF),
    Line("catalog:draft_new", "POST", "", STAFF),
    Line("catalog:draft", "GET", "release-draft", STAFF),
    Line("catalog:draft", "POST", "release-draft", STAFF),
    Line("catalog:draft_submission", "POST", "release-draft", STAFF),
    Line("catalog:draft_publication", "POST", "release-draft", STAFF),
    Line("catalog:draft_return", "POST", "release-draft", STAFF),
    Line("catalog:draft_discarding", "POST", "release-draft", STAFF),
    # Team
    Line("teams:team", "GET", "", VIEWER | THEIR_OWN),
    Line("teams:new", "GET", "", SIGNED_IN),
    Line("teams:new", "POST", "", SIGNED_IN),
    Line("teams:activity", "GET", "", VIEWER | THEIR_OWN),
    Line("teams:choice", "POST", "team", VIEWER),
    Line("teams:name", "POST", "team", OWNER),
    Line("teams:invitations", "POST", "team", OWNER),
    Line("teams:invitation-revocation", "POST", "invitation", OWNER),
    Line("teams:invitation", "GET", "invitation-key", frozenset({"loner"})),
    Line("teams:invitation-acceptance", "POST", "invitation-key", frozenset({"loner"})),
    Line("teams:invitation-refusal", "POST", "invitation-key", frozenset({"loner"})),
    Line("teams:role", "POST", "membership", OWNER, sends={"role": "1"}),
    Line("teams:removal", "GET", "membership", OWNER | {"viewer"}),
    Line("teams:removal", "POST", "membership", OWNER | {"viewer"}),
    Line("teams:tokens", "GET", "", SIGNED_IN),
    Line("teams:tokens", "POST", "", SIGNED_IN),
    Line("teams:token-revocation", "POST", "token", OWNER),
    # API
    Line("schema", "GET", "", EVERYBODY),
    Line("api-root", "GET", "", EVERYBODY),
    Line("api:scenarios", "GET", "", SIGNED_IN),
    Line("api:scenarios", "POST", "", ANALYST | THEIR_OWN, sends={"name": "N", "document": {}}),
    Line("api:scenario", "GET", "scenario", VIEWER),
    Line("api:scenario-versions", "GET", "scenario", VIEWER),
    Line("api:scenario-versions", "POST", "scenario", ANALYST, sends={"document": {}}),
    Line("api:version", "GET", "version", VIEWER, FULL),
    Line("api:scenario-schema", "GET", "", SIGNED_IN),
    Line("api:version-runs", "POST", "version", ANALYST),
    Line("api:runs", "GET", "", SIGNED_IN),
    Line("api:run", "GET", "run", VIEWER),
    Line("api:run-cancellation", "POST", "run", ANALYST),
    Line("api:run-result", "GET", "run", VIEWER, RESULTS),
    Line("api:catalog-entries-list", "GET", "", SIGNED_IN),
    Line("api:catalog-entries-detail", "GET", "entry", SIGNED_IN),
    Line("api:catalog-releases-list", "GET", "", SIGNED_IN),
    Line("api:catalog-releases-detail", "GET", "release", SIGNED_IN),
]
