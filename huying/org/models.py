"""Facts of the organisation: units on five levels, roles, people, their posts, keys and duty."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models

from huying.org.rules import DUTIES, HANDOVER_STATES, UNIT_KINDS

# Raw writers meet the same rule as `give_post`: the person's row is locked, then duties compared.
# Scalar subqueries, not joins: planned while the tables were empty, a join of five of them takes
# minutes for two thousand people; this one only ever looks at what the person holds.
SEPARATION = """
    PERFORM 1 FROM org_account WHERE id = NEW.person_id FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM org_holding held
        WHERE held.person_id = NEW.person_id AND held.id <> NEW.id
          AND tstzrange(held.since, held.until) && tstzrange(NEW.since, NEW.until)
          AND (SELECT duty FROM org_role
               WHERE id = (SELECT role_id FROM org_post WHERE id = held.post_id))
           <> (SELECT duty FROM org_role
               WHERE id = (SELECT role_id FROM org_post WHERE id = NEW.post_id))
    ) THEN
        RAISE EXCEPTION 'separation of duties: person % may not take post %',
            NEW.person_id, NEW.post_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

BUMP = """
    INSERT INTO org_treeversion (id, number) VALUES (1, 1)
    ON CONFLICT (id) DO UPDATE SET number = org_treeversion.number + 1;
    RETURN NULL;
"""


class Unit(models.Model):
    """A unit or an area: city, district, street, community, grid, department, enterprise.

    `path` is the chain of codes from the root, each closed by `/`: `420100/420106/420106005/`.
    A right given at a path holds for all below it. Departments hang under their city or district.
    """

    class Kind(models.TextChoices):
        CITY = "city"
        DISTRICT = "district"
        STREET = "street"
        COMMUNITY = "community"
        GRID = "grid"
        CITY_DEPARTMENT = "city_department"
        DEPARTMENT = "department"
        ENTERPRISE = "enterprise"

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    short_name = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=16, choices=UNIT_KINDS)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=128, unique=True, db_collation="C")
    pinyin = models.CharField(max_length=200, blank=True, db_index=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    boundary = models.JSONField(null=True, help_text="GeoJSON geometry, WGS-84")
    illustrative = models.BooleanField(
        default=False, help_text="The boundary is made for demonstration and not official"
    )
    keywords = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text="What a department is responsible for (职责), as words",
    )
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "path"], name="unit_kind")]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="bump_tree",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=BUMP,
            )
        ]

    def __str__(self) -> str:
        return self.name


class TreeVersion(models.Model):
    """One row, raised by every change of units, so that maps held in memory know when to reload."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


class Account(AbstractUser):
    """A person who can sign in; what they may do hangs on the posts they hold."""

    name = models.CharField("姓名", max_length=60)
    pinyin = models.CharField(max_length=120, blank=True, db_index=True)
    phone = models.CharField(max_length=20, blank=True)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="people")
    password_changed_at = models.DateTimeField(null=True)
    must_change_password = models.BooleanField(default=False)
    elder_mode = models.BooleanField(default=False)
    theme = models.CharField(max_length=5, default="auto")
    demo = models.BooleanField(default=False, help_text="Made by demo mode; refused outside it")
    version = models.PositiveIntegerField(default=1)

    REQUIRED_FIELDS: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name or self.username


class UsedPassword(models.Model):
    """The hash of an earlier password, so that it is not taken again."""

    person = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="used_passwords")
    digest = models.CharField(max_length=128)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id} {self.at:%F}"


class Role(models.Model):
    """A named set of verbs; `duty` keeps system, security and audit apart (三员分立)."""

    class Duty(models.TextChoices):
        BUSINESS = "business"
        SYSTEM = "system"
        SECURITY = "security"
        AUDIT = "audit"

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    duty = models.CharField(max_length=8, choices=DUTIES, default=Duty.BUSINESS)
    verbs = ArrayField(models.CharField(max_length=64), default=list)
    offered = ArrayField(
        models.CharField(max_length=64),
        default=list,
        help_text="Default verbs this role was ever given, so that one taken away stays away",
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        triggers: ClassVar = [pgtrigger.ReadOnly(name="duty_stays", fields=["duty"])]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A post (岗位) in a unit: its role's verbs, held over `area` and everything below it."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="posts")
    area = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=60)
    active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "role", "area", "title"], name="post_once")
        ]
        triggers: ClassVar = [pgtrigger.ReadOnly(name="role_stays", fields=["role"])]

    def __str__(self) -> str:
        return f"{self.unit} {self.title}"


class Holding(models.Model):
    """A person in a post for a time; `standing_in_for` marks a substitute (代理)."""

    person = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="holdings")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="holdings")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    standing_in_for = models.ForeignKey(
        Account, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gt=models.F("since")),
                name="holding_ends_after_start",
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="separation_of_duties",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=SEPARATION,
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.post}"


class DutyShift(models.Model):
    """One shift of a unit's duty roster (值班表) with the leader in charge (带班领导)."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    person = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    leader = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    phone = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="shift_ends_after_start",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "starts_at"], name="shift_unit"),
            models.Index(fields=["ends_at"], name="shift_end"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.starts_at:%F %R}"


class ShiftHandover(models.Model):
    """交接班记录: what the watch going off left open, and who took it over or objected.

    `items` are frozen as they were when it was written: kind, number, title, url, note, due_at,
    late. What was written never changes; it is answered once.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    shift = models.ForeignKey(DutyShift, on_delete=models.PROTECT, related_name="handovers")
    to_shift = models.ForeignKey(DutyShift, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    to_person = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    leader = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    words = models.TextField(blank=True)
    items = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=HANDOVER_STATES, default="waiting")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shift"],
                name="handover_one_open",
                condition=models.Q(state__in=["waiting", "taken"]),
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["-written_at", "-id"], name="handover_newest"),
            models.Index(
                fields=["to_person"],
                name="handover_waiting",
                condition=models.Q(state="waiting"),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="handover_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="answered_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="waiting"),
            ),
            pgtrigger.ReadOnly(
                name="written_once",
                fields=[
                    *("unit", "shift", "to_shift", "person", "to_person"),
                    *("leader", "written_at", "words", "items"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.written_at:%F %R}"


class ApiKey(models.Model):
    """A key for a program: its owner's rights, narrowed to `scopes`. Only a hash is kept."""

    owner = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=64), default=list)
    purpose = models.CharField(max_length=16, default="api")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
