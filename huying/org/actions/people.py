"""Verbs on people: create, edit, close, keep one's own preferences, install in bulk."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Forbidden, Invalid, NotFound, NotNow, Stale
from huying.kernel.planner import MANY, count_anew
from huying.kernel.verbs import act, require
from huying.org.actions.sessions import (
    end_all_sessions,
    new_password,
    own_account,
    withdraw_keys,
)
from huying.org.actions.units import locked_unit
from huying.org.events import PersonClosed
from huying.org.models import Account, Holding, Post, Role, Unit
from huying.org.names import order_key
from huying.org.queries import in_force

USERNAME = re.compile(r"^[A-Za-z0-9_.\-]{3,60}$")
PHONE = re.compile(r"^(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(?:-\d{1,6})?)$")
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True)
class PersonRow:
    """One person to install, with at most one post: a role over the unit, or over `area_code`."""

    username: str
    name: str
    unit_code: str
    phone: str = ""
    role_code: str = ""
    title: str = ""
    area_code: str = ""
    password_hash: str = ""
    demo: bool = False


def create_person(
    username: str, name: str, unit_code: str, *, phone: str = "", by: Asker
) -> tuple[Account, str]:
    """Open an account (新增人员): (the account, its first password, which is shown only once)."""
    with act("org.create_person", by=by) as deed:
        unit = locked_unit(unit_code, "org.create_person", by)
        if not unit.active:
            raise NotNow(_("该单位已停用。"))
        faults = person_faults(username, name, phone)
        if Account.objects.filter(username__iexact=username).exists():
            faults.append(Fault("username", _("登录名“%s”已被使用。") % username))
        if faults:
            raise Invalid(_("人员信息有误。"), faults=faults)
        first = new_password()
        person = Account.objects.create(
            username=username,
            name=name.strip(),
            pinyin=order_key(name.strip()),
            phone=phone,
            unit=unit,
            password=make_password(first),
            must_change_password=True,
            password_changed_at=now(),
        )
        deed.on("person", str(person.pk), unit.path, username=username)
        return person, first


def edit_person(
    account_id: int,
    *,
    name: str,
    phone: str,
    unit_code: str,
    version: int | None = None,
    by: Asker,
) -> Account:
    """Correct a person's name, phone or unit; posts are not touched."""
    with act("org.edit_person", by=by) as deed:
        person = locked_person(account_id, "org.edit_person", by, version)
        unit = locked_unit(unit_code, "org.edit_person", by)
        if faults := person_faults(person.username, name, phone):
            raise Invalid(_("人员信息有误。"), faults=faults)
        changed = [
            field
            for field, value in (("name", name.strip()), ("phone", phone), ("unit", unit))
            if getattr(person, field) != value
        ]
        person.name, person.pinyin = name.strip(), order_key(name.strip())
        person.phone, person.unit = phone, unit
        person.version += 1
        person.save(update_fields=["name", "pinyin", "phone", "unit", "version"])
        deed.on("person", str(person.pk), unit.path, changed=changed)
        return person


def close_person(account_id: int, *, version: int | None = None, by: Asker) -> Account:
    """Close an account (停用): posts end, keys are withdrawn, sessions end, at once."""
    with act("org.close_person", by=by) as deed:
        person = locked_person(account_id, "org.close_person", by, version)
        if getattr(by, "account_id", None) == person.pk:
            raise Forbidden(_("不能停用自己的账户。"))
        if not person.is_active:
            raise NotNow(_("该账户已停用。"))
        at = now()
        person.is_active = False
        person.version += 1
        person.save(update_fields=["is_active", "version"])
        Holding.objects.filter(in_force(at), person=person, since__lt=at).update(until=at)
        Holding.objects.filter(person=person, since__gte=at).delete()
        withdraw_keys(person)
        end_all_sessions(person)
        deed.on("person", str(person.pk), person.unit.path if person.unit else "")
        deed.tell(PersonClosed(person.pk))
        return person


def set_preferences(*, theme: str | None = None, elder_mode: bool | None = None, by: Asker) -> None:
    """Keep one's own theme and elder mode with the account."""
    with act("org.set_preferences", by=by) as deed:
        person = own_account(by)
        if theme is not None and theme not in THEMES:
            raise Invalid(_("没有这种外观。"), faults=[Fault("theme", ", ".join(THEMES))])
        person.theme = theme or person.theme
        person.elder_mode = person.elder_mode if elder_mode is None else elder_mode
        person.save(update_fields=["theme", "elder_mode"])
        deed.on("person", str(person.pk), "", theme=person.theme, elder_mode=person.elder_mode)


def install_people(rows: Iterable[PersonRow], *, by: Asker) -> list[Account]:
    """Add many people with their posts at once, for an install or an import; one audit row.

    Posts are given only by an asker who may also give posts there: an import by the system
    administrator brings people, and the security administrator gives them their posts.
    """
    with act("org.import_people", by=by) as deed:
        units = {unit.code: unit for unit in Unit.objects.defer("boundary")}
        roles = {role.code: role for role in Role.objects.all()}
        accounts: list[Account] = []
        wanted: list[PostKey | None] = []
        at = now()
        for row in rows:
            unit = units[row.unit_code]
            require("org.import_people", by, unit.path)
            accounts.append(
                Account(
                    username=row.username,
                    name=row.name,
                    pinyin=order_key(row.name),
                    phone=row.phone,
                    unit=unit,
                    password=row.password_hash or make_password(None),
                    password_changed_at=at,
                    must_change_password=not row.demo,
                    demo=row.demo,
                )
            )
            area = units[row.area_code] if row.area_code else unit
            if row.role_code:
                require("org.give_post", by, unit.path)
                require("org.give_post", by, area.path)
                role = roles[row.role_code]
                wanted.append((unit, role, area, row.title or role.name))
            else:
                wanted.append(None)
        Account.objects.bulk_create(accounts, batch_size=500)
        posts = _posts_for([key for key in wanted if key is not None])
        Holding.objects.bulk_create(
            [
                Holding(
                    person=account,
                    post=posts[key[0].pk, key[1].pk, key[2].pk, key[3]],
                    since=at,
                )
                for account, key in zip(accounts, wanted, strict=True)
                if key is not None
            ],
            batch_size=500,
        )
        if len(accounts) >= MANY:
            count_anew(Account, Post, Holding)
        deed.on("person", "*", "", made=len(accounts))
        return accounts


def locked_person(account_id: int, verb: str, by: Asker, version: int | None = None) -> Account:
    """The account, locked; NotFound outside the asker's view, Stale when changed meanwhile."""
    person = (
        Account.objects.select_for_update(of=("self",))
        .select_related("unit")
        .filter(pk=account_id)
        .first()
    )
    path = person.unit.path if person is not None and person.unit is not None else ""
    if person is None or not by.area("org.view").covers(path):
        raise NotFound(_("没有这个人员。"))
    require(verb, by, path)
    if version is not None and version != person.version:
        raise Stale(_("此人的资料刚被他人修改。"), remedy=_("请刷新页面后重试。"))
    return person


def person_faults(username: str, name: str, phone: str) -> list[Fault]:
    """What is wrong with one person, by field."""
    faults = []
    if not USERNAME.match(username):
        faults.append(Fault("username", _("登录名须为 3–60 位字母、数字、下划线、点或连字符。")))
    if not name.strip() or len(name) > 60:
        faults.append(Fault("name", _("姓名不能为空，至多 60 字。")))
    if phone and not PHONE.match(phone):
        faults.append(Fault("phone", _("电话号码格式有误。")))
    return faults


PostKey = tuple[Unit, Role, Unit, str]


def _posts_for(wanted: list[PostKey]) -> dict[tuple[int, int, int, str], Post]:
    """Every wanted post by (unit, role, area, title), made when it is not there yet."""
    keys = {(unit.pk, role.pk, area.pk, title) for unit, role, area, title in wanted}
    Post.objects.bulk_create(
        [Post(unit_id=u, role_id=r, area_id=a, title=t) for u, r, a, t in sorted(keys)],
        ignore_conflicts=True,
        batch_size=500,
    )
    there = Post.objects.filter(unit_id__in={unit for unit, _role, _area, _title in keys})
    return {(post.unit_id, post.role_id, post.area_id, post.title): post for post in there}
