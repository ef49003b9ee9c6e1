"""Verbs on reply templates (回复模板): write, retire, sign a default; the defaults themselves."""

from __future__ import annotations

from django.utils.translation import gettext as _

from huying.cases.models import Category, ReplyTemplate
from huying.cases.queries.ledger import Units, category_by_code
from huying.cases.queries.templates import keeps, no_such_template
from huying.cases.rules.reply_templates import DEFAULTS, FIELDS, SCOPES, unknown
from huying.kernel.asker import Asker, may
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Forbidden, Invalid, Stale
from huying.kernel.verbs import Deed, act, require

LONGEST = 2000


def write_template(
    template_id: int | None = None,
    *,
    by: Asker,
    name: str,
    verb: str,
    text: str,
    scope: str = "own",
    unit: str = "",
    category: str | None = None,
    version: int = 0,
) -> ReplyTemplate:
    """Write a template, or change the one of this id (of which `version` was read).

    Anybody who handles appeals keeps own ones, and those of the units they hold a post in; the
    district's are kept by whoever may sign them. A changed default must be signed anew.
    """
    with act("cases.write_template", by=by) as deed:
        require("cases.write_template", by)
        _check(name, verb, text, scope)
        row = _locked(template_id, by) if template_id else ReplyTemplate(version=0)
        if template_id and row.version != version:
            raise Stale(_("这个模板已被更新。"), remedy=_("请刷新页面，看过新的内容再改。"))
        row.scope, row.owner, row.unit_id = scope, "", None
        if scope == "own":
            row.owner = by.id
        elif scope == "unit":
            row.unit_id = _own_unit(unit, by)
        elif not may(by, "cases.confirm_template"):
            raise Forbidden(_("全区的模板由区呼应中心维护。"), remedy=_("可以存为本单位的模板。"))
        found = category_by_code(category) if category else None
        row.category = Category.objects.get(pk=found.id) if found else None
        row.name, row.verb, row.text = name.strip(), verb, text.strip()
        row.version += 1
        row.written_at, row.written_by, row.active = now(), by.label, True
        row.confirmed_by, row.confirmed_at = "", None
        row.save()
        _name(deed, row)
        return row


def retire_template(template_id: int, *, by: Asker) -> ReplyTemplate:
    """Offer a template no longer; what was answered with it stays as it is."""
    with act("cases.retire_template", by=by) as deed:
        require("cases.retire_template", by)
        row = _locked(template_id, by)
        row.active = False
        row.save(update_fields=["active"])
        _name(deed, row)
        return row


def confirm_template(code: str, *, by: Asker) -> ReplyTemplate:
    """Sign a default template for the district: until then it is shown as 未经本区确认."""
    with act("cases.confirm_template", by=by) as deed:
        require("cases.confirm_template", by)
        row = ReplyTemplate.objects.select_for_update().filter(code=code).exclude(code="").first()
        if row is None:
            raise no_such_template()
        row.confirmed_by, row.confirmed_at = by.label, now()
        row.save(update_fields=["confirmed_by", "confirmed_at"])
        _name(deed, row)
        return row


def install_templates(by: Asker) -> None:
    """Write the default templates that are missing; part of `install_defaults`."""
    classes = {row.code: row for row in Category.objects.filter(code__in=_classes())}
    rows = [
        ReplyTemplate(
            code=one.code,
            name=one.name,
            verb=one.verb,
            category=classes.get(one.category),
            scope="district",
            text=one.text,
            written_at=now(),
            written_by=by.label,
        )
        for one in DEFAULTS
    ]
    ReplyTemplate.objects.bulk_create(rows, ignore_conflicts=True)


def _classes() -> set[str]:
    return {one.category for one in DEFAULTS if one.category}


def _own_unit(code: str, by: Asker) -> int:
    found = Units((code,)).code(code, "unit")
    if found.path not in getattr(by, "units", ()):
        raise Invalid(
            _("模板填写有误。"), faults=[Fault("unit", _("只能为自己任职的单位写模板。"))]
        )
    require("cases.write_template", by, found.path)
    return found.id


def _locked(template_id: int, by: Asker) -> ReplyTemplate:
    found = ReplyTemplate.objects.select_for_update(of=("self",)).select_related("unit")
    row = found.defer("unit__boundary").filter(pk=template_id).first()
    if row is None or (row.scope == "own" and row.owner != by.id):
        raise no_such_template()
    if not keeps(by, row):
        raise Forbidden(_("这个模板由“%(who)s”维护。") % {"who": row.written_by})
    return row


def _check(name: str, verb: str, text: str, scope: str) -> None:
    faults = []
    if not name.strip() or len(name) > 60:
        faults.append(Fault("name", _("名称须为 1 到 60 字。")))
    if verb not in FIELDS:
        faults.append(Fault("verb", _("这个环节没有模板。"), _("请从列表中选择。")))
    if scope not in dict(SCOPES):
        faults.append(Fault("scope", _("没有这个范围。"), _("请从列表中选择。")))
    if not text.strip() or len(text) > LONGEST:
        faults.append(Fault("text", _("内容须为 1 到 %(most)d 字。") % {"most": LONGEST}))
    if strange := unknown(text):
        what = _("不认识的占位符：%(marks)s。") % {"marks": "、".join(f"{{{m}}}" for m in strange)}
        faults.append(Fault("text", what, _("请从占位符清单中选用。")))
    if faults:
        raise Invalid(_("模板填写有误。"), faults=faults)


def _name(deed: Deed, row: ReplyTemplate) -> None:
    path = row.unit.path if row.unit_id and row.unit else ""
    deed.on(
        *("reply_template", str(row.pk), path),
        name=row.name,
        verb=row.verb,
        scope=row.scope,
        active=row.active,
    )
