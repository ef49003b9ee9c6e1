"""Proves at every start that the database can do what we rely on, whoever runs it."""

from __future__ import annotations

from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from huying.kernel.errors import Fault, Invalid, Refusal

OLDEST = 150000
SAMPLE = "武昌区"
MOMENT = "2026-02-17 23:30:00+08"


def check(database: BaseDatabaseWrapper | None = None) -> None:
    """Raise Invalid with every fault found: version, encoding, Chinese trigrams, zone, rights."""
    asked = database or connection
    try:
        asked.ensure_connection()
    except OperationalError as failed:
        raise Refusal(
            f"无法连接数据库: {str(failed).strip()}", remedy="检查 DATABASE_URL 与数据库是否在运行"
        ) from None
    with asked.cursor() as cursor:
        faults = [fault for fault in (_version(cursor), _encoding(cursor)) if fault]
        if not faults:
            checks = (_rights(cursor), _trigrams(cursor), _zone(cursor))
            faults = [fault for fault in checks if fault]
    if faults:
        raise Invalid(
            "数据库不符合要求", faults=faults, remedy="见 docs/install.md “外部 PostgreSQL”"
        )


def _one(cursor: CursorWrapper, statement: str, *values: str) -> object:
    cursor.execute(statement, values)
    row = cursor.fetchone()
    return row[0] if row else None


def _version(cursor: CursorWrapper) -> Fault | None:
    number = int(str(_one(cursor, "show server_version_num")))
    if number >= OLDEST:
        return None
    return Fault("版本", f"是 PostgreSQL {number // 10000},需要 15 或更新", "升级数据库")


def _encoding(cursor: CursorWrapper) -> Fault | None:
    encoding = _one(cursor, "show server_encoding")
    if encoding == "UTF8":
        return None
    return Fault(
        "编码", f"是 {encoding},需要 UTF8", "createdb -T template0 -E UTF8 --locale=C.UTF-8 huying"
    )


def _rights(cursor: CursorWrapper) -> Fault | None:
    if _one(cursor, "select has_schema_privilege(current_schema(), 'CREATE')"):
        return None
    return Fault("权限", "账户不能在当前 schema 建表", "alter database huying owner to 该账户")


def _trigrams(cursor: CursorWrapper) -> Fault | None:
    if not _one(cursor, "select count(*) from pg_available_extensions where name = 'pg_trgm'"):
        return Fault("pg_trgm", "数据库服务器没有这个扩展", "安装 postgresql-contrib")
    try:
        cursor.execute("create extension if not exists pg_trgm")
    except Exception as failed:  # whatever the reason, an administrator can make it beforehand
        return Fault("pg_trgm", str(failed).strip(), "由管理员执行 create extension pg_trgm")
    if _one(cursor, "select cardinality(show_trgm(%s))", SAMPLE):
        return None
    kind = _one(cursor, "select datctype from pg_database where datname = current_database()")
    return Fault(
        "中文三元组",
        f"lc_ctype 为 {kind} 时 pg_trgm 找不到中文",
        "createdb -T template0 -E UTF8 --locale=C.UTF-8 huying",
    )


def _zone(cursor: CursorWrapper) -> Fault | None:
    """The server must know the district's zone and keep instants whole."""
    try:
        local = _one(
            cursor,
            "select to_char(%s::timestamptz at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI')",
            MOMENT,
        )
    except Exception as failed:
        return Fault("时区", str(failed).strip(), "为数据库服务器安装 tzdata")
    if local == MOMENT[:16]:
        return None
    return Fault("时区", f"{MOMENT} 被算作 {local}", "为数据库服务器更新 tzdata")
