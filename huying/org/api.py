"""The organisation's API: units, people, posts, roles, keys; and how a caller is recognised."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.security import APIKeyCookie, HttpBearer

from huying.kernel.asker import Asker
from huying.kernel.errors import NotFound
from huying.org import actions, queries
from huying.org.api_duty import router as duty
from huying.org.api_shapes import (
    Boundary,
    Done,
    Give,
    HoldingOut,
    KeyIn,
    KeyOut,
    MeOut,
    Move,
    PersonEdit,
    PersonIn,
    PersonMade,
    PersonOut,
    PostIn,
    PostOut,
    Rename,
    RoleEdit,
    RoleOut,
    ShiftIn,
    ShiftOut,
    UnitIn,
    UnitOut,
    Versioned,
)
from huying.org.middleware import asker_of
from huying.org.models import Account, ApiKey, DutyShift, Holding, Post, Role, Unit
from huying.web.api_asking import Moment

MOST = 200


class KeyAuth(HttpBearer):
    """`Authorization: Bearer hy_…`: an API key acts with its owner's rights, within its scopes."""

    openapi_name = "key"

    def authenticate(self, request: HttpRequest, token: str) -> Asker:
        asker = queries.asker_for_key(token)
        actions.note_key_use(asker)
        request.asker = asker  # type: ignore[attr-defined]
        return asker


class SessionAuth(APIKeyCookie):
    """A signed-in person's session; what changes something also needs the CSRF token."""

    param_name = "sessionid"
    openapi_name = "session"

    def authenticate(self, request: HttpRequest, key: str | None) -> Asker | None:
        return asker_of(request) if request.user.is_authenticated else None


session_or_key = [KeyAuth(), SessionAuth()]
router = Router(tags=["org"], auth=session_or_key)
router.add_router("", duty)


@router.get("/me", response=MeOut, summary="我是谁")
def me(request: HttpRequest) -> dict[str, Any]:
    """Who the caller is and what it may do where."""
    asker = asker_of(request)
    posts = getattr(asker, "posts", ())
    return {
        "id": asker.id,
        "label": asker.label,
        "posts": [
            {"role": p.role, "title": p.title, "unit": p.unit_code, "area": p.area_path}
            for p in posts
        ],
        "areas": {
            verb: list(asker.area(verb).paths) for verb in sorted(getattr(asker, "verbs", ()))
        },
    }


@router.get("/units", response=list[UnitOut], summary="单位列表")
def list_units(
    request: HttpRequest,
    parent: str = "",
    kind: str = "",
    after: str = "",
) -> list[Unit]:
    """Units within the caller's view in the order of codes, 200 at a time; `after` is a code."""
    rows = queries.units(asker_of(request)).defer("boundary").select_related("parent")
    if parent:
        rows = rows.filter(parent__code=parent)
    if kind:
        rows = rows.filter(kind=kind)
    if after:
        rows = rows.filter(code__gt=after)
    return list(rows.order_by("code")[:MOST])


@router.post("/units", response=UnitOut, summary="新增单位")
def create_unit(request: HttpRequest, body: UnitIn) -> Unit:
    """Add a unit."""
    return actions.create_unit(
        body.code,
        body.name,
        body.kind,
        body.parent,
        short_name=body.short_name,
        by=asker_of(request),
    )


@router.get("/units/{code}", response=UnitOut, summary="单位")
def unit(request: HttpRequest, code: str) -> Unit:
    """One unit."""
    return queries.unit_by_code(asker_of(request), code)


@router.get("/units/{code}/boundary", response=dict[str, Any] | None, summary="单位边界")
def boundary(request: HttpRequest, code: str) -> dict[str, Any] | None:
    """The unit's boundary as GeoJSON geometry, or null."""
    found: dict[str, Any] | None = queries.unit_by_code(asker_of(request), code).boundary
    return found


@router.post("/units/{code}/rename", response=UnitOut, summary="单位更名")
def rename_unit(request: HttpRequest, code: str, body: Rename) -> Unit:
    """Give the unit another name."""
    return actions.rename_unit(code, **body.dict(), by=asker_of(request))


@router.post("/units/{code}/move", response=UnitOut, summary="移动单位")
def move_unit(request: HttpRequest, code: str, body: Move) -> Unit:
    """Hang the unit and all below it elsewhere."""
    return actions.move_unit(code, body.parent, version=body.version, by=asker_of(request))


@router.post("/units/{code}/close", response=UnitOut, summary="停用单位")
def close_unit(request: HttpRequest, code: str, body: Versioned) -> Unit:
    """Take the unit out of use."""
    return actions.close_unit(code, version=body.version, by=asker_of(request))


@router.post("/units/{code}/set-boundary", response=UnitOut, summary="划定边界")
def set_boundary(request: HttpRequest, code: str, body: Boundary) -> Unit:
    """Draw the unit's boundary."""
    return actions.set_boundary(code, **body.dict(), by=asker_of(request))


@router.get("/place", response=UnitOut, summary="坐标所在的网格")
def place(request: HttpRequest, longitude: float, latitude: float) -> Unit:
    """The smallest area at a WGS-84 point."""
    found = queries.grid_at(longitude, latitude)
    if found is None or not asker_of(request).area("org.view").covers(found.path):
        raise NotFound("这个位置不在您的管辖范围内。")
    return found


@router.get("/people", response=list[PersonOut], summary="人员列表")
def list_people(request: HttpRequest, unit: str = "", after: int = 0) -> list[Account]:
    """People within the caller's view, 200 at a time in the order of their ids."""
    rows = queries.people(asker_of(request)).filter(pk__gt=after)
    if unit:
        rows = rows.filter(unit__code=unit)
    return list(rows.order_by("pk")[:MOST])


@router.post("/people", response=PersonMade, summary="新增人员")
def create_person(request: HttpRequest, body: PersonIn) -> dict[str, Any]:
    """Open an account."""
    person, first = actions.create_person(
        body.username, body.name, body.unit, phone=body.phone, by=asker_of(request)
    )
    return {"person": person, "first_password": first}


@router.get("/people/{person}", response=PersonOut, summary="人员")
def person(request: HttpRequest, person: int) -> Account:
    """One person."""
    return queries.person_by_id(asker_of(request), person)


@router.post("/people/{person}/edit", response=PersonOut, summary="修改人员")
def edit_person(request: HttpRequest, person: int, body: PersonEdit) -> Account:
    """Correct a person's facts."""
    return actions.edit_person(
        person,
        name=body.name,
        phone=body.phone,
        unit_code=body.unit,
        version=body.version,
        by=asker_of(request),
    )


@router.post("/people/{person}/close", response=PersonOut, summary="停用账户")
def close_person(request: HttpRequest, person: int, body: Versioned) -> Account:
    """Close an account with its posts, keys and sessions."""
    return actions.close_person(person, version=body.version, by=asker_of(request))


@router.post("/people/{person}/reset-password", response=dict[str, str], summary="重置密码")
def reset_password(request: HttpRequest, person: int) -> dict[str, str]:
    """A new first password, shown this once; sessions end and keys are withdrawn."""
    return {"first_password": actions.reset_password(person, by=asker_of(request))}


@router.post("/people/{person}/reset-second-factor", response=Done, summary="解除动态口令")
def reset_second_factor(request: HttpRequest, person: int) -> Done:
    """Remove a lost second factor; the person enrols anew."""
    actions.reset_second_factor(person, by=asker_of(request))
    return Done()


@router.get("/units/{code}/posts", response=list[PostOut], summary="单位的岗位")
def list_posts(request: HttpRequest, code: str) -> list[Post]:
    """The posts of a unit."""
    asker = asker_of(request)
    found = queries.posts_of(asker, queries.unit_by_code(asker, code))
    return list(found.select_related("unit"))


@router.post("/posts", response=PostOut, summary="设岗")
def create_post(request: HttpRequest, body: PostIn) -> Post:
    """Set up a post."""
    return actions.create_post(body.unit, body.role, body.title, body.area, by=asker_of(request))


@router.post("/posts/{post}/close", response=PostOut, summary="撤岗")
def close_post(request: HttpRequest, post: int) -> Post:
    """Take a post out of use."""
    return actions.close_post(post, by=asker_of(request))


@router.post("/posts/{post}/give", response=HoldingOut, summary="任职")
def give_post(request: HttpRequest, post: int, body: Give) -> Holding:
    """Put a person into a post."""
    return actions.give_post(
        body.person,
        post,
        since=body.since,
        until=body.until,
        standing_in_for=body.standing_in_for,
        by=asker_of(request),
    )


@router.post("/holdings/{holding}/end", response=Done, summary="免职")
def end_post(request: HttpRequest, holding: int) -> Done:
    """End a person's time in a post."""
    actions.end_post(holding, by=asker_of(request))
    return Done()


@router.get("/roles", response=list[RoleOut], summary="角色")
def list_roles(request: HttpRequest) -> list[Role]:
    """Roles and their verbs."""
    return list(queries.roles(asker_of(request)))


@router.post("/roles/{code}/edit", response=RoleOut, summary="编辑角色权限")
def edit_role(request: HttpRequest, code: str, body: RoleEdit) -> Role:
    """Set the verbs of a role."""
    return actions.edit_role(code, body.verbs, version=body.version, by=asker_of(request))


@router.get("/keys", response=list[KeyOut], summary="我的密钥")
def list_keys(request: HttpRequest) -> list[ApiKey]:
    """The caller's own keys in use."""
    account_id = getattr(asker_of(request), "account_id", 0)
    return list(queries.keys_of(account_id).filter(revoked_at=None))


@router.post("/keys", response=KeyOut, summary="签发密钥")
def issue_key(request: HttpRequest, body: KeyIn) -> dict[str, Any]:
    """Issue a key to oneself; its text is shown this once."""
    asker = asker_of(request)
    key, clear = actions.issue_key(
        getattr(asker, "account_id", 0),
        body.name,
        body.scopes,
        purpose=body.purpose,
        expires_at=body.expires_at,
        by=asker,
    )
    return {
        "prefix": key.prefix,
        "name": key.name,
        "scopes": key.scopes,
        "expires_at": key.expires_at,
        "key": clear,
    }


@router.post("/keys/{prefix}/revoke", response=Done, summary="停用密钥")
def revoke_key(request: HttpRequest, prefix: str) -> Done:
    """Withdraw a key at once."""
    actions.revoke_key(prefix, by=asker_of(request))
    return Done()


@router.get("/units/{code}/shifts", response=list[ShiftOut], summary="值班表")
def list_shifts(request: HttpRequest, code: str, since: Moment, until: Moment) -> list[DutyShift]:
    """The shifts of a unit that touch a stretch of time."""
    asker = asker_of(request)
    unit = queries.unit_by_code(asker, code)
    return list(queries.shifts(asker, unit, since, until).select_related("unit"))


@router.post("/shifts", response=ShiftOut, summary="排班")
def plan_shift(request: HttpRequest, body: ShiftIn) -> DutyShift:
    """Put a person on duty."""
    return actions.plan_shift(
        body.unit,
        body.starts_at,
        body.ends_at,
        body.person,
        leader_id=body.leader,
        phone=body.phone,
        by=asker_of(request),
    )


@router.post("/shifts/{shift}/cancel", response=Done, summary="取消班次")
def cancel_shift(request: HttpRequest, shift: int) -> Done:
    """Take a shift out of the roster."""
    actions.cancel_shift(shift, by=asker_of(request))
    return Done()
