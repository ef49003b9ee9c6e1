"""Shapes of what the organisation's API takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Field, Schema

from huying.web.api_asking import Moment


class UnitOut(Schema):
    """A unit without its boundary."""

    code: str
    name: str
    short_name: str
    kind: str
    path: str
    parent: str | None = Field(None, alias="parent.code")
    longitude: float | None
    latitude: float | None
    illustrative: bool
    active: bool
    version: int


class UnitIn(Schema):
    """A unit to add."""

    code: str
    name: str
    kind: str
    parent: str = ""
    short_name: str = ""


class Rename(Schema):
    """Another name; `version` is that of the unit when it was read."""

    name: str
    short_name: str | None = None
    version: int


class Move(Schema):
    """Another parent."""

    parent: str
    version: int


class Versioned(Schema):
    """The version that the caller read."""

    version: int


class Boundary(Schema):
    """GeoJSON Polygon or MultiPolygon in WGS-84, or null."""

    boundary: dict[str, Any] | None
    illustrative: bool = False
    version: int


class PersonOut(Schema):
    """A person."""

    id: int
    username: str
    name: str
    phone: str
    unit: str | None = Field(None, alias="unit.code")
    active: bool = Field(alias="is_active")
    version: int


class PersonIn(Schema):
    """A person to add."""

    username: str
    name: str
    unit: str
    phone: str = ""


class PersonMade(Schema):
    """The person, and the first password, shown this once."""

    person: PersonOut
    first_password: str


class PersonEdit(Schema):
    """A person's corrected facts."""

    name: str
    phone: str = ""
    unit: str
    version: int


class PostIn(Schema):
    """A post to set up."""

    unit: str
    role: str
    title: str
    area: str = ""


class PostOut(Schema):
    """A post."""

    id: int
    unit: str = Field(alias="unit.code")
    role: str = Field(alias="role.code")
    area: str = Field(alias="area.code")
    title: str
    active: bool


class Give(Schema):
    """Who takes the post, and for how long."""

    person: int
    since: Moment | None = None
    until: Moment | None = None
    standing_in_for: int | None = None


class HoldingOut(Schema):
    """A person in a post."""

    id: int
    person: int = Field(alias="person_id")
    post: int = Field(alias="post_id")
    since: datetime
    until: datetime | None


class RoleOut(Schema):
    """A role and its verbs."""

    code: str
    name: str
    duty: str
    verbs: list[str]
    version: int


class RoleEdit(Schema):
    """All verbs the role shall hold."""

    verbs: list[str]
    version: int


class KeyIn(Schema):
    """A key for oneself; scopes are verbs, or `room.*`."""

    name: str
    scopes: list[str]
    purpose: str = "api"
    expires_at: datetime | None = None


class KeyOut(Schema):
    """A key; `key` is its text in clear, shown this once."""

    prefix: str
    name: str
    scopes: list[str]
    expires_at: datetime | None
    key: str = ""


class ShiftIn(Schema):
    """A shift of the duty roster."""

    unit: str
    starts_at: Moment
    ends_at: Moment
    person: int
    leader: int | None = None
    phone: str = ""


class ShiftOut(Schema):
    """A shift."""

    id: int
    unit: str = Field(alias="unit.code")
    person: int = Field(alias="person_id")
    leader: int | None = Field(alias="leader_id")
    starts_at: datetime
    ends_at: datetime
    phone: str


class HandOverIn(Schema):
    """What a watch leaves open; `to_shift` is the shift that takes over, the next by default."""

    words: str = ""
    to_shift: int | None = None


class TakeOverIn(Schema):
    """A signature, with a word if there is one to say."""

    note: str = ""


class ObjectIn(Schema):
    """Why the next watch does not sign."""

    reason: str


class HandoverOut(Schema):
    """A handover record; `items` as they were when it was written."""

    id: int
    unit: str = Field(alias="unit.code")
    shift: int = Field(alias="shift_id")
    to_shift: int = Field(alias="to_shift_id")
    person: int = Field(alias="person_id")
    to_person: int = Field(alias="to_person_id")
    leader: int | None = Field(alias="leader_id")
    written_at: datetime
    words: str
    items: list[dict[str, Any]]
    state: str
    answered_at: datetime | None
    answer: str


class OnDutyOut(Schema):
    """Who is on duty for a unit now; `unit` is whose roster it is, a community's street's too."""

    unit: str = Field(alias="unit.code")
    person: str = Field(alias="person.name")
    leader: str | None = Field(None, alias="leader.name")
    phone: str
    ends_at: datetime


class MeOut(Schema):
    """Who the caller is, with posts and where each verb holds."""

    id: str
    label: str
    posts: list[dict[str, str]]
    areas: dict[str, list[str]]


class Done(Schema):
    """It is done."""

    ok: bool = True
