"""Pages: every address × every role, what each offers whom, and how many statements it costs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from huying.kernel.clock import now
from huying.org import actions, urls
from huying.org.models import ApiKey, Holding, Unit
from huying.org.tests.people import HOUCHANG, HUJIN, LIANGDAO, Cast, account

ROLES = ("sysadmin", "secadmin", "auditor", "centre", "alice", "bob", "grid", "nobody")
WIDE = ("sysadmin", "secadmin", "auditor", "centre")


def client_of(username: str) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(account(username))
    return client


def only(*allowed: str, other: int = 403, **special: int) -> dict[str, int]:
    """200 for the allowed, `other` for the rest."""
    return {**dict.fromkeys(ROLES, other), **dict.fromkeys(allowed, 200), **special}


# Alice's street holds the community; Bob's is another, the grid worker's lies below.
UNSEEN = {"bob": 404, "grid": 404, "nobody": 404}
SEEN = only(*WIDE, "alice", **UNSEEN)
HANDED = only("alice", bob=404)  # it waits for Alice
PAGES: dict[str, dict[str, int]] = {
    "/org/units/": only(*ROLES[:-1]),
    "/org/areas.geojson?under=@unit&level=grid": SEEN,
    "/org/units/@unit/": SEEN,
    "/org/units/@unit/children/": SEEN,
    "/org/units/@unit/create/": only("sysadmin", **UNSEEN),
    "/org/units/@unit/rename/": only("sysadmin", **UNSEEN),
    "/org/units/@unit/move/": only("sysadmin", **UNSEEN),
    "/org/units/@unit/boundary/": only("sysadmin", **UNSEEN),
    "/org/units/@unit/close/": only("sysadmin", **UNSEEN),
    "/org/units/@unit/posts/create/": only("secadmin", **UNSEEN),
    "/org/units/@unit/duty/plan/": only("centre", "alice", **UNSEEN),
    "/org/people/": only(*ROLES[:-1]),
    "/org/people/create/": only("sysadmin"),
    "/org/people/@carol/": SEEN,
    "/org/people/@carol/edit/": only("sysadmin", **UNSEEN),
    "/org/people/@carol/close/": only("sysadmin", **UNSEEN),
    "/org/people/@carol/password/": only("sysadmin", **UNSEEN),
    "/org/people/@carol/second-factor/": only("secadmin", **UNSEEN),
    "/org/people/@carol/posts/": only("secadmin", **UNSEEN),
    "/org/roles/": only(*ROLES[:-1]),
    "/org/roles/leader/": only("secadmin"),
    "/org/account/": only(*ROLES),
    "/org/account/keys/": only(*ROLES),
    "/org/duty/": only(*ROLES[:-1]),
    "/org/handovers/": only("centre", "alice", "bob"),
    "/org/handovers/@record/": only("centre", "alice", bob=404),
    "/org/handovers/@record/take-over/": HANDED,
    "/org/handovers/@record/object/": HANDED,
    "/org/shifts/@own/hand-over/": only("alice", **UNSEEN),
    "/org/import/": only("sysadmin"),
    "/org/import/template.xlsx": only("sysadmin"),
}
POSTS: dict[str, dict[str, int]] = {
    "/org/units/@unit/close/": only(other=403, sysadmin=409, **UNSEEN),
    "/org/people/@carol/close/": only(other=403, sysadmin=409, **UNSEEN),
    "/org/people/@carol/password/": only("sysadmin", **UNSEEN),
    "/org/people/@carol/second-factor/": only(other=403, secadmin=409, **UNSEEN),
    "/org/holdings/@holding/end/": only(other=403, secadmin=302, **UNSEEN),
    "/org/keys/@key/revoke/": only(other=403, secadmin=302, **UNSEEN),
    "/org/shifts/@shift/cancel/": only(other=403, centre=302, alice=302, **UNSEEN),
    "/org/sessions/@session/end/": only(other=403, sysadmin=302, **UNSEEN),
}


def handed_over() -> tuple[str, str]:
    """A record of Carol's watch that waits for Alice, and Alice's own shift after it."""
    shifts = [
        actions.plan_shift(
            *(HOUCHANG, now() + timedelta(hours=start), now() + timedelta(hours=end)),
            account(name).pk,
            by=Cast().alice,
        )
        for name, start, end in (("carol", -8, 0.5), ("alice", -0.5, 8), ("dept", 8, 16))
    ]
    record = actions.hand_over_shift(shifts[0].pk, by=Cast().carol)
    return str(record.pk), str(shifts[1].pk)


def filled(path: str) -> str:
    """The address with real things in it."""
    from allauth.usersessions.models import UserSession

    carol = account("carol")
    for word, value in (
        ("@unit", HOUCHANG),
        ("@carol", carol.pk),
        ("@holding", Holding.objects.get(person=carol).pk),
    ):
        path = path.replace(word, str(value))
    if "@key" in path:
        key, _clear = actions.issue_key(carol.pk, "钥", ["org.view"], by=Cast().carol)
        path = path.replace("@key", key.prefix)
    if "@shift" in path:
        start = now()
        end = start + timedelta(hours=1)
        shift = actions.plan_shift(HOUCHANG, start, end, carol.pk, by=Cast().alice)
        path = path.replace("@shift", str(shift.pk))
    if "@record" in path or "@own" in path:
        record, own = handed_over()
        path = path.replace("@record", record).replace("@own", own)
    if "@session" in path:
        session = UserSession.objects.create(
            user=carol, ip="10.0.0.1", session_key="of carol", user_agent="x"
        )
        path = path.replace("@session", str(session.pk))
    return path


@pytest.mark.parametrize("path", PAGES)
def test_pages_by_role(cast: Cast, path: str) -> None:
    address = filled(path)
    answers = {who: client_of(who).get(address).status_code for who in ROLES}
    expected = PAGES[path]
    # A person without a post has no unit whose roster could be shown.
    if path == "/org/duty/":
        expected = {**expected, "nobody": 403}
    assert answers == expected
    stranger = Client().get(address)
    assert stranger.status_code == 302 and "/accounts/login/" in stranger["Location"]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("who", ROLES)
def test_deeds_by_role(cast: Cast, path: str, who: str) -> None:
    assert client_of(who).post(filled(path)).status_code == POSTS[path][who]


def test_no_address_is_left_out() -> None:
    def shape(path: str) -> str:
        return path.partition("?")[0].removeprefix("/org/")

    for known in {*PAGES, *POSTS}:
        get_resolver().resolve(
            known.partition("?")[0]
            .replace("@unit", "1")
            .replace("@key", "k")
            .replace("@carol", "1")
            .replace("@holding", "1")
            .replace("@shift", "1")
            .replace("@session", "1")
            .replace("@record", "1")
            .replace("@own", "1")
        )
    assert len({shape(path) for path in (*PAGES, *POSTS)}) == len(urls.urlpatterns)


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/org/units/", 8),
        ("/org/units/@unit/", 15),
        ("/org/people/", 8),
        ("/org/people/@carol/", 15),
        ("/org/roles/", 8),
        ("/org/account/", 15),
        ("/org/duty/", 8),
    ],
)
def test_statements_of_a_page(
    cast: Cast, path: str, most: int, django_assert_max_num_queries: Any
) -> None:
    client, address = client_of("sysadmin"), filled(path)
    with django_assert_max_num_queries(most):
        assert client.get(address).status_code == 200


def test_unit_is_made_renamed_and_closed_on_its_pages(cast: Cast) -> None:
    client = client_of("sysadmin")
    form = {"code": "420106005002", "name": "胭脂路社区", "kind": "community"}
    assert client.post(f"/org/units/{LIANGDAO}/create/", form).status_code == 302
    wrong = client.post(f"/org/units/{LIANGDAO}/create/", form)
    assert wrong.status_code == 422 and "已被使用" in wrong.content.decode()
    page = "/org/units/420106005002/"
    rename = {"name": "新名社区", "version": 1}
    assert client.post(f"{page}rename/", rename).status_code == 302
    stale = client.post(f"{page}rename/", {**rename, "name": "旧名"})
    assert stale.status_code == 409
    assert Unit.objects.get(code="420106005002").name == "新名社区"
    assert client.post(f"{page}close/", {"version": 2}).status_code == 302


def test_first_password_and_key_are_shown_once(cast: Cast) -> None:
    client = client_of("sysadmin")
    form = {"name": "新人", "username": "newcomer", "unit": LIANGDAO, "phone": ""}
    page = client.post("/org/people/create/", form)
    assert page.status_code == 200
    assert account("newcomer").check_password(page.context["secret"])
    key_page = client.post(
        "/org/account/keys/", {"name": "对接", "scopes": ["org.view"], "days": "30"}
    )
    secret = key_page.context["secret"]
    assert secret in key_page.content.decode()
    assert secret not in client.get("/org/account/").content.decode()
    assert ApiKey.objects.get().prefix in secret


def test_post_is_given_on_the_page_and_separation_is_explained(cast: Cast) -> None:
    client = client_of("secadmin")
    post = actions.create_post("420106", "auditor", "审计员二", by=cast.secadmin)
    answer = client.post(f"/org/people/{account('alice').pk}/posts/", {"post": post.pk})
    assert answer.status_code == 409 and "三员分立" in answer.content.decode()
    nobody = account("nobody").pk
    assert client.post(f"/org/people/{nobody}/posts/", {"post": post.pk}).status_code == 302
    assert cast.nobody.roles == {"auditor"}


def test_uncovered_shift_alarms(cast: Cast) -> None:
    client = client_of("alice")
    assert "无人值班" in client.get("/org/duty/").content.decode()
    monday = now().date() - timedelta(days=now().weekday())
    start = now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(
        days=now().weekday()
    )
    actions.plan_shift(
        LIANGDAO, start, start + timedelta(days=7), account("carol").pk, by=cast.alice
    )
    page = client.get(f"/org/duty/?unit={LIANGDAO}&week={monday}").content.decode()
    assert "陈社" in page and "无人值班" not in page


def test_search_and_lookups_stay_in_view(cast: Cast) -> None:
    client = client_of("alice")
    assert "候补街社区" in client.get("/search/?q=候补").content.decode()
    assert "湖锦社区" not in client.get("/search/?q=湖锦").content.decode()
    assert "陈社" in client.get("/lookup/person/?text=陈").content.decode()
    assert "赵强" not in client.get("/lookup/person/?text=赵").content.decode()
    assert HUJIN in client.get("/lookup/unit/?text=湖锦").content.decode()


def test_theme_and_elder_mode_follow_the_account(cast: Cast) -> None:
    client_of("alice").post("/preferences/", {"theme": "dark", "elder": "1"})
    alice = account("alice")
    assert (alice.theme, alice.elder_mode) == ("dark", True)
    desk = Client()
    desk.post("/accounts/login/", {"login": "alice", "password": "Right-Horse-7"})
    assert desk.cookies["huying_theme"].value == "dark"
    assert desk.cookies["huying_elder"].value == "1"
