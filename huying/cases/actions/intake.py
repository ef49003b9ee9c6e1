"""Verbs of intake: register, accept, refuse, set the place, recategorise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from huying.cases.actions.papers import Paper, keep
from huying.cases.actions.telling import appellant_row, hear, keep_as_said
from huying.cases.actions.writing import (
    Done,
    Taking,
    doing_now,
    require_signed_in,
    search_vector,
    take,
    tell,
    write_new,
)
from huying.cases.models import Case, CaseEvent
from huying.cases.queries.ground import found_place
from huying.cases.queries.ledger import Units, category_by_code
from huying.cases.rules import CHANNELS, numbers
from huying.cases.rules.facts import Ledger, UnitFact
from huying.cases.rules.masks import tells_of
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Invalid
from huying.kernel.verbs import act, require

TITLE = 200
BODY = 10_000


def register(
    *,
    by: Asker,
    channel: str,
    title: str,
    body: str,
    name: str = "",
    phone: str = "",
    id_number: str = "",
    anonymous: bool = False,
    verified: bool = False,
    address: str = "",
    longitude: float | None = None,
    latitude: float | None = None,
    place: str | None = None,
    category: str | None = None,
    about: str | None = None,
    urgent: bool = False,
    sensitive: bool = False,
    external_number: str = "",
    city_due_at: datetime | None = None,
    intake_key: str = "",
    papers: Sequence[Paper] = (),
) -> Done:
    """登记: take an appeal in with its papers, by any channel; `place`, `about`, `category` are
    codes.

    Without `place` the point, else the address, finds it; what neither finds waits unplaced in the
    district's queue. A repeated `intake_key` of one asker answers with the case it made first.
    An order of the city hotline carries the city's number and `city_due_at`, which governs.
    """
    require_signed_in(by)
    check_intake(channel, title, body, phone, longitude, latitude)
    with act("cases.register", by=by) as deed:
        require("cases.register", by)
        if intake_key and (twin := _same_intake(intake_key, by)):
            deed.on("repeated_intake", twin.number)
            return twin
        found = None if place else found_place(longitude, latitude, address)
        units = Units((place, about, found))
        at = place or found
        ground = units.ground(at) if at else None
        require("cases.register", by, *([ground.path] if place and ground else []))
        told = hear(
            title=title,
            body=body,
            address=address,
            name=name,
            phone=phone,
            id_number=id_number,
            anonymous=anonymous,
            verified=verified,
        )
        hide = told.who.hide
        if tells_of(external_number, hide.known):
            what = _("市级编号里不能写姓名、电话或证件号。")
            raise Invalid(
                what, faults=[Fault("external_number", what, _("请只填市级平台的编号。"))]
            )
        if channel == "hotline" and external_number.strip():
            _refuse_second(external_number.strip())
        taking = Taking(0, Ledger(), doing_now(by, units, hide), units, hide)
        taking.step(
            "register",
            place=ground,
            category=category_by_code(category) if category else None,
            about=units.code(about, "about") if about else None,
            number=_draw_number(ground or units.district, channel),
            channel=channel,
            longitude=longitude,
            latitude=latitude,
            **told.shown,
            urgent=urgent,
            sensitive=sensitive,
            external_number=external_number.strip(),
            city_due_at=city_due_at,
            intake_key=intake_key,
            files=[paper.shown(hide) for paper in papers],
        )
        case = taking.ledger.case
        row = Case.objects.create(**vars(case), original=told.original, search=search_vector(case))
        taking.case_id = row.pk
        keep(taking, papers)
        appellant_row(row.pk, told.who, taking.doing.at).save()
        write_new((row.pk, taking.ledger))
        tell(deed, taking)
        return taking.done


def accept(
    number: str,
    *,
    version: int,
    by: Asker,
    category: str | None = None,
    place: str | None = None,
    about: str | None = None,
    urgent: bool | None = None,
    sensitive: bool | None = None,
) -> Done:
    """受理: with a category; the handling deadline starts here (京§13)."""
    with take("accept", number, version=version, by=by, units=(place, about)) as case:
        case.step(
            "accept",
            category=category_by_code(category) if category else None,
            place=case.units.ground(place) if place else None,
            about=case.units.code(about, "about") if about else None,
            urgent=urgent,
            sensitive=sensitive,
        )
    return case.done


def refuse(number: str, *, version: int, by: Asker, reason: str, note: str = "") -> Done:
    """不予受理: a reason of the closed list, which says where to go instead (京§11, 潍§19)."""
    with take("refuse", number, version=version, by=by) as case:
        case.step("refuse", reason=reason, note=note)
    return case.done


def set_place(
    number: str,
    *,
    version: int,
    by: Asker,
    place: str | None = None,
    address: str | None = None,
    longitude: float | None = None,
    latitude: float | None = None,
) -> Done:
    """落位: by the unit's code, else by point, else by address; never guessed."""
    found = place or found_place(longitude, latitude, address or "")
    if not found:
        what = _("没有找到对应的地点。")
        raise Invalid(
            what, faults=[Fault("place", what, _("请在地图上选点或直接选择社区、网格。"))]
        )
    with take("set_place", number, version=version, by=by, units=(found,)) as case:
        case.step(
            "set_place",
            place=case.units.ground(found),
            address=address,
            longitude=longitude,
            latitude=latitude,
        )
        if address is not None:
            keep_as_said(case.case_id, "address", address.strip(), case.ledger.case.address)
    return case.done


def recategorise(number: str, *, version: int, by: Asker, category: str, reason: str) -> Done:
    """改分类: the handling deadline is measured anew from its old start."""
    with take("recategorise", number, version=version, by=by) as case:
        case.step("recategorise", category=category_by_code(category), reason=reason)
    return case.done


def check_intake(
    channel: str,
    title: str,
    body: str,
    phone: str = "",
    longitude: float | None = None,
    latitude: float | None = None,
) -> None:
    """Raise Invalid with everything that is wrong at once."""
    faults = []
    if channel not in dict(CHANNELS):
        faults.append(Fault("channel", _("没有这个渠道。"), _("请从渠道列表中选择。")))
    for where, text, most in (("title", title, TITLE), ("body", body, BODY)):
        if not text.strip():
            faults.append(Fault(where, _("此项不能为空。"), _("请填写。")))
        elif len(text) > most:
            what = _("最多 %(most)s 字。") % {"most": most}
            faults.append(Fault(where, what, _("请删减。")))
        elif "\x00" in text:
            faults.append(Fault(where, _("含有不可见的控制字符。"), _("请重新输入。")))
    if phone.strip() and not 5 <= sum(c.isdecimal() for c in phone) <= 20:
        faults.append(Fault("phone", _("电话号码的位数不对。"), _("请核对。")))
    if (longitude is None) != (latitude is None):
        faults.append(Fault("latitude", _("经度和纬度须同时填写。"), _("请在地图上选点。")))
    elif longitude is not None and not (-180 <= longitude <= 180 and -90 <= (latitude or 0) <= 90):
        faults.append(Fault("longitude", _("坐标不在地球上。"), _("请在地图上选点。")))
    if faults:
        raise Invalid(_("登记内容有误。"), faults=faults)


def _refuse_second(external_number: str) -> None:
    """An order of the city is one case; whoever registers the same one meanwhile waits here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 4202))", [external_number]
        )
    same = Case.objects.filter(external_number=external_number, channel="hotline", imported=False)
    known = same.values_list("number", flat=True).first()
    if known:
        what = _("市级编号 %(city)s 已登记为 %(number)s。") % {
            "city": external_number,
            "number": known,
        }
        raise Invalid(what, faults=[Fault("external_number", what, _("请在原诉求上办理。"))])


def _draw_number(ground: UnitFact, channel: str) -> str:
    """The next number of today's series; concurrent registrations of one series queue here."""
    key = numbers.series(now(), ground.path, channel)
    return numbers.number(key, draw({key: 1})[key])


def draw(counts: Mapping[str, int]) -> dict[str, int]:
    """Take so many numbers from each series and answer the first of each. One statement."""
    keys = sorted(counts)  # always in one order, so that two writers cannot hold each other up
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into cases_numberseries (key, last)"
            " select * from unnest(%s::text[], %s::int[])"
            " on conflict (key) do update set last = cases_numberseries.last + excluded.last"
            " returning key, last",
            [keys, [counts[key] for key in keys]],
        )
        return {key: last - counts[key] + 1 for key, last in cursor.fetchall()}


def _same_intake(intake_key: str, by: Asker) -> Done | None:
    """The case this key made before; whoever sends the same key at the same time waits here."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 4201))", [intake_key])
    case = Case.objects.defer("search", "original").filter(intake_key=intake_key).first()
    if case is None:
        return None
    if not CaseEvent.objects.filter(case=case, verb="register", actor_id=by.id).exists():
        what = _("这个登记标识已被别人使用。")
        raise Invalid(what, faults=[Fault("intake_key", what, _("请换一个标识。"))])
    return Done(case.number, case.version, case.state, case.due_at, case.due_provisional)
