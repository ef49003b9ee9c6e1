"""Verbs that set things for good: a month under its rules, and the rules from a month on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from huying.evaluate.actions.marking import mark_missed
from huying.evaluate.models import Freeze, RuleVersion
from huying.evaluate.queries.boards import named
from huying.evaluate.queries.kept import formula_for, frozen_month
from huying.evaluate.queries.marks import KEPT, Source
from huying.evaluate.queries.periods import one_month
from huying.evaluate.rules import DEFAULT, Formula
from huying.kernel.asker import Asker, Stranger
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Invalid, NotNow, Unauthenticated
from huying.kernel.verbs import act, require
from huying.org.queries import directory

LOCK = 0x4D4F4E54  # one freezing at a time; held to the end of the transaction

# The marks of the edition before, with what was left out since; nothing else may move.
AGAIN = """
insert into evaluate_frozenmark (freeze_id, {names})
select %(new)s, {kept}
from evaluate_frozenmark f where f.freeze_id = %(old)s
"""
EXCLUDED = (
    "exists (select from evaluate_exclusion e"
    " where e.case_id = f.case_id and e.state = 'approved') as excluded"
)


def freeze_month(month: date, *, by: Asker, note: str = "") -> Freeze:
    """月度定版: keep every mark of a month that is over, under the rules in force for it.

    Frozen before, it gets a new edition: the same marks, less what was left out since.
    """
    with act("evaluate.freeze_month", by=by) as deed:
        _require_everywhere("evaluate.freeze_month", by)
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        period = one_month(month)
        if not period.over:
            raise NotNow(_("这个月还没有结束，不能定版。"), remedy=_("请在下月初定版。"))
        before = frozen_month(period.first)
        formula, rule = (
            (Formula.kept(before.formula), before.rule) if before else formula_for(period.first)
        )
        freeze = Freeze(
            month=period.first,
            edition=before.edition + 1 if before else 1,
            formula=formula.as_json(),
            rule=rule,
            units=before.units if before else _units(),
            note=note.strip(),
            by_id=by.id,
            by_label=by.label,
            at=now(),
            cases=0,
        )
        if before is None:
            mark_missed()
        source = Source(period, ("",), formula)
        freeze.cases = before.cases if before else _count(source)
        if not freeze.cases:
            raise NotNow(_("这个月没有参加考核的诉求。"), remedy=_("请核对月份。"))
        freeze.save()
        if before is None:
            _keep(freeze, source)
        elif not _keep_again(freeze, before):
            raise NotNow(
                _("上次定版后没有新的剔除，不需要重新定版。"),
                remedy=_("先复核剔除申请或裁定考核申诉。"),
            )
        deed.on("freeze", str(freeze.pk), month=f"{period.first:%Y-%m}", edition=freeze.edition)
        return freeze


def edit_rules(since: date, *, by: Asker, note: str = "", **numbers: Any) -> RuleVersion:
    """修改考核规则: a new version from a month on; frozen months keep the one they were set by."""
    with act("evaluate.edit_rules", by=by) as deed:
        _require_everywhere("evaluate.edit_rules", by)
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        formula = _formula(numbers)
        month = since.replace(day=1)
        last = Freeze.objects.filter(month__gte=month).order_by("-month").first()
        if last is not None:
            raise NotNow(
                _("%(month)s 已经定版，新规则不能从更早的月份起。")
                % {"month": f"{last.month:%Y-%m}"},
                remedy=_("请从下一个未定版的月份起。"),
            )
        number = RuleVersion.objects.order_by("-number").values_list("number", flat=True)[:1]
        version = RuleVersion.objects.create(
            number=(next(iter(number), 0)) + 1,
            since=month,
            formula=formula.as_json(),
            note=note.strip(),
            by_id=by.id,
            by_label=by.label,
            at=now(),
        )
        deed.on("rule_version", str(version.pk), since=f"{month:%Y-%m}", formula=formula.as_json())
        return version


def _require_everywhere(verb: str, by: Asker) -> None:
    """The right over the whole district: a month is frozen for all or for nobody."""
    if isinstance(by, Stranger):
        raise Unauthenticated(_("请先登录。"), remedy=_("登录后再办理。"))
    top = directory().filter(kind="district").values_list("path", flat=True).first()
    require(verb, by, top or "/")


def _formula(numbers: Mapping[str, Any]) -> Formula:
    if unknown := numbers.keys() - DEFAULT.as_json().keys():
        raise TypeError(f"a formula has no {unknown}")
    formula = Formula(**numbers)
    if wrong := formula.faults():
        remedy = _("三项权重合计须为 100，各数在 0 到 100 之间，不合格线不高于良好线。")
        what = _("考核规则填写有误。")
        raise Invalid(what, faults=[Fault(name, what, remedy) for name in wrong], remedy=remedy)
    return formula


def _units() -> dict[str, list[str]]:
    """Every unit as it is called now, for the day it no longer is."""
    return {str(key): [u.code, u.name, u.path, u.kind] for key, u in named().items()}


def _count(source: Source) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"select count(*) from ({source.sql}) mark where kind = 'case'",  # noqa: S608
            source.values,
        )
        return int(cursor.fetchone()[0])


def _keep(freeze: Freeze, source: Source) -> None:
    names = ", ".join(KEPT)
    statement = (
        f"insert into evaluate_frozenmark (freeze_id, {names})"  # noqa: S608 our own names
        f" select %(new)s, {names} from ({source.sql}) mark"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, source.values | {"new": freeze.pk})


def _keep_again(freeze: Freeze, before: Freeze) -> bool:
    """Copy the marks of the edition before; whether any was left out, or taken in, since."""
    kept = ", ".join(EXCLUDED if name == "excluded" else f"f.{name}" for name in KEPT)
    statement = AGAIN.format(names=", ".join(KEPT), kept=kept)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"new": freeze.pk, "old": before.pk})
        cursor.execute(
            "select exists (select from evaluate_frozenmark a join evaluate_frozenmark b"
            " on a.case_id = b.case_id and a.kind = b.kind and a.freeze_id = %s"
            " and b.freeze_id = %s where a.excluded <> b.excluded)",
            [freeze.pk, before.pk],
        )
        return bool(cursor.fetchone()[0])
