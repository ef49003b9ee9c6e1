"""Verbs on posts, who holds them, and roles: where 三员分立 is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Forbidden, Invalid, NotFound, NotNow, Stale
from huying.kernel.verbs import VERBS, act, require
from huying.org.actions.units import locked_unit
from huying.org.models import Account, Holding, Post, Role
from huying.org.queries import in_force
from huying.org.roles import default_verbs
from huying.org.rules import DEFAULT_ROLES, Span, duties_clash, misplaced_verbs


def create_post(
    unit_code: str, role_code: str, title: str, area_code: str = "", *, by: Asker
) -> Post:
    """Set up a post (设岗): a role's verbs over an area, the unit's own unless said otherwise."""
    with act("org.create_post", by=by) as deed:
        unit = locked_unit(unit_code, "org.create_post", by)
        area = locked_unit(area_code, "org.create_post", by) if area_code else unit
        role = Role.objects.filter(code=role_code).first()
        faults = []
        if role is None:
            faults.append(Fault("role", _("没有角色“%s”。") % role_code))
        if not title.strip() or len(title) > 60:
            faults.append(Fault("title", _("岗位名称不能为空，至多 60 字。")))
        if role is None or faults:
            raise Invalid(_("岗位信息有误。"), faults=faults)
        if not unit.active:
            raise NotNow(_("该单位已停用。"))
        post, made = Post.objects.get_or_create(
            unit=unit, role=role, area=area, title=title.strip()
        )
        if not made and post.active:
            raise NotNow(_("该单位已有同名同权的岗位。"))
        if not made:
            post.active = True
            post.save(update_fields=["active"])
        deed.on("post", str(post.pk), unit.path, role=role.code, area=area.path, title=post.title)
        return post


def close_post(post_id: int, *, by: Asker) -> Post:
    """Take a post out of use (撤岗): nobody holds rights by it any more."""
    with act("org.close_post", by=by) as deed:
        post = _locked_post(post_id, "org.close_post", by)
        if not post.active:
            raise NotNow(_("该岗位已撤。"))
        post.active = False
        post.save(update_fields=["active"])
        deed.on("post", str(post.pk), post.unit.path)
        return post


def give_post(
    account_id: int,
    post_id: int,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    standing_in_for: int | None = None,
    by: Asker,
) -> Holding:
    """Put a person into a post, for a time if `until` is said, or as a substitute (代理).

    A substitute needs an end. Administrators' duties never meet in one person (三员分立), and
    nobody gives a post to himself.
    """
    with act("org.give_post", by=by) as deed:
        post = _locked_post(post_id, "org.give_post", by)
        require("org.give_post", by, post.area.path)
        person = Account.objects.select_for_update(of=("self",)).filter(pk=account_id).first()
        if person is None or not person.is_active:
            raise NotFound(_("没有这个人员，或该账户已停用。"))
        if getattr(by, "account_id", None) == person.pk:
            raise Forbidden(_("不能给自己授予岗位。"), remedy=_("请由另一位安全保密管理员办理。"))
        if not post.active:
            raise NotNow(_("该岗位已撤。"))
        start = since or now()
        _check_span(start, until, standing_in_for)
        span = Span(start, until)
        held = [
            holding
            for holding in Holding.objects.filter(person=person).select_related("post__role")
            if span.meets(Span(holding.since, holding.until))
        ]
        if any(holding.post_id == post.pk for holding in held):
            raise NotNow(_("此人在这段时间已任该岗。"))
        if duties_clash((holding.post.role.duty for holding in held), post.role.duty):
            raise NotNow(
                _(
                    "三员分立：系统管理员、安全保密管理员、安全审计员不得为同一人，也不得兼任业务岗位。"
                ),
                remedy=_("请先结束其现任岗位，或改派他人。"),
            )
        holding = Holding.objects.create(
            person=person,
            post=post,
            since=start,
            until=until,
            standing_in_for_id=_substituted(post, standing_in_for),
        )
        deed.on(
            "person",
            str(person.pk),
            post.unit.path,
            post=post.pk,
            role=post.role.code,
            area=post.area.path,
            since=start.isoformat(),
            until=until.isoformat() if until else None,
            standing_in_for=standing_in_for,
        )
        return holding


def end_post(holding_id: int, *, by: Asker) -> Holding:
    """End a person's time in a post now (免岗); one that has not begun is taken back."""
    with act("org.end_post", by=by) as deed:
        holding = (
            Holding.objects.select_for_update(of=("self",))
            .select_related("post__unit", "person")
            .filter(pk=holding_id)
            .first()
        )
        if holding is None or not by.area("org.view").covers(holding.post.unit.path):
            raise NotFound(_("没有这条任职记录。"))
        require("org.end_post", by, holding.post.unit.path)
        at = now()
        if holding.until is not None and holding.until <= at:
            raise NotNow(_("该任职已经结束。"))
        deed.on("person", str(holding.person_id), holding.post.unit.path, post=holding.post_id)
        if holding.since >= at:
            holding.delete()
        else:
            holding.until = at
            holding.save(update_fields=["until"])
        return holding


def edit_role(
    role_code: str, verbs: Iterable[str], *, version: int | None = None, by: Asker
) -> Role:
    """Set which verbs a role holds; administrators' verbs stay with their administrator."""
    with act("org.edit_role", by=by) as deed:
        require("org.edit_role", by)
        role = Role.objects.select_for_update().filter(code=role_code).first()
        if role is None:
            raise NotFound(_("没有角色“%s”。") % role_code)
        if version is not None and version != role.version:
            raise Stale(_("该角色刚被他人修改。"), remedy=_("请刷新页面后重试。"))
        wanted = sorted(set(verbs))
        known = set(VERBS.names())
        faults = [Fault(verb, _("没有这项权限。")) for verb in wanted if verb not in known]
        faults += [
            Fault(verb, _("三员分立：这项权限不能给本角色。"))
            for verb in misplaced_verbs(role.duty, wanted)
        ]
        if faults:
            raise Invalid(_("角色权限有误。"), faults=faults)
        before = set(role.verbs)
        deed.on(
            "role",
            role.code,
            "",
            added=sorted(set(wanted) - before),
            removed=sorted(before - set(wanted)),
        )
        role.verbs, role.version = wanted, role.version + 1
        role.save(update_fields=["verbs", "version"])
        return role


def install_roles(*, by: Asker) -> int:
    """Write the default roles of an install, and offer each of them the verbs a new release brings.

    A verb is offered once: one that the district took away is not given back by the next release.
    """
    wanted = {
        role.code: set(default_verbs(role.code)) & set(VERBS.names()) for role in DEFAULT_ROLES
    }
    offered = {role.code: set(role.offered) for role in Role.objects.all()}
    if all(code in offered and verbs <= offered[code] for code, verbs in wanted.items()):
        return 0  # every start asks; nothing to do is no deed
    with act("org.install_roles", by=by) as deed:
        require("org.install_roles", by, "")
        known = {role.code: role for role in Role.objects.select_for_update()}
        made = 0
        for default in DEFAULT_ROLES:
            verbs = sorted(wanted[default.code])
            role = known.get(default.code)
            if role is None:
                with translation.override("zh-hans"):
                    name = str(default.name)
                Role.objects.create(
                    code=default.code, name=name, duty=default.duty, verbs=verbs, offered=verbs
                )
                made += 1
            elif fresh := sorted(set(verbs) - set(role.offered)):
                role.verbs = sorted(set(role.verbs) | set(fresh))
                role.offered = sorted(set(role.offered) | set(verbs))
                role.save(update_fields=["verbs", "offered"])
        deed.on("role", "*", "", made=made)
        return made


def _locked_post(post_id: int, verb: str, by: Asker) -> Post:
    post = (
        Post.objects.select_for_update(of=("self",))
        .select_related("unit", "area", "role")
        .filter(pk=post_id)
        .first()
    )
    if post is None or not by.area("org.view").covers(post.unit.path):
        raise NotFound(_("没有这个岗位。"))
    require(verb, by, post.unit.path)
    return post


def _check_span(start: datetime, until: datetime | None, standing_in_for: int | None) -> None:
    faults = []
    if until is not None and until <= start:
        faults.append(Fault("until", _("结束时间须晚于开始时间。")))
    if until is not None and until <= now():
        faults.append(Fault("until", _("结束时间已过。")))
    if standing_in_for is not None and until is None:
        faults.append(Fault("until", _("代理须写明结束时间。")))
    if faults:
        raise Invalid(_("任职时间有误。"), faults=faults)


def _substituted(post: Post, account_id: int | None) -> int | None:
    """The person stood in for must hold this very post now."""
    if account_id is None:
        return None
    holds = Q(person_id=account_id, post=post, standing_in_for=None)
    if not Holding.objects.filter(holds & in_force()).exists():
        raise Invalid(
            _("任职时间有误。"),
            faults=[Fault("standing_in_for", _("被代理人现在不任该岗。"))],
        )
    return account_id
