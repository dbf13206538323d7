"""A release from its draft to its publication: two people, one content, no step lost or done twice."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from planner.audit.models import AuditEntry
from planner.catalog import actions, queries
from planner.catalog.models import CatalogEntry, CatalogRelease, ReleaseDraft
from planner.core.errors import Conflict
from planner.teams.models import User
from tests.people import People

NEXT_DAY = actions.SEEDED_AS_OF + timedelta(days=1)
SignIn = Callable[[User], Client]
Add = Callable[..., CatalogEntry]


@pytest.fixture
def draft(seeded: CatalogRelease, keeper: User, add_row: Add) -> ReleaseDraft:
    add_row(value=1.45)
    return actions.draft_release(name="2026-11b", as_of=NEXT_DAY, note="Rents.", drafter=keeper)


@pytest.fixture
def submitted(draft: ReleaseDraft, keeper: User) -> ReleaseDraft:
    return actions.submit_draft(draft=draft, digest=digest(draft), actor=keeper)


def digest(draft: ReleaseDraft) -> str:
    return queries.draft_content(draft).digest


def address(draft: ReleaseDraft, step: str = "draft") -> str:
    return reverse(f"catalog:{step}", args=(draft.uuid,))


def said(client: Client, where: str, **posted: str) -> tuple[int, str]:
    answer = client.post(where, posted, follow=True)
    return answer.status_code, answer.content.decode()


def test_two_keepers_make_a_release_on_the_pages(
    seeded: CatalogRelease, keeper: User, keeper2: User, signed_in: SignIn, add_row: Add
) -> None:
    add_row(value=1.45)
    desk, second = signed_in(keeper), signed_in(keeper2)
    status, page = said(
        desk, reverse("catalog:draft_new"), name="2026-11b", as_of="2026-11-25", note="Rents rose."
    )
    draft = ReleaseDraft.objects.get()
    assert status == 200
    for shown in ("1 entry differs: 1 changed, 0 new, 0 ended.", ">1.3<", ">1.45<", "11.5% higher"):
        assert shown in page
    said(desk, address(draft, "draft_submission"), digest=digest(draft))
    assert "waiting for a second person" in second.get(reverse("catalog:releases")).content.decode()
    status, page = said(second, address(draft, "draft_publication"), digest=digest(draft))
    assert "Release 2 (2026-11b) is published." in page
    assert "Rents rose." in page
    assert "Drafted and published by the same person" not in page
    release = CatalogRelease.objects.get(number=2)
    assert (release.drafted_by, release.published_by, release.as_of) == (keeper, keeper2, date(2026, 11, 25))


def test_every_step_leaves_an_audit_entry(submitted: ReleaseDraft, keeper: User, keeper2: User) -> None:
    actions.return_draft(draft=submitted, reason="B200 is missing.", actor=keeper2)
    actions.change_draft(draft=submitted, name="2026-11c", as_of=NEXT_DAY, note="", actor=keeper)
    submitted.refresh_from_db()
    actions.submit_draft(draft=submitted, digest=digest(submitted), actor=keeper)
    actions.publish_draft(draft=submitted, digest=digest(submitted), publisher=keeper2)
    other = actions.draft_release(name="x", as_of=NEXT_DAY, drafter=keeper)
    actions.discard_draft(draft=other, actor=keeper2)
    steps = AuditEntry.objects.filter(object_kind__in=("release_draft", "catalog_release"))
    told = list(steps.exclude(actor=None).order_by("id").values_list("action", "actor__username"))
    assert told == [
        ("release drafted", "keeper"),
        ("release draft submitted", "keeper"),
        ("release draft returned", "keeper2"),
        ("release draft changed", "keeper"),
        ("release draft submitted", "keeper"),
        ("release published", "keeper2"),
        ("release drafted", "keeper"),
        ("release draft discarded", "keeper2"),
    ]


def test_nobody_publishes_their_own_draft(submitted: ReleaseDraft, keeper: User, signed_in: SignIn) -> None:
    status, page = said(signed_in(keeper), address(submitted, "draft_publication"), digest=digest(submitted))
    assert status == 409
    assert "You drafted this release. A second person has to publish it." in page
    assert "Publish the release" not in page
    assert CatalogRelease.objects.count() == 1


def test_a_one_person_office_publishes_its_own_draft_and_says_so(
    submitted: ReleaseDraft, keeper: User, signed_in: SignIn, settings: Settings
) -> None:
    settings.GENKA_ONE_PERSON_OFFICE = True
    desk = signed_in(keeper)
    assert "Publish the release" in desk.get(address(submitted)).content.decode()
    _status, page = said(desk, address(submitted, "draft_publication"), digest=digest(submitted))
    assert "Drafted and published by the same person." in page
    details = AuditEntry.objects.get(action="release published", actor=keeper).details
    assert details["one_person_office"] == "drafted and published by the same person"


def test_two_persons_leave_no_word_of_one_in_the_audit_log(
    submitted: ReleaseDraft, keeper2: User, settings: Settings
) -> None:
    settings.GENKA_ONE_PERSON_OFFICE = True
    actions.publish_draft(draft=submitted, digest=digest(submitted), publisher=keeper2)
    assert (
        "one_person_office" not in AuditEntry.objects.get(action="release published", actor=keeper2).details
    )


def test_entries_changed_after_the_review_began_are_not_published(
    submitted: ReleaseDraft, keeper: User, keeper2: User, signed_in: SignIn, add_row: Add
) -> None:
    reviewed = digest(submitted)
    add_row(key="offer.semianalysis.h200.rental_3y", value=2.0)
    second = signed_in(keeper2)
    status, page = said(second, address(submitted, "draft_publication"), digest=reviewed)
    assert status == 409
    assert "Nothing was published; look at what changes now." in page
    assert "2 entries differ" in page
    # Not even what is there now, because its drafter has not submitted that.
    status, _page = said(second, address(submitted, "draft_publication"), digest=digest(submitted))
    assert status == 409
    assert CatalogRelease.objects.count() == 1
    assert "Submit it again as it is now" in signed_in(keeper).get(address(submitted)).content.decode()
    actions.submit_draft(draft=submitted, digest=digest(submitted), actor=keeper)
    release = actions.publish_draft(draft=submitted, digest=digest(submitted), publisher=keeper2)
    assert release.number == 2


def test_a_tab_from_before_a_return_cannot_publish_what_was_submitted_later(
    submitted: ReleaseDraft, keeper: User, keeper2: User
) -> None:
    old_tab = digest(submitted)
    actions.return_draft(draft=submitted, reason="Another name.", actor=keeper2)
    changed = actions.change_draft(draft=submitted, name="2026-12", as_of=NEXT_DAY, note="", actor=keeper)
    actions.submit_draft(draft=changed, digest=digest(changed), actor=keeper)
    with pytest.raises(Conflict, match="Entries have changed since this was submitted"):
        actions.publish_draft(draft=submitted, digest=old_tab, publisher=keeper2)


def test_a_double_click_publishes_once(submitted: ReleaseDraft, keeper2: User, signed_in: SignIn) -> None:
    second, seen = signed_in(keeper2), digest(submitted)
    for _click in range(2):
        status, page = said(second, address(submitted, "draft_publication"), digest=seen)
        assert status == 200
        assert "Release 2 (2026-11b) is published." in page
    assert CatalogRelease.objects.count() == 2
    assert AuditEntry.objects.filter(action="release published", actor=keeper2).count() == 1


def test_a_double_click_submits_once(draft: ReleaseDraft, keeper: User) -> None:
    for _click in range(2):
        actions.submit_draft(draft=draft, digest=digest(draft), actor=keeper)
    assert AuditEntry.objects.filter(action="release draft submitted").count() == 1


def test_a_second_draft_leads_to_the_open_one(draft: ReleaseDraft, keeper2: User, signed_in: SignIn) -> None:
    second = signed_in(keeper2)
    assert second.get(reverse("catalog:draft_new"))["Location"] == address(draft)
    _status, page = said(second, reverse("catalog:draft_new"), name="mine", as_of="2026-11-25")
    assert "A draft is open already: this one." in page
    with pytest.raises(Conflict, match="A draft is open already"):
        actions.draft_release(name="mine", as_of=NEXT_DAY, drafter=keeper2)
    assert ReleaseDraft.objects.count() == 1


def test_after_a_draft_was_discarded_there_may_be_another(draft: ReleaseDraft, keeper: User) -> None:
    actions.discard_draft(draft=draft, actor=keeper)
    with pytest.raises(Conflict, match="discarded"):
        actions.submit_draft(draft=draft, digest=digest(draft), actor=keeper)
    assert actions.draft_release(name="again", as_of=NEXT_DAY, drafter=keeper).is_open


@pytest.mark.parametrize(
    "act",
    [
        lambda draft, who: actions.change_draft(draft=draft, name="x", as_of=NEXT_DAY, note="", actor=who),
        lambda draft, who: actions.submit_draft(draft=draft, digest=digest(draft), actor=who),
    ],
    ids=["change", "submit"],
)
def test_only_the_drafter_changes_and_submits(
    draft: ReleaseDraft, keeper2: User, act: Callable[[ReleaseDraft, User], object]
) -> None:
    with pytest.raises(Conflict, match="Only keeper can change or submit this draft"):
        act(draft, keeper2)


@pytest.mark.parametrize("who", ["owner", "outsider", "loner", "clerk", "switched off"])
def test_who_is_no_keeper_finds_no_draft(
    submitted: ReleaseDraft, people: People, signed_in: SignIn, who: str
) -> None:
    if who == "switched off":
        keeper = people.keeper2
        client = signed_in(keeper)
        keeper.is_staff = False
        keeper.save()
        person = keeper
    else:
        person = getattr(people, who, None) or User.objects.create_user(who, is_staff=True)
        client = signed_in(person)
    steps = ("draft", "draft_submission", "draft_publication", "draft_return", "draft_discarding")
    assert client.get(address(submitted)).status_code == 404
    assert client.get(reverse("catalog:draft_new")).status_code == 404
    assert client.post(reverse("catalog:draft_new"), {"name": "x"}).status_code == 404
    for step in steps:
        assert client.post(address(submitted, step), {"digest": digest(submitted)}).status_code == 404
    assert "2026-11b" not in client.get(reverse("catalog:releases")).content.decode()
    for act in (
        lambda: actions.draft_release(name="x", as_of=NEXT_DAY, drafter=person),
        lambda: actions.publish_draft(draft=submitted, digest=digest(submitted), publisher=person),
        lambda: actions.return_draft(draft=submitted, reason="x", actor=person),
        lambda: actions.discard_draft(draft=submitted, actor=person),
    ):
        with pytest.raises(Http404):
            act()
    assert CatalogRelease.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "This field is required"),
        ("name", "x" * 81, "1 to 80 characters"),
        ("name", "\u200d", "1 to 80 characters"),
        ("as_of", "2026-02-30", "“2026-02-30” is not a day"),
        ("as_of", "0000-01-01", "is not a day"),
        ("as_of", "yesterday", "“yesterday” is not a day"),
        ("as_of", "2026-11-26", "2026-11-26 is not allowed. Give a day from 2026-11-24"),
        ("as_of", "2026-11-23", "2026-11-23 is not allowed"),
        ("note", "x" * 2001, "at most 2,000 characters"),
    ],
)
def test_a_bad_field_is_refused_at_the_field_and_what_was_typed_stays(
    seeded: CatalogRelease, keeper: User, signed_in: SignIn, field: str, value: str, sentence: str
) -> None:
    sent = {"name": "kept name", "as_of": "2026-11-25", "note": "kept note", field: value}
    answer = signed_in(keeper).post(reverse("catalog:draft_new"), sent)
    assert answer.status_code == 422
    assert any(sentence in error for error in answer.context["form"].errors[field])
    page = answer.content.decode()
    assert ("kept name" in page) or field == "name"
    assert ("kept note" in page) or field == "note"
    assert not ReleaseDraft.objects.exists()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_returning_needs_a_reason(
    submitted: ReleaseDraft, keeper2: User, signed_in: SignIn, reason: str
) -> None:
    status, page = said(signed_in(keeper2), address(submitted, "draft_return"), reason=reason)
    assert status == 422
    assert "Give a reason of 1 to 500 characters." in page
    submitted.refresh_from_db()
    assert submitted.is_in_review


def test_the_drafter_reads_why_it_was_returned(
    submitted: ReleaseDraft, keeper: User, keeper2: User, signed_in: SignIn
) -> None:
    said(signed_in(keeper2), address(submitted, "draft_return"), reason="B200 is <b>missing</b>.")
    page = signed_in(keeper).get(address(submitted)).content.decode()
    assert "Returned by keeper2: B200 is &lt;b&gt;missing&lt;/b&gt;." in page
    with pytest.raises(Conflict, match="not in review"):
        actions.publish_draft(draft=submitted, digest=digest(submitted), publisher=keeper2)


def test_what_changes_nothing_is_not_submitted(seeded: CatalogRelease, keeper: User) -> None:
    draft = actions.draft_release(name="same", as_of=actions.SEEDED_AS_OF, drafter=keeper)
    with pytest.raises(Conflict, match="Nothing has changed since release 1"):
        actions.submit_draft(draft=draft, digest=digest(draft), actor=keeper)


def test_an_empty_catalog_is_not_submitted(keeper: User) -> None:
    draft = actions.draft_release(name="empty", as_of=NEXT_DAY, drafter=keeper)
    with pytest.raises(Conflict, match="no entry to publish"):
        actions.submit_draft(draft=draft, digest=digest(draft), actor=keeper)


def test_draft_pages_ask_few_queries(
    submitted: ReleaseDraft,
    keeper2: User,
    signed_in: SignIn,
    add_row: Add,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    second = signed_in(keeper2)
    for where in (address(submitted), reverse("catalog:releases")):
        with django_assert_max_num_queries(8) as few:
            second.get(where)
        for key in CatalogEntry.objects.filter(kind="offer").values_list("key", flat=True)[:40]:
            CatalogEntry.objects.filter(key=key).update(notes=f"changed for {where}")
        with django_assert_max_num_queries(8) as many:
            second.get(where)
        assert len(many.captured_queries) <= len(few.captured_queries)
