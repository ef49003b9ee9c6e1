"""The start-up check finds what an external database lacks, and says how to mend it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from huying.kernel.errors import Invalid, Refusal
from huying.kernel.logs import Discreet
from huying.kernel.postgres import parse_url
from huying.kernel.postgres_check import check


@pytest.fixture
def odd(db: None, request: pytest.FixtureRequest) -> Iterator[BaseDatabaseWrapper]:
    """A connection to a database made with the options of the test's parameter."""
    odd = connection.copy()
    odd.settings_dict["NAME"] = f"{connection.settings_dict['NAME']}_odd"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'drop database if exists "{odd.settings_dict["NAME"]}"')
        cursor.execute(
            f'create database "{odd.settings_dict["NAME"]}" template template0 {request.param}'
        )
    yield odd
    odd.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'drop database "{odd.settings_dict["NAME"]}"')


def test_our_own_database_passes(db: None) -> None:
    check()


@pytest.mark.parametrize("odd", ["lc_collate 'C' lc_ctype 'C' encoding 'UTF8'"], indirect=True)
def test_a_locale_in_which_chinese_is_not_found_is_refused(odd: BaseDatabaseWrapper) -> None:
    with pytest.raises(Invalid) as refused:
        check(odd)
    assert [fault.where for fault in refused.value.faults] == ["中文三元组"]
    assert "C.UTF-8" in refused.value.faults[0].remedy


@pytest.mark.parametrize("odd", ["lc_collate 'C' lc_ctype 'C' encoding 'LATIN1'"], indirect=True)
def test_an_encoding_without_chinese_is_refused(odd: BaseDatabaseWrapper) -> None:
    with pytest.raises(Invalid) as refused:
        check(odd)
    assert [fault.where for fault in refused.value.faults] == ["编码"]


def test_an_address_is_taken_apart() -> None:
    parts = parse_url("postgresql://us%40er:p%2Fw@db.example:5433/hu?sslmode=require")
    assert parts["USER"] == "us@er"
    assert parts["PASSWORD"] == "p/w"
    assert (parts["HOST"], parts["PORT"], parts["NAME"]) == ("db.example", "5433", "hu")
    assert parts["OPTIONS"] == {"sslmode": "require"}


@pytest.mark.parametrize("url", ["mysql://x/y", "postgresql://host", "postgresql://h:port/x"])
def test_a_wrong_address_is_refused_in_words(url: str) -> None:
    with pytest.raises(Refusal, match="DATABASE_URL"):
        parse_url(url)


def test_log_lines_hold_no_personal_numbers() -> None:
    text = "电话 13812345678 证件 42010619900101123X\nDETAIL:  Key (phone)=(王小明) exists."
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, text, None, None)
    line = Discreet().format(record)
    assert "13812345678" not in line
    assert "42010619900101123X" not in line
    assert "王小明" not in line
