"""Posts, holders and roles: 三员分立 holds against verbs, raw writers and each other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from huying.kernel.clock import frozen, now
from huying.kernel.errors import Forbidden, Invalid, NotFound, NotNow, Stale
from huying.org import actions
from huying.org.asker import HeldPost, PersonAsker
from huying.org.models import Account, Holding, Post, Role
from huying.org.roles import grant_by_default
from huying.org.tests import people
from huying.org.tests.people import DISTRICT, HOUCHANG, HUJIN, LIANGDAO, SYSTEM, Cast, account, unit


def post_of(role: str) -> Post:
    """The one post with this role."""
    return Post.objects.get(role__code=role)


@pytest.mark.parametrize("held", ["sysadmin", "secadmin", "auditor", "alice"])
@pytest.mark.parametrize("role", ["system_admin", "security_admin", "auditor", "leader"])
def test_one_person_never_has_two_duties(cast: Cast, held: str, role: str) -> None:
    duty = Role.objects.get(code=role).duty
    same = {post.duty for post in getattr(cast, held).posts} == {duty}
    post = actions.create_post(LIANGDAO, role, "另岗", by=SYSTEM)
    if same:
        actions.give_post(account(held).pk, post.pk, by=SYSTEM)
    else:
        with pytest.raises(NotNow, match="三员分立"):
            actions.give_post(account(held).pk, post.pk, by=SYSTEM)
    assert len({one.duty for one in getattr(cast, held).posts}) == 1


def test_duties_may_follow_each_other_but_not_overlap(cast: Cast) -> None:
    change = now() + timedelta(days=30)
    holding = Holding.objects.get(person__username="sysadmin")
    Holding.objects.filter(pk=holding.pk).update(until=change)
    post = post_of("auditor")
    with pytest.raises(NotNow):
        actions.give_post(
            account("sysadmin").pk, post.pk, since=change - timedelta(minutes=1), by=SYSTEM
        )
    actions.give_post(account("sysadmin").pk, post.pk, since=change, by=SYSTEM)
    with frozen(change):
        assert cast.sysadmin.roles == {"auditor"}


def test_raw_writer_meets_the_same_rule(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="separation of duties"), transaction.atomic():
        Holding.objects.create(person=account("sysadmin"), post=post_of("auditor"), since=now())
    with pytest.raises(Exception, match=r"duty_stays|read only|Cannot"), transaction.atomic():
        Role.objects.filter(code="auditor").update(duty="system")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_slip_two_duties_through() -> None:
    people.build()
    nobody = account("nobody").pk
    posts = [post_of("auditor").pk, post_of("system_admin").pk]
    gate = threading.Barrier(2)
    refused: list[str] = []

    def give(post: int) -> None:
        gate.wait()
        try:
            actions.give_post(nobody, post, by=SYSTEM)
        except (NotNow, IntegrityError) as refusal:
            refused.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=give, args=(post,)) for post in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert Holding.objects.filter(person_id=nobody).count() == 1


def test_security_administrator_gives_and_ends_a_post(cast: Cast) -> None:
    post = Post.objects.get(unit__code=LIANGDAO)
    holding = actions.give_post(account("nobody").pk, post.pk, by=cast.secadmin)
    assert cast.nobody.roles == {"street_dispatcher"}
    actions.end_post(holding.pk, by=cast.secadmin)
    assert not cast.nobody.posts
    with pytest.raises(NotNow):
        actions.end_post(holding.pk, by=cast.secadmin)


def test_a_post_not_yet_begun_is_taken_back(cast: Cast) -> None:
    post = Post.objects.get(unit__code=LIANGDAO)
    later = now() + timedelta(days=1)
    holding = actions.give_post(account("nobody").pk, post.pk, since=later, by=cast.secadmin)
    actions.end_post(holding.pk, by=cast.secadmin)
    assert not Holding.objects.filter(pk=holding.pk).exists()


@pytest.mark.parametrize("who", ["sysadmin", "auditor", "alice", "centre"])
def test_nobody_else_gives_or_ends_posts(cast: Cast, who: str) -> None:
    post = Post.objects.get(unit__code=LIANGDAO)
    holding = Holding.objects.get(person__username="alice")
    with pytest.raises(Forbidden):
        actions.give_post(account("nobody").pk, post.pk, by=getattr(cast, who))
    with pytest.raises(Forbidden):
        actions.end_post(holding.pk, by=getattr(cast, who))


def test_nobody_gives_a_post_to_himself(cast: Cast) -> None:
    post = actions.create_post(LIANGDAO, "security_admin", "街道安全员", by=SYSTEM)
    with pytest.raises(Forbidden, match="自己"):
        actions.give_post(account("secadmin").pk, post.pk, by=cast.secadmin)


def street_security(cast: Cast) -> None:
    """Make `nobody` the security administrator of Liangdao street only."""
    post = actions.create_post(LIANGDAO, "security_admin", "街道安全员", by=SYSTEM)
    actions.give_post(account("nobody").pk, post.pk, by=SYSTEM)


def test_posts_of_another_street_are_not_there(cast: Cast) -> None:
    street_security(cast)
    other = Post.objects.get(unit__code="420106008")
    with pytest.raises(NotFound):
        actions.give_post(account("carol").pk, other.pk, by=cast.nobody)
    with pytest.raises(NotFound):
        actions.close_post(other.pk, by=cast.nobody)
    with pytest.raises(NotFound):
        actions.create_post(HUJIN, "community_staff", "社区", by=cast.nobody)


def test_a_post_reaching_beyond_ones_area_cannot_be_given(cast: Cast) -> None:
    street_security(cast)
    wide = actions.create_post(LIANGDAO, "leader", "区领导", DISTRICT, by=SYSTEM)
    with pytest.raises(Forbidden):
        actions.give_post(account("carol").pk, wide.pk, by=cast.nobody)
    with pytest.raises(NotFound):
        actions.create_post(LIANGDAO, "leader", "区领导二", DISTRICT, by=cast.nobody)


def test_substitute_needs_an_end_and_a_present_holder(cast: Cast) -> None:
    post = Post.objects.get(unit__code=LIANGDAO)
    with pytest.raises(Invalid) as refusal:
        actions.give_post(
            account("nobody").pk, post.pk, standing_in_for=account("alice").pk, by=SYSTEM
        )
    assert refusal.value.faults[0].where == "until"
    with pytest.raises(Invalid) as refusal:
        actions.give_post(
            account("nobody").pk,
            post.pk,
            until=now() + timedelta(days=1),
            standing_in_for=account("bob").pk,
            by=SYSTEM,
        )
    assert refusal.value.faults[0].where == "standing_in_for"


def test_the_same_post_is_not_held_twice_at_once(cast: Cast) -> None:
    with pytest.raises(NotNow):
        actions.give_post(account("alice").pk, Post.objects.get(unit__code=LIANGDAO).pk, by=SYSTEM)


def test_a_role_takes_only_verbs_of_its_duty(cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.edit_role("leader", ["org.view", "org.give_post", "no.such"], by=cast.secadmin)
    assert {fault.where for fault in refusal.value.faults} == {"org.give_post", "no.such"}
    actions.edit_role("leader", ["org.view", "org.plan_shift"], by=cast.secadmin)
    assert Role.objects.get(code="leader").verbs == ["org.plan_shift", "org.view"]


def test_a_stale_role_is_not_overwritten(cast: Cast) -> None:
    version = Role.objects.get(code="leader").version
    actions.edit_role("leader", ["org.view"], version=version, by=cast.secadmin)
    with pytest.raises(Stale):
        actions.edit_role("leader", [], version=version, by=cast.secadmin)


@pytest.mark.parametrize("who", ["sysadmin", "auditor", "alice"])
def test_only_the_security_administrator_edits_roles(cast: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        actions.edit_role("leader", ["org.view"], by=getattr(cast, who))


def test_a_verb_taken_away_does_not_come_back_with_an_upgrade(cast: Cast) -> None:
    actions.edit_role("street_dispatcher", ["org.view"], by=cast.secadmin)
    actions.install_roles(by=SYSTEM)
    assert Role.objects.get(code="street_dispatcher").verbs == ["org.view"]


def test_no_room_can_grant_across_duties() -> None:
    with pytest.raises(ValueError, match="separation"):
        grant_by_default("leader", "kernel.view_audit")
    with pytest.raises(ValueError, match="separation"):
        grant_by_default("system_admin", "cases.accept")


def test_close_person_ends_everything(cast: Cast) -> None:
    key, _clear = actions.issue_key(account("alice").pk, "对接", ["org.view"], by=cast.alice)
    actions.close_person(account("alice").pk, by=cast.sysadmin)
    assert not cast.alice.posts
    key.refresh_from_db()
    assert key.revoked_at is not None
    with pytest.raises(NotNow):
        actions.close_person(account("alice").pk, by=cast.sysadmin)


def test_people_are_made_inside_ones_area_only(cast: Cast) -> None:
    person, first = actions.create_person(
        "newcomer", "新人", LIANGDAO, phone="13912345678", by=cast.sysadmin
    )
    assert person.check_password(first)
    assert person.must_change_password
    post = actions.create_post(LIANGDAO, "system_admin", "街道管理员", by=SYSTEM)
    actions.give_post(account("nobody").pk, post.pk, by=SYSTEM)
    with pytest.raises(NotFound):
        actions.create_person("other", "别处", HUJIN, by=cast.nobody)
    with pytest.raises(NotFound):
        actions.close_person(account("bob").pk, by=cast.nobody)


@pytest.mark.parametrize(
    "verb",
    [
        lambda by, who: actions.create_person("x-name", "某", LIANGDAO, by=by),
        lambda by, who: actions.edit_person(who, name="某", phone="", unit_code=LIANGDAO, by=by),
        lambda by, who: actions.close_person(who, by=by),
        lambda by, who: actions.reset_password(who, by=by),
    ],
)
@pytest.mark.parametrize("who", ["secadmin", "auditor", "centre"])
def test_only_the_system_administrator_keeps_accounts(
    cast: Cast, verb: Callable[[Any, int], object], who: str
) -> None:
    with pytest.raises(Forbidden):
        verb(getattr(cast, who), account("alice").pk)


def test_edit_person_is_versioned(cast: Cast) -> None:
    alice = account("alice")
    changes = {"name": "王小敏", "phone": "", "unit_code": LIANGDAO}
    actions.edit_person(alice.pk, **changes, version=alice.version, by=cast.sysadmin)
    with pytest.raises(Stale):
        actions.edit_person(alice.pk, **changes, version=alice.version, by=cast.sysadmin)
    assert account("alice").pinyin == "wang2 xiao3 min3"


def test_people_are_ordered_by_pinyin(cast: Cast) -> None:
    names = list(Account.objects.order_by("pinyin").values_list("name", flat=True))
    assert names.index("安全芳") < names.index("陈社") < names.index("赵强")


def test_shift_is_planned_by_its_unit_and_not_twice(cast: Cast) -> None:
    start = now()
    end = start + timedelta(hours=8)
    shift = actions.plan_shift(LIANGDAO, start, end, account("carol").pk, by=cast.alice)
    with pytest.raises(NotNow):
        actions.plan_shift(HOUCHANG, start, end, account("carol").pk, by=cast.alice)
    with pytest.raises(NotFound):
        actions.plan_shift(HUJIN, start, end, account("bob").pk, by=cast.alice)
    with pytest.raises(NotFound):
        actions.cancel_shift(shift.pk, by=cast.bob)
    with pytest.raises(Forbidden):
        actions.cancel_shift(shift.pk, by=cast.secadmin)
    actions.cancel_shift(shift.pk, by=cast.alice)


def test_shift_of_wrong_length_or_person_is_refused(cast: Cast) -> None:
    start = now()
    with pytest.raises(Invalid) as refusal:
        actions.plan_shift(LIANGDAO, start, start, 0, phone="x", by=cast.alice)
    assert {fault.where for fault in refusal.value.faults} == {"ends_at", "phone"}


def test_key_is_issued_by_its_owner_only(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        actions.issue_key(account("alice").pk, "冒领", ["org.view"], by=cast.sysadmin)
    anywhere = HeldPost("x", "business", "x", "x", "x", "420100/", "", frozenset({"org.issue_key"}))
    with pytest.raises(Forbidden):  # not even with the right everywhere
        actions.issue_key(
            account("alice").pk, "冒领", ["org.view"], by=PersonAsker(0, "甲", (anywhere,))
        )
    with pytest.raises(Invalid) as refusal:
        actions.issue_key(account("alice").pk, "", ["no.such"], by=cast.alice)
    assert {fault.where for fault in refusal.value.faults} == {"name", "scopes"}


def test_key_is_withdrawn_by_owner_or_security_administrator(cast: Cast) -> None:
    for by in ("alice", "secadmin"):
        key, _clear = actions.issue_key(account("alice").pk, "对接", ["org.view"], by=cast.alice)
        for other in ("bob", "sysadmin"):
            with pytest.raises((Forbidden, NotFound)):
                actions.revoke_key(key.prefix, by=getattr(cast, other))
        actions.revoke_key(key.prefix, by=getattr(cast, by))


def test_unit_of_a_post_is_the_area_unless_said(cast: Cast) -> None:
    post = actions.create_post(LIANGDAO, "leader", "街道书记", by=cast.secadmin)
    assert post.area == unit(LIANGDAO)
    with pytest.raises(NotNow):
        actions.create_post(LIANGDAO, "leader", "街道书记", by=cast.secadmin)
    actions.close_post(post.pk, by=cast.secadmin)
    again = actions.create_post(LIANGDAO, "leader", "街道书记", by=cast.secadmin)
    assert again.pk == post.pk and again.active
