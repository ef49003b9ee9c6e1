"""The demonstration district as loaded: whole, resumable, loaded once, never in production."""

from __future__ import annotations

import itertools
import json
import stat
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker
from shapely.geometry import Point, shape

from demo import appeals, district, duty, intake, people
from demo.knowledge import articles
from huying.cases.models import (
    Appellant,
    Article,
    Call,
    Case,
    CaseClock,
    CaseRequest,
    CityMessage,
    Handover,
    Meeting,
    Publication,
    RoutingRule,
    SupervisionOrder,
)
from huying.cases.queries.knowledge import proposed, standing_of
from huying.cases.queries.routing import routing_facts
from huying.cases.rules.categories import CATEGORIES
from huying.kernel import secrets
from huying.kernel.clock import DISTRICT_ZONE, frozen, now
from huying.kernel.errors import Forbidden, Unauthenticated
from huying.kernel.models import AuditRow
from huying.org.models import Account, DutyShift, Holding, Role, ShiftHandover, Unit
from huying.org.queries import asker_for, asker_for_key, watch
from tests.invariants import broken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
LOADED_AT = datetime(2026, 11, 18, 10, 30, tzinfo=DISTRICT_ZONE)  # chance is sown, so is the day


class Killed(Exception):
    """Stands for the process that died."""


def killed() -> int:
    raise Killed


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One load for all tests here, broken off before its last stage and then done again."""
    with (
        override_settings(DEMO=True),
        frozen(LOADED_AT),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        with pytest.raises(Killed):
            district.load(killed)
        district.load(appeals.install)
        yield
        transaction.set_rollback(True)


def figures() -> tuple[int, ...]:
    tables = (Unit, Account, Holding, Role, RoutingRule, DutyShift, Case, CaseClock, AuditRow)
    return tuple(table.objects.count() for table in tables)


def test_the_tree_is_the_real_one_down_to_communities_and_made_below() -> None:
    kinds = Counter(Unit.objects.values_list("kind", flat=True))
    assert {k: kinds[k] for k in ("city", "district", "street", "community")} == {
        "city": 1,
        "district": 1,
        "street": 15,
        "community": 144,
    }
    assert kinds["department"] == 46 and kinds["city_department"] == 14
    assert 1300 <= kinds["grid"] <= 1500
    drawn = Unit.objects.filter(boundary__isnull=False)
    assert set(drawn.exclude(illustrative=True).values_list("kind", flat=True)) == {"district"}


def test_the_planner_knows_of_all_rows_while_nothing_is_committed_yet() -> None:
    for table in (Unit, Account, Holding, DutyShift, Case, CaseClock):
        with connection.cursor() as cursor:
            cursor.execute(
                "select reltuples from pg_class where oid = %s::regclass", [table._meta.db_table]
            )
            (known,) = cursor.fetchone()
        there = table._base_manager.count()
        assert 0.8 * there < known < 1.2 * there, table


def test_every_unit_has_its_staff() -> None:
    staffed = set(
        Holding.objects.values_list("post__unit__kind", "post__unit__code", "post__role__code")
    )
    wanted = {
        "grid": "grid_worker",
        "community": "community_staff",
        "street": "street_dispatcher",
        "department": "department_handler",
    }
    for kind, code in Unit.objects.filter(kind__in=wanted).values_list("kind", "code"):
        assert (kind, code, wanted[kind]) in staffed


def test_each_role_can_be_tried_with_password_and_keys() -> None:
    found = people.access()
    assert {one.role for one in found} == set(Role.objects.values_list("code", flat=True))
    for one in found:
        account = Account.objects.get(username=one.username)
        assert account.demo and account.check_password(one.password)
        assert not account.must_change_password
        assert asker_for_key(one.api_token)
        assert asker_for_key(one.open311_key, purpose="open311")
    path = settings.HOME / "secrets" / people.KEPT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert people.access() == found


def test_lost_keys_are_issued_anew_and_the_old_ones_end() -> None:
    before = people.access()
    (settings.HOME / "secrets" / people.KEPT).unlink()
    after = people.access()
    assert {one.api_token for one in after}.isdisjoint({one.api_token for one in before})
    assert all(asker_for_key(one.api_token) for one in after)
    with pytest.raises(Unauthenticated):
        asker_for_key(before[0].api_token)


def test_only_the_accounts_to_try_can_sign_in() -> None:
    open_to_all = [a.username for a in Account.objects.all() if a.has_usable_password()]
    assert set(open_to_all) == {one.username for one in people.TRY_OUTS}


def test_a_second_load_changes_nothing() -> None:
    people.access()  # an earlier test may have lost the keys
    before = figures()
    district.load(appeals.install)
    assert figures() == before


def test_outside_demo_mode_everything_is_refused() -> None:
    with override_settings(DEMO=False):
        for asked in (
            people.access,
            duty.plan,
            duty.hand_over,
            lambda: district.load(appeals.install),
        ):
            with pytest.raises(Forbidden):
                asked()


def test_day_and_night_are_covered_but_for_one_night_of_one_street() -> None:
    rosters = itertools.groupby(
        DutyShift.objects.order_by("unit_id", "starts_at").select_related("unit"),
        key=lambda shift: shift.unit,
    )
    broken_at, units = [], 0
    for unit, several in rosters:
        shifts = list(several)
        units += 1
        assert all(shift.leader for shift in shifts), unit
        for earlier, later in itertools.pairwise(shifts):
            if earlier.ends_at != later.starts_at:
                broken_at.append(unit.code)
    assert units == 1 + 15 + 46
    assert broken_at == [duty.GAP]
    alarms = watch(asker_for(Account.objects.get(username="centre"))).alarms
    assert [one.code for one in alarms.coming] == [duty.GAP]


def test_the_last_watches_were_handed_over_with_what_was_open() -> None:
    records = ShiftHandover.objects.filter(unit__code="420106")
    assert set(records.values_list("state", flat=True)) == {"taken", "objected"}
    assert all(record.person_id != record.to_person_id for record in records)
    assert any(record.items for record in records)
    now_on = DutyShift.objects.get(unit__code="420106", starts_at__lte=now(), ends_at__gt=now())
    assert now_on.person.username in ("centre", "callback")
    assert not now_on.handovers.exists()


def test_the_knowledge_base_has_articles_in_every_standing() -> None:
    standings = Counter(standing_of(row) for row in Article.objects.all())
    assert set(standings) == {"published", "expired", "pending", "draft"}
    assert sum(standings.values()) >= 25
    assert len({row["title"] for row in articles()}) == len(list(articles()))
    centre = asker_for(Account.objects.get(username="centre"))
    for said, title in (("花园山路灯不亮", "路灯"), ("闻到燃气气味", "燃气"), ("申请低保", "低保")):
        assert title in proposed(centre, said)[0].title


def test_every_leaf_class_is_routed() -> None:
    leaves = {code for code, _name, _clock in CATEGORIES if len(code) == 6}
    routed = {fact.category_path.rstrip("/").split("/")[-1] for fact in routing_facts()}
    assert leaves <= routed


def test_the_appeals_hold_what_must_hold_of_every_case() -> None:
    assert broken() == []


def test_appeals_come_by_every_channel_and_stand_in_every_state_of_the_main_line() -> None:
    cases = Case.objects.all()
    assert cases.count() == appeals.COUNT and not cases.filter(imported=True).exists()
    channels = Counter(cases.values_list("channel", flat=True))
    assert set(channels) == {*intake.CHANNELS, "sensor"}
    states = Counter(cases.values_list("state", flat=True))
    assert set(states) >= {
        *(
            "merged",
            "registered",
            "not_accepted",
            "accepted",
            "dispatched",
            "in_progress",
            "replied",
        ),
        *("awaiting_callback", "evaluated", "archived", "withdrawn"),
    }
    assert cases.filter(round__gt=1).exists() and cases.filter(urgent=True).exists()
    assert cases.filter(sensitive=True).exists()
    assert 5 <= cases.filter(place=None).count() <= 60


def test_everything_that_exists_is_found_among_them() -> None:
    kinds = set(CaseRequest.objects.values_list("kind", flat=True))
    assert kinds == {"return", "extension", "suspension", "closure"}
    assert CaseRequest.objects.filter(state="rejected").exists()
    assert set(Call.objects.values_list("state", flat=True)) >= {"done", "misused", "withdrawn"}
    assert Call.objects.filter(ended_at=None).exists()
    assert set(Meeting.objects.values_list("state", flat=True)) >= {"convened", "minuted", "ruled"}
    assert Case.objects.filter(merged_count__gt=0).exists()
    assert Case.objects.filter(parts_made__gt=0).exists()
    assert Handover.objects.exclude(receipt="").exists()
    assert Publication.objects.filter(state="approved").exists()
    assert set(CityMessage.objects.values_list("way", flat=True)) == {"in", "out"}
    assert not CityMessage.objects.exclude(state="done").exists()
    assert SupervisionOrder.objects.filter(closed_at=None, level=1).exists()
    assert not SupervisionOrder.objects.filter(supervisor="").exists()


def test_most_deadlines_are_met_and_some_are_missed() -> None:
    for kind in ("intake", "sign", "contact", "handle", "callback"):
        outcomes = Counter(CaseClock.objects.filter(kind=kind).values_list("outcome", flat=True))
        assert 0.01 < outcomes["missed"] / (outcomes["met"] + outcomes["missed"]) < 0.15, kind
    assert Case.objects.filter(state__in=["dispatched", "in_progress"], due_at__lt=now()).exists()


def test_each_placed_appeal_lies_inside_its_grid() -> None:
    shapes = {
        unit.pk: shape(unit.boundary) for unit in Unit.objects.filter(kind="grid") if unit.boundary
    }
    rows = Case.objects.filter(place__isnull=False).values_list("place_id", "longitude", "latitude")
    assert rows
    for place, x, y in rows:
        assert x and y and shapes[place].contains(Point(x, y))


def test_appellants_are_invented() -> None:
    phones = [
        secrets.open_text(bytes(row)) if row else ""
        for row in Appellant.objects.values_list("phone", flat=True)
    ]
    assert all(phone == "" or phone.startswith("1990001") for phone in phones)
    assert phones.count("") < len(phones) / 5


def test_bulk_loading_leaves_one_audit_row_for_all() -> None:
    rows = AuditRow.objects.filter(verb="cases.import_history", actor_id="system:demo")
    assert [row.detail["count"] for row in rows] == [appeals.COUNT]


def test_accounts_are_plain_json() -> None:
    rows = json.loads(json.dumps(people.as_rows()))
    assert set(rows[0]) >= {"role", "username", "password", "api_token", "open311_key"}
