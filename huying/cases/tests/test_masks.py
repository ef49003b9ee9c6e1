"""What is shown of a citizen: every occurrence masked, on every way out."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from hypothesis import given
from hypothesis import strategies as st

from huying.cases import actions, queries
from huying.cases.models import Appellant, Case, CaseEvent
from huying.cases.rules.masks import mask_id, mask_name, mask_phone, mask_text, safe_file_name
from huying.cases.tests import people
from huying.kernel.clock import frozen
from huying.kernel.errors import Forbidden

SECRETS = (people.NAME, people.PHONE, people.ID_NUMBER)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("王敏", "王*"), ("欧阳建国", "欧阳**"), ("王小明", "王**"), ("李", "*"), ("", "")],
)
def test_names(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812345678", "138****5678"),
        ("+86 138-1234-5678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("87654321", "******21"),
    ],
)
def test_telephones(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


def test_id_numbers() -> None:
    assert mask_id("42010619800101123X") == "4201************3X"


@pytest.mark.parametrize(
    "text",
    [
        "电话13812345678,再说一遍13812345678",
        "电话138 1234 5678或138-1234-5678",
        "电话１３８１２３４５６７８",
        "+8613812345678",
        "身份证420106198001011234。",
        "微信号wx13812345678abc",
        "座机027-87654321",
        "卡号6222021234567890123",
        "0013812345678",
        "138 12345678",
        "身份证号42010619800101123x,尾号",
        "138\u200b1234\u200b5678",
        "1 3 8 1 2 3 4 5 6 7 8",
        "13812 345678",
        "4201061980 0101 1234",
        "座机87654321",
        "联系电话：87654321，白天打",
    ],
)
def test_no_long_run_of_digits_survives_in_a_text(text: str) -> None:
    digits = "".join(c for c in mask_text(text) if c.isdigit())
    for secret in ("13812345678", "420106198001011234", "6222021234567890123", "87654321"):
        assert secret not in digits


def test_an_address_for_mail_keeps_only_its_house() -> None:
    assert mask_text("请回wang.min@mail.example.cn") == "请回***@mail.example.cn"


@given(st.text(alphabet="建国欧阳路灯13812345678 -*,。", max_size=60))
def test_a_known_name_or_number_never_survives(text: str) -> None:
    masked = mask_text(text, SECRETS)
    assert people.NAME not in masked.replace(" ", "")
    assert people.PHONE not in masked.replace(" ", "").replace("-", "")


def test_the_ordinary_stays_readable() -> None:
    text = "2026年3月2日20:15,粮道街12栋3单元501室，表号1234567，诉求20260302-001-P0001,110、12345"
    assert mask_text(text) == text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("欧阳建国13812345678现场.jpg", "现场.jpg"),
        ("13998765432灯.jpg", "灯.jpg"),
        ("a\x00b\u202egpj.exe", "a_b_gpj.exe"),
        ("", "file"),
    ],
)
def test_file_names(name: str, shown: str) -> None:
    assert safe_file_name(name, SECRETS) == shown


@pytest.mark.usefixtures("district")
class TestEveryWayOut:
    """One case in which the citizen's data stand wherever a person could type them."""

    @pytest.fixture
    def number(self) -> str:
        told = f"我是{people.NAME},电话{people.PHONE}、{people.PHONE},证件{people.ID_NUMBER}"
        case = people.registered(
            title=f"{people.NAME}反映路灯{people.PHONE}",
            body=told,
            address=f"花园山3栋{people.NAME}家",
            about=people.code(people.WATER),
        )
        number = case.number

        def then(verb: str, by: Any, **args: Any) -> None:
            version = Case.objects.get(number=number).version
            getattr(actions, verb)(number, version=version, by=by, **args)

        then("comment", people.grid_worker, text=told)
        grid = people.code(people.GRID)
        then("set_place", people.centre, place=grid, address=f"5栋{people.NAME}{people.PHONE}")
        then("accept", people.centre, category="010303")
        then(
            "dispatch",
            people.centre,
            lead=people.code(people.URBAN),
            co=[people.code(people.WATER)],
            reason=told,
            despite_about=True,
        )
        then("sign", people.handler)
        then("contact", people.handler, reached=True, note=told)
        then("attach", people.handler, name=f"{people.NAME}{people.PHONE}.txt", data=b"hello")
        then("recategorise", people.centre, category="010302", reason=told)
        then("reply", people.handler, result=told, solved=True)
        then("review", people.centre, passed=False, reason=told)
        then("reply", people.handler, result=told, solved=True)
        then("review", people.centre, passed=True, reason=told)
        then("evaluate", people.caller, solved=True, grade=5, comment=told)
        return number

    def test_nothing_of_the_citizen_is_kept_in_clear(self, number: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "select table_name from information_schema.tables"
                " where table_schema = 'public' and table_type = 'BASE TABLE'"
            )
            for (table,) in cursor.fetchall():
                cursor.execute(f'select t::text from "{table}" t')
                for (row,) in cursor.fetchall():
                    for secret in SECRETS:
                        assert secret not in row, table

    def test_no_query_shows_the_citizen(self, number: str) -> None:
        for asker in (people.centre, people.handler, people.leader, people.grid_worker):
            seen = [
                str(dataclasses.asdict(queries.case_page(asker, number), dict_factory=str)),
                str(list(queries.visible(asker).values())),
                str(queries.search(asker, "路灯")),
            ]
            for secret in SECRETS:
                assert all(secret not in text for text in seen), asker.label

    def test_a_search_does_not_tell_what_a_page_hides(self, number: str) -> None:
        assert queries.search(people.leader, "路灯")
        for secret in SECRETS:
            assert not queries.search(people.leader, secret)

    def test_whoever_may_unmask_finds_by_telephone(self, number: str) -> None:
        assert [hit.number for hit in queries.search(people.centre, people.PHONE)] == [number]
        assert queries.search(people.centre, "138-1234-5678")
        assert not queries.search(people.other_handler, people.PHONE)
        assert not queries.search(people.other_dispatcher, people.PHONE)

    def test_unmasking_opens_for_ten_minutes_to_the_asker_alone(self, number: str) -> None:
        version = Case.objects.get().version
        actions.unmask(number, version=version, by=people.centre, reason="回访")
        page = queries.case_page(people.centre, number)
        (person,) = page.appellants
        assert (person.name, person.phone, person.id_number) == SECRETS
        assert people.PHONE in page.body and people.NAME in page.title
        assert page.address == f"5栋{people.NAME}{people.PHONE}"
        assert queries.case_page(people.leader, number).masked
        by_number = people.person("leader", people.DISTRICT, number=people.centre.account_id)
        assert by_number.id == people.centre.id
        assert queries.case_page(by_number, number).masked, "the right is gone, and so is the leave"
        with frozen(people.MONDAY + timedelta(minutes=10)):
            assert queries.case_page(people.centre, number).masked

    def test_the_unit_complained_about_sees_nothing_of_the_citizen(self, number: str) -> None:
        page = queries.case_page(people.other_handler, number)
        assert page.hidden and "unmask" not in page.verbs
        shown = str(dataclasses.asdict(page, dict_factory=str))
        for part in ("欧阳", "138*", "5678", "4201*"):
            assert part not in shown.replace("420106", ""), part
        with pytest.raises(Forbidden, match="被反映单位"):
            actions.unmask(
                number,
                version=Case.objects.get().version,
                by=people.other_handler,
                reason="想看看",
            )


@pytest.mark.usefixtures("district")
def test_history_cannot_be_altered_even_by_hand() -> None:
    people.registered()
    for change in (
        lambda: CaseEvent.objects.update(reason="不是这样"),
        lambda: CaseEvent.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
            change()
    assert Appellant.objects.count() == 1


@pytest.mark.usefixtures("district")
def test_a_large_picture_is_read_before_the_case_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    case = people.registered()

    def look(_name: str, data: bytes) -> tuple[str, bytes]:
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from pg_locks"
                " where mode = 'RowShareLock' and pid = pg_backend_pid()"
            )
            assert cursor.fetchone() == (0,), "decoding takes seconds; nobody must wait for it"
        return "text/plain", data

    monkeypatch.setattr("huying.kernel.blobs.accept", look)
    actions.attach(case.number, version=case.version, name="a.txt", data=b"a", by=people.centre)
