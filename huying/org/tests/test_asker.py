"""Who an account is as asker: rights by post, verb and area, in one statement."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from huying.kernel.asker import Stranger
from huying.kernel.clock import frozen, now
from huying.kernel.errors import Unauthenticated
from huying.org import actions, queries
from huying.org.models import ApiKey, Holding, Post
from huying.org.tests.people import (
    HOUCHANG,
    LIANGDAO,
    PASSWORD,
    SYSTEM,
    Cast,
    account,
    unit,
)


def test_asker_is_read_in_one_statement(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    alice = account("alice")
    with django_assert_num_queries(1):
        asker = queries.asker_for(alice)
        assert asker.area("org.plan_shift")
    assert asker.label == "王敏 (粮道街道)"
    assert asker.roles == {"street_dispatcher"}


def test_right_holds_below_its_area_and_not_beside_it(cast: Cast) -> None:
    area = cast.alice.area("org.view")
    assert area.covers(unit(LIANGDAO).path)
    assert area.covers(unit(HOUCHANG).path)
    assert not area.covers(unit("420106").path)
    assert not area.covers(unit("420106008").path)


def test_post_over_the_top_of_the_tree_reaches_everything(cast: Cast) -> None:
    post = actions.create_post("420100", "leader", "市领导", by=SYSTEM)
    actions.give_post(account("nobody").pk, post.pk, by=SYSTEM)
    assert cast.nobody.area("org.view").everywhere
    assert not cast.centre.area("org.view").everywhere


def test_person_without_post_has_no_right(cast: Cast) -> None:
    assert not cast.nobody.area("org.view")


def test_post_counts_only_while_it_is_held(cast: Cast) -> None:
    start, end = now() + timedelta(days=1), now() + timedelta(days=2)
    post = Post.objects.get(unit__code=HOUCHANG, role__code="community_staff")
    actions.give_post(account("nobody").pk, post.pk, since=start, until=end, by=SYSTEM)
    assert not cast.nobody.posts
    with frozen(start):
        assert cast.nobody.roles == {"community_staff"}
    with frozen(end):
        assert not cast.nobody.posts


def test_closed_post_gives_no_right(cast: Cast) -> None:
    post = Post.objects.get(unit__code=LIANGDAO)
    actions.close_post(post.pk, by=SYSTEM)
    assert not cast.alice.area("org.view")


def test_one_signed_in_request_costs_three_statements(
    cast: Cast, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(account("alice"))
    with django_assert_num_queries(3):
        client.get("/accounts/inactive/")


def test_key_narrows_the_rights_of_its_owner(cast: Cast) -> None:
    _key, clear = actions.issue_key(account("alice").pk, "系统对接", ["org.view"], by=cast.alice)
    asker = queries.asker_for_key(clear)
    assert asker.area("org.view") == cast.alice.area("org.view")
    assert not asker.area("org.plan_shift")
    assert asker.id.startswith("key:")


def test_key_of_a_whole_room_covers_its_verbs_only(cast: Cast) -> None:
    _key, clear = actions.issue_key(account("alice").pk, "对接", ["org.*"], by=cast.alice)
    asker = queries.asker_for_key(clear)
    assert asker.area("org.plan_shift")
    assert not asker.area("organ.plan_shift")


@pytest.mark.parametrize("spoil", ["secret", "expired", "revoked", "closed", "purpose"])
def test_spoilt_key_is_refused(cast: Cast, spoil: str) -> None:
    key, clear = actions.issue_key(
        account("alice").pk,
        "对接",
        ["org.view"],
        expires_at=now() + timedelta(days=1),
        by=cast.alice,
    )
    at = now()
    if spoil == "secret":
        clear = clear[:-1] + ("a" if clear[-1] != "a" else "b")
    elif spoil == "expired":
        at += timedelta(days=1)
    elif spoil == "revoked":
        actions.revoke_key(key.prefix, by=cast.alice)
    elif spoil == "closed":
        actions.close_person(account("alice").pk, by=SYSTEM)
    with frozen(at), pytest.raises(Unauthenticated):
        queries.asker_for_key(clear, purpose="open311" if spoil == "purpose" else "api")


def test_secret_of_a_key_is_kept_nowhere(cast: Cast) -> None:
    key, clear = actions.issue_key(account("alice").pk, "对接", ["org.view"], by=cast.alice)
    secret = clear.rsplit("_", 1)[1]
    row = ApiKey.objects.filter(pk=key.pk).values().get()
    assert secret not in str(row)


def test_key_use_is_noted_once_an_hour(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    key, clear = actions.issue_key(account("alice").pk, "对接", ["org.view"], by=cast.alice)
    actions.note_key_use(queries.asker_for_key(clear))
    first = ApiKey.objects.get(pk=key.pk).last_used_at
    assert first is not None
    asker = queries.asker_for_key(clear)
    with django_assert_num_queries(0):
        actions.note_key_use(asker)
    with frozen(first + timedelta(hours=1)):
        actions.note_key_use(asker)
        assert ApiKey.objects.get(pk=key.pk).last_used_at == now()


def test_substitute_acts_until_the_end(cast: Cast) -> None:
    post = Post.objects.get(unit__code=LIANGDAO)
    end = now() + timedelta(days=3)
    actions.give_post(
        account("nobody").pk,
        post.pk,
        until=end,
        standing_in_for=account("alice").pk,
        by=SYSTEM,
    )
    assert cast.nobody.area("org.view") == cast.alice.area("org.view")
    with frozen(end):
        assert not cast.nobody.posts
    assert Holding.objects.filter(standing_in_for=account("alice")).exists()


def test_stranger_may_nothing() -> None:
    assert not Stranger().area("org.view")


def test_password_signs_in(cast: Cast, client: Client) -> None:
    answer = client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(account("alice").pk)
