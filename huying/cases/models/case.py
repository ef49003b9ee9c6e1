"""An appeal, what hangs on every one, and the district's own data for them."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Right

from huying.cases.rules import CAUSES, CHANNELS, GRADES, LIVE, STATES
from huying.cases.rules.city import ASKED, CITY_STATES
from huying.kernel.models import Blob
from huying.org.models import Unit

# Taken from its unit (改派, 退件), or returned to it by the review.
# What must be done by somebody soon: it may be urgent, or late (`queries.work.RUNNING`).
PRESSING = models.Q(
    imported=False,
    paused=False,
    state__in=["registered", "accepted", "dispatched", "in_progress"],
)
SENT_BACK = models.Q(from_state__in=["dispatched", "in_progress"], to_state="accepted") | models.Q(
    from_state="replied", to_state="in_progress"
)
APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class Category(models.Model):
    """A node of the classification of appeals, three levels; `path` is `01/0103/010302/`."""

    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=60)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=64, unique=True, db_collation="C")
    clock = models.CharField(max_length=32, blank=True, help_text="Name of the handling ClockRule")
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class ClockRule(models.Model):
    """A deadline that law or district sets, as data; copied into each clock at its start."""

    class Basis(models.TextChoices):
        STATUTE = "S", "法规"
        PRACTICE = "P", "通行做法"
        DEFAULT = "G", "系统默认"

    name = models.CharField(max_length=32, unique=True)
    label = models.CharField(max_length=60)
    measure = models.CharField(max_length=16, help_text="working_hours|working_days|natural_hours")
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    basis = models.CharField(max_length=1, choices=Basis)
    article = models.CharField(max_length=120, blank=True)
    confirmed_by = models.CharField(max_length=128, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.label


class Case(models.Model):
    """One appeal.

    `scope` holds every unit path, with its ancestors, that may see it: its place, its handlers.
    `title`, `body`, `address` and `result` are kept masked; where masking hid something, `original`
    holds what was said, sealed.
    """

    number = models.CharField(max_length=32, unique=True)
    last_four = models.CharField(max_length=4, db_index=True)
    external_number = models.CharField(max_length=40, blank=True)
    intake_key = models.CharField(
        max_length=64, blank=True, help_text="Makes a repeated registration one case"
    )
    channel = models.CharField(max_length=16, choices=CHANNELS)
    state = models.CharField(max_length=20, choices=STATES)
    version = models.PositiveIntegerField(default=1)
    round = models.PositiveSmallIntegerField(default=1)
    supervision = models.PositiveSmallIntegerField(default=0)
    paused = models.BooleanField(default=False)
    urgent = models.BooleanField(default=False)
    sensitive = models.BooleanField(default=False)
    title = models.CharField(max_length=200)
    body = models.TextField()
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=200, blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    place = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    about = models.ForeignKey(
        Unit,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The unit complained about, which never learns who complained",
    )
    scope = ArrayField(models.CharField(max_length=128), default=list)
    imported = models.BooleanField(default=False, help_text="History: no live clock, no notice")
    bulk = models.BooleanField(default=False, help_text="Written in bulk from a plan of verbs")
    registered_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    evaluated_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    due_provisional = models.BooleanField(default=False)
    refusal = models.CharField(max_length=16, blank=True)
    result = models.TextField(blank=True)
    solved_claim = models.BooleanField(null=True, help_text="The handler's claim")
    solved = models.BooleanField(null=True, help_text="What the citizen says, in this round")
    grade = models.PositiveSmallIntegerField(null=True, choices=GRADES)
    request = models.CharField(
        max_length=12, blank=True, help_text="The kind of the open request, empty without one"
    )
    requests_made = models.PositiveSmallIntegerField(default=0)
    return_until = models.DateTimeField(
        null=True, help_text="Until when its lead may ask to return it"
    )
    callbacks_made = models.PositiveSmallIntegerField(default=0, help_text="In this round")
    unreached = models.BooleanField(
        default=False, help_text="Evaluated by nobody: three attempts of this round failed"
    )
    orders_made = models.PositiveSmallIntegerField(default=0, help_text="Of supervision")
    city_state = models.CharField(
        max_length=10, blank=True, choices=CITY_STATES, help_text="Of the city hotline's order"
    )
    city_round = models.PositiveSmallIntegerField(default=0, help_text="Redone for the city")
    city_asked = models.CharField(max_length=10, blank=True, choices=ASKED)
    city_due_at = models.DateTimeField(null=True, help_text="The city's deadline, which governs")
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged"
    )
    merged_count = models.PositiveSmallIntegerField(default=0, help_text="Cases merged into it")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")
    parts_made = models.PositiveSmallIntegerField(default=0, help_text="Cases split off it")
    publication = models.CharField(
        max_length=10, blank=True, help_text="asked|approved|renewed, empty when none is open"
    )
    confidential = models.BooleanField(
        default=False, help_text="Only the district sees it, the unit complained about never"
    )
    calls_made = models.PositiveSmallIntegerField(default=0)
    calls_open = models.PositiveSmallIntegerField(default=0)
    meetings_made = models.PositiveSmallIntegerField(default=0)
    original = models.BinaryField(null=True)
    search = SearchVectorField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(
                    state__in=["dispatched", "in_progress", "suspended", "awaiting_callback"],
                    lead__isnull=True,
                    imported=False,
                ),
                name="case_lead_after_dispatch",
            ),
            models.UniqueConstraint(
                fields=["intake_key"],
                name="case_intake_once",
                condition=~models.Q(intake_key=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-registered_at", "-id"], name="case_registered"),
            models.Index(fields=["state", "-registered_at", "-id"], name="case_state"),
            models.Index(fields=["category", "-registered_at", "-id"], name="case_category"),
            models.Index(fields=["lead", "-registered_at", "-id"], name="case_lead"),
            models.Index(fields=["channel", "-registered_at", "-id"], name="case_channel"),
            models.Index(fields=["due_at", "id"], name="case_due"),
            models.Index(fields=["replied_at"], name="case_replied"),
            models.Index(fields=["due_at", "id"], name="case_pressing", condition=PRESSING),
            # Few among many: without these, a list of them reads every other case first.
            *(
                models.Index(fields=["-registered_at", "-id"], name=name, condition=few)
                for name, few in (
                    ("case_urgent", models.Q(urgent=True)),
                    ("case_sensitive", models.Q(sensitive=True)),
                    ("case_imported", models.Q(imported=True)),
                    ("case_unplaced", models.Q(place__isnull=True)),
                    ("case_request", ~models.Q(request="")),
                    ("case_live", models.Q(state__in=LIVE, imported=False)),
                    ("case_masters", models.Q(merged_count__gt=0)),
                    ("case_confidential", models.Q(confidential=True)),
                )
            ),
            models.Index(
                fields=["external_number"],
                name="case_external",
                condition=~models.Q(external_number=""),
            ),
            models.Index(
                Right("external_number", 4),
                name="case_external_tail",
                condition=models.Q(channel="hotline"),
            ),
            # Without the pending list a registration never pays for flushing those before it.
            GinIndex(fields=["scope"], name="case_scope", fastupdate=False),
            GinIndex(fields=["search"], name="case_search", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.number


class Appellant(models.Model):
    """Who appealed. Name, phone and ID number are sealed; `phone_key` is an HMAC for finding.

    What everybody with a right to the case may see of them stands beside, masked.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="appellants")
    name = models.BinaryField(null=True)
    phone = models.BinaryField(null=True)
    id_number = models.BinaryField(null=True)
    shown_name = models.CharField(max_length=60, blank=True)
    shown_phone = models.CharField(max_length=20, blank=True)
    shown_id_number = models.CharField(max_length=20, blank=True)
    phone_key = models.CharField(max_length=64, blank=True, db_index=True)
    anonymous = models.BooleanField(default=False)
    verified = models.BooleanField(default=False)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"appellant of {self.case_id}"


class CaseUnit(models.Model):
    """A unit that handles a case, as lead (主办) or co-handler (协办), for a time."""

    class Part(models.TextChoices):
        LEAD = "lead", "主办"
        CO = "co", "协办"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=4, choices=Part)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"],
                name="case_one_lead",
                condition=models.Q(part="lead", until__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.part} {self.unit_id}"


class CaseEvent(models.Model):
    """One line of a case's history: verb, edge, actor, reason, time; append-only by trigger."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    version = models.PositiveIntegerField(help_text="The case's version after this line")
    at = models.DateTimeField()
    verb = models.CharField(max_length=32)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    round = models.PositiveSmallIntegerField(default=1)
    actor_id = models.CharField(max_length=64)
    actor_label = models.CharField(max_length=128)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "version"], name="case_event_version")
        ]
        indexes: ClassVar = [
            # How often a case was taken back or sent back, among all that ever happened.
            models.Index(fields=["case"], name="case_event_back", condition=SENT_BACK),
            # What others did since somebody last looked.
            models.Index(fields=["-at"], name="case_event_at"),
            # Who gave an order back, and how long it had lain there (退转拉锯).
            models.Index(
                fields=["-at"],
                name="case_event_bounced",
                condition=models.Q(data__has_key="minutes_lost"),
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.case_id} {self.verb}"


class CaseClock(models.Model):
    """A running or stopped deadline.

    `rule` is the copy of its ClockRule, `pauses` is [[from, to|null], …].
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=16, help_text="intake|sign|contact|handle|…")
    rule = models.JSONField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    pauses = models.JSONField(default=list)
    stopped_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, blank=True, help_text="met|missed|void|merged")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                name="clock_one_running",
                condition=models.Q(stopped_at__isnull=True),
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                name="clock_running_due",
                condition=models.Q(stopped_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class Attachment(models.Model):
    """A file of a case: typed by content, pictures re-encoded; downloads are authorised."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="attachments")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=64)
    from_citizen = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Evaluation(models.Model):
    """What one appellant said of one round: solved or not, and one of five grades.

    `case` is the one that was answered; its appellant may have come with a case merged into it.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="evaluations")
    appellant = models.ForeignKey(Appellant, null=True, on_delete=models.CASCADE, related_name="+")
    round = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    solved = models.BooleanField()
    grade = models.PositiveSmallIntegerField(choices=GRADES)
    comment = models.TextField(blank=True)
    by = models.CharField(max_length=64)
    cause = models.CharField(
        max_length=12, choices=CAUSES, blank=True, help_text="Why the citizen is displeased"
    )
    by_proxy = models.BooleanField(default=False, help_text="Somebody else answered (代答)")
    prompted = models.BooleanField(default=False, help_text="The answer was led (诱导)")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "round", "appellant"],
                name="evaluation_once_a_round",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.grade}"


class Unmasking(models.Model):
    """Leave for one asker to see who appealed, with a reason, for a short time."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    asker_id = models.CharField(max_length=64)
    reason = models.TextField()
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case", "asker_id", "until"], name="unmasking_of")
        ]

    def __str__(self) -> str:
        return f"{self.asker_id} {self.case_id}"


class RoutingRule(models.Model):
    """Who is proposed as lead: the first rule by `position` whose conditions all hold."""

    class Target(models.TextChoices):
        UNIT = "unit", "指定单位"
        STREET = "street", "所在街道"
        COMMUNITY = "community", "所在社区"

    position = models.PositiveIntegerField()
    name = models.CharField(max_length=100)
    category = models.ForeignKey(Category, null=True, on_delete=models.CASCADE, related_name="+")
    area = models.ForeignKey(Unit, null=True, on_delete=models.CASCADE, related_name="+")
    keywords = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    target = models.CharField(max_length=10, choices=Target, default=Target.UNIT)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(target="unit", unit__isnull=True), name="routing_unit_named"
            )
        ]

    def __str__(self) -> str:
        return self.name


class NumberSeries(models.Model):
    """The last sequence given per day, area and channel; locked while a number is drawn."""

    key = models.CharField(max_length=32, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key} {self.last}"
