"""Verbs on the tree of units: create, rename, move, close, draw a boundary, install in bulk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from huying.kernel.asker import Asker
from huying.kernel.errors import Fault, Invalid, NotFound, NotNow, Stale
from huying.kernel.planner import MANY, count_anew
from huying.kernel.verbs import act, require
from huying.org.events import UnitClosed, UnitMoved
from huying.org.models import Holding, Unit
from huying.org.names import order_key
from huying.org.queries import in_force
from huying.org.rules import PARENT_KINDS, UNIT_KINDS, child_path

KIND_LABELS = dict(UNIT_KINDS)


@dataclass(frozen=True)
class UnitRow:
    """One unit to install; parents come before their children."""

    code: str
    name: str
    kind: str
    parent_code: str = ""
    short_name: str = ""
    keywords: tuple[str, ...] = ()
    longitude: float | None = None
    latitude: float | None = None
    boundary: dict[str, Any] | None = None
    illustrative: bool = False


def locked_unit(code: str, verb: str, by: Asker, version: int | None = None) -> Unit:
    """The unit, locked; NotFound outside the asker's view, Stale when changed meanwhile."""
    unit = Unit.objects.select_for_update().filter(code=code).first()
    if unit is None or not by.area("org.view").covers(unit.path):
        raise NotFound(_("没有编码为“%(code)s”的单位。") % {"code": code})
    require(verb, by, unit.path)
    if version is not None and version != unit.version:
        raise Stale(_("该单位刚被他人修改。"), remedy=_("请刷新页面后重试。"))
    return unit


def create_unit(
    code: str,
    name: str,
    kind: str,
    parent_code: str = "",
    *,
    short_name: str = "",
    keywords: Iterable[str] = (),
    by: Asker,
) -> Unit:
    """Add one unit to the tree (新增单位)."""
    with act("org.create_unit", by=by) as deed:
        parent = locked_unit(parent_code, "org.create_unit", by) if parent_code else None
        if parent is None:
            require("org.create_unit", by, "")
        elif not parent.active:
            raise NotNow(_("上级单位已停用，不能在其下新增单位。"))
        row = UnitRow(code, name, kind, parent_code, short_name, tuple(keywords))
        if faults := unit_faults(row, parent.kind if parent else None):
            raise Invalid(_("单位信息有误。"), faults=faults)
        if Unit.objects.filter(code=code).exists():
            raise Invalid(
                _("单位信息有误。"),
                faults=[Fault("code", _("编码“%(code)s”已被使用。") % {"code": code})],
            )
        unit = _built(row, parent)
        unit.save()
        deed.on("unit", unit.code, unit.path, name=unit.name, sort=unit.kind)
        return unit


def rename_unit(
    code: str, name: str, *, short_name: str | None = None, version: int | None = None, by: Asker
) -> Unit:
    """Give a unit another name (更名)."""
    with act("org.rename_unit", by=by) as deed:
        unit = locked_unit(code, "org.rename_unit", by, version)
        if not name.strip():
            raise Invalid(_("单位信息有误。"), faults=[Fault("name", _("名称不能为空。"))])
        deed.on("unit", unit.code, unit.path, was=unit.name, name=name.strip())
        unit.name = name.strip()
        if short_name is not None:
            unit.short_name = short_name.strip()
        unit.pinyin = order_key(unit.name, 200)
        _saved(unit, "name", "short_name", "pinyin")
        return unit


def move_unit(code: str, parent_code: str, *, version: int | None = None, by: Asker) -> Unit:
    """Hang a unit and all below it under another parent; every path changes in one transaction."""
    with act("org.move_unit", by=by) as deed:
        # One mover at a time: two moves that cross could otherwise make a ring.
        list(Unit.objects.select_for_update().filter(parent=None).values_list("pk", flat=True))
        unit = locked_unit(code, "org.move_unit", by, version)
        parent = locked_unit(parent_code, "org.move_unit", by)
        if parent.path.startswith(unit.path):
            raise NotNow(_("不能把单位移到它自己或其下级之下。"))
        if parent.kind not in PARENT_KINDS[unit.kind]:
            raise NotNow(
                _("%(kind)s不能设在%(parent)s之下。")
                % {"kind": KIND_LABELS[unit.kind], "parent": KIND_LABELS[parent.kind]}
            )
        if not parent.active:
            raise NotNow(_("上级单位已停用。"))
        old, new = unit.path, child_path(parent.path, unit.code)
        Unit.objects.filter(path__startswith=old).update(
            path=Concat(Value(new), Substr(F("path"), len(old) + 1)), version=F("version") + 1
        )
        Unit.objects.filter(pk=unit.pk).update(parent=parent)
        deed.on("unit", unit.code, new, was=old)
        deed.tell(UnitMoved(unit.code, old, new))
        unit.refresh_from_db()
        return unit


def close_unit(code: str, *, version: int | None = None, by: Asker) -> Unit:
    """Take a unit out of use (停用); refused while units below or holders of posts remain."""
    with act("org.close_unit", by=by) as deed:
        unit = locked_unit(code, "org.close_unit", by, version)
        if not unit.active:
            raise NotNow(_("该单位已停用。"))
        if unit.children.filter(active=True).exists():
            raise NotNow(_("该单位还有在用的下级单位。"), remedy=_("请先停用或移走下级单位。"))
        if Holding.objects.filter(in_force(), post__unit=unit).exists():
            raise NotNow(_("该单位还有人在岗。"), remedy=_("请安全保密管理员先结束这些任职。"))
        unit.active = False
        _saved(unit, "active")
        deed.on("unit", unit.code, unit.path)
        deed.tell(UnitClosed(unit.code, unit.path))
        return unit


def set_boundary(
    code: str,
    boundary: dict[str, Any] | None,
    *,
    illustrative: bool = False,
    version: int | None = None,
    by: Asker,
) -> Unit:
    """Draw a unit's boundary: GeoJSON Polygon or MultiPolygon in WGS-84, or none."""
    with act("org.set_boundary", by=by) as deed:
        unit = locked_unit(code, "org.set_boundary", by, version)
        if fault := boundary_fault(boundary):
            raise Invalid(_("边界有误。"), faults=[Fault("boundary", fault)])
        unit.boundary, unit.illustrative = boundary, illustrative
        if boundary is not None:
            unit.longitude, unit.latitude = middle(boundary)
        _saved(unit, "boundary", "illustrative", "longitude", "latitude")
        deed.on("unit", unit.code, unit.path, illustrative=illustrative)
        return unit


def install_units(rows: Iterable[UnitRow], *, by: Asker) -> int:
    """Add or renew many units at once, for an install or an import; one audit row for all."""
    with act("org.import_units", by=by) as deed:
        known = {unit.code: unit for unit in Unit.objects.select_for_update().defer("boundary")}
        fresh: list[Unit] = []
        renewed: list[Unit] = []
        for row in rows:
            parent = known.get(row.parent_code)
            require("org.import_units", by, parent.path if parent else "")
            faults = unit_faults(row, parent.kind if parent else None)
            if row.parent_code and parent is None:
                faults.append(Fault("parent_code", _("没有上级单位“%s”。") % row.parent_code))
            if faults:
                raise Invalid(_("单位“%s”有误。") % row.code, faults=faults)
            unit = _built(row, parent)
            if row.code in known:
                there = known[row.code]
                if there.path != unit.path:
                    raise NotNow(_("单位“%s”已在别处，请用“移动单位”。") % row.code)
                unit.pk, unit.version = there.pk, there.version + 1
                renewed.append(unit)
            else:
                fresh.append(unit)
            known[row.code] = unit
        _insert_by_depth(fresh, known)
        fields = ["name", "short_name", "kind", "pinyin", "keywords", "version"]
        fields += ["longitude", "latitude", "boundary", "illustrative"]
        Unit.objects.bulk_update(renewed, fields, batch_size=500)
        if len(fresh) + len(renewed) >= MANY:
            count_anew(Unit)
        deed.on("unit", "*", "", made=len(fresh), renewed=len(renewed))
        return len(fresh)


def unit_faults(row: UnitRow, parent_kind: str | None) -> list[Fault]:
    """What is wrong with one unit to add, by field."""
    faults = []
    if not row.code or not row.code.isascii() or not row.code.isalnum() or len(row.code) > 32:
        faults.append(Fault("code", _("编码只能由字母和数字组成，至多 32 位。")))
    if not row.name.strip() or len(row.name) > 100:
        faults.append(Fault("name", _("名称不能为空，至多 100 字。")))
    if row.kind not in PARENT_KINDS:
        faults.append(Fault("kind", _("没有“%(kind)s”这种单位。") % {"kind": row.kind}))
    elif parent_kind not in PARENT_KINDS[row.kind]:
        where = KIND_LABELS[parent_kind] if parent_kind else _("顶层")
        faults.append(
            Fault(
                "parent_code",
                _("%(kind)s不能设在%(parent)s之下。")
                % {"kind": KIND_LABELS[row.kind], "parent": where},
            )
        )
    if fault := boundary_fault(row.boundary):
        faults.append(Fault("boundary", fault))
    return faults


def boundary_fault(boundary: dict[str, Any] | None) -> str:
    """What is wrong with a boundary, in words; empty when nothing is."""
    if boundary is None:
        return ""
    from shapely.errors import ShapelyError
    from shapely.geometry import shape

    try:
        area = shape(boundary)
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        return _("不是 GeoJSON 图形。")
    if area.geom_type not in ("Polygon", "MultiPolygon") or area.is_empty:
        return _("边界须为 Polygon 或 MultiPolygon。")
    west, south, east, north = area.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return _("边界须为 WGS-84 经纬度。")
    if not area.is_valid:
        return _("边界自相交。")
    return ""


def middle(boundary: dict[str, Any]) -> tuple[float, float]:
    """A point certainly inside a boundary, as (longitude, latitude)."""
    from shapely.geometry import shape

    point = shape(boundary).representative_point()
    return point.x, point.y


def _built(row: UnitRow, parent: Unit | None) -> Unit:
    longitude, latitude = row.longitude, row.latitude
    if row.boundary is not None and longitude is None:
        longitude, latitude = middle(row.boundary)
    return Unit(
        code=row.code,
        name=row.name.strip(),
        short_name=row.short_name.strip(),
        kind=row.kind,
        parent=parent,
        path=child_path(parent.path if parent else "", row.code),
        pinyin=order_key(row.name.strip(), 200),
        keywords=list(row.keywords),
        longitude=longitude,
        latitude=latitude,
        boundary=row.boundary,
        illustrative=row.illustrative,
    )


def _insert_by_depth(fresh: list[Unit], known: dict[str, Unit]) -> None:
    """Insert level by level, so that every parent has its primary key before its children."""
    for depth in sorted({unit.path.count("/") for unit in fresh}):
        level = [unit for unit in fresh if unit.path.count("/") == depth]
        for unit in level:
            if unit.parent is not None:
                unit.parent = known[unit.parent.code]
        Unit.objects.bulk_create(level, batch_size=500)


def _saved(unit: Unit, *fields: str) -> None:
    unit.version += 1
    unit.save(update_fields=[*fields, "version"])
