"""Facts of the portal: messages on their way in, the published projection, codes, matters."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from huying.kernel.models import Blob
from huying.portal.rules.messages import KINDS, LONGEST
from huying.portal.rules.words import GROUPS


class IntakeMessage(models.Model):
    """What a citizen or an Open311 client sent in, until the case side has taken it.

    `key` makes a repeated message one; `payload` is sealed JSON and gone once the message is taken.
    `token` is the secret by which its sender asks for the answer.
    """

    class Kind(models.TextChoices):
        APPEAL = "appeal", _("诉求")
        COMMENT = "comment", _("补充")
        WITHDRAW = "withdraw", _("撤回")
        EVALUATE = "evaluate", _("评价")
        REAPPEAL = "reappeal", _("再次诉求")

    class State(models.TextChoices):
        PENDING = "pending", _("已收到")
        TAKEN = "taken", _("已登记")
        REFUSED = "refused", _("未能登记")

    key = models.CharField(max_length=100, unique=True)
    token = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    channel = models.CharField(max_length=16)
    source = models.CharField(max_length=64, blank=True, help_text="Prefix of the client's key")
    fingerprint = models.CharField(max_length=64, blank=True, db_index=True)
    number = models.CharField(max_length=32, blank=True, db_index=True)
    payload = models.BinaryField(null=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], name="intake_pending", condition=models.Q(state="pending")),
            models.Index(fields=["source", "number"], name="intake_source"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class IntakePhoto(models.Model):
    """A picture of a message, already cleaned; gone once the message is taken."""

    message = models.ForeignKey(IntakeMessage, on_delete=models.CASCADE, related_name="photos")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"photo of {self.message_id}"


class FollowedCase(models.Model):
    """The projection of one case for its own citizens: where it stands, what they may do now.

    `phone_keys` are keyed digests: who proves one of the telephones may look.
    """

    number = models.CharField(max_length=32, unique=True)
    version = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=20)
    round = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=200)
    category = models.CharField(max_length=16, blank=True)
    category_name = models.CharField(max_length=60, blank=True)
    lead = models.CharField(max_length=100, blank=True)
    result = models.TextField(blank=True)
    explanation = models.TextField(blank=True, help_text="Why not accepted, and where to go")
    phone_keys = ArrayField(models.CharField(max_length=64), default=list)
    verbs = ArrayField(models.CharField(max_length=32), default=list)
    reappeal_until = models.DateTimeField(null=True, help_text="Set once it is archived")
    source = models.CharField(max_length=64, blank=True)
    guarded = models.BooleanField(default=False, help_text="Sensitive or anonymous")
    registered_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["phone_keys"], name="followed_phones")]

    def __str__(self) -> str:
        return self.number


class StatusLine(models.Model):
    """One step of a followed case, in a form that each language says in its own words."""

    followed = models.ForeignKey(FollowedCase, on_delete=models.CASCADE, related_name="lines")
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    step = models.CharField(max_length=20)
    unit = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["followed", "version"], name="status_line_once")
        ]
        indexes: ClassVar = [models.Index(fields=["at", "id"], name="status_line_at")]

    def __str__(self) -> str:
        return f"{self.followed_id} {self.step}"


class PublicCase(models.Model):
    """What the case side approved for everybody's eyes: the projection of a publication."""

    followed = models.OneToOneField(FollowedCase, on_delete=models.CASCADE, related_name="public")
    title = models.CharField(max_length=200)
    body = models.TextField()
    result = models.TextField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    visible_from = models.DateTimeField()
    approved_at = models.DateTimeField()
    approved_by = models.CharField(max_length=128)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["-visible_from", "-id"],
                name="public_newest",
                condition=models.Q(withdrawn_at__isnull=True),
            ),
            models.Index(fields=["longitude", "latitude"], name="public_point"),
        ]

    def __str__(self) -> str:
        return self.title


class PublishedSheet(models.Model):
    """A document that the case side publishes whole: `areas` for maps, `services` for Open311."""

    name = models.CharField(max_length=20, primary_key=True)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class PhoneCode(models.Model):
    """A code sent to a telephone, both kept as keyed digests; the newest one counts."""

    phone_key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    until = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["phone_key", "-sent_at"], name="code_newest")]

    def __str__(self) -> str:
        return f"{self.sent_at:%F %T}"


class RatingLink(models.Model):
    """A link by which one appellant rates one round without signing in (评价链接).

    It is good once, for one person and one round, until `until`: `rules.links` signs all of that
    into its address, of which only `code` is kept here. `master` is the case that is rated.
    """

    code = models.CharField(max_length=16, unique=True)
    number = models.CharField(max_length=32, help_text="The appellant's own case")
    master = models.CharField(max_length=32, db_index=True)
    round = models.PositiveSmallIntegerField()
    appellant = models.BigIntegerField(help_text="The case side's id, opaque here")
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["master", "round", "appellant"], name="rating_link_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.round}"


class ShortMessage(models.Model):
    """A short message on its way to one person; telephone and words are sealed, and gone once sent.

    The gateway knows it by `key`, so that one sent twice counts once.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等待发送")
        SENT = "sent", _("已发出")
        ARRIVED = "arrived", _("已送达")
        LOST = "lost", _("未送达")
        REFUSED = "refused", _("通道拒收")
        FAILED = "failed", _("多次未发出")
        DROPPED = "dropped", _("已不需要")

    key = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=8, choices=[(k, one.label) for k, one in KINDS.items()])
    number = models.CharField(max_length=32, blank=True, db_index=True)
    link = models.ForeignKey(RatingLink, null=True, on_delete=models.CASCADE, related_name="texts")
    phone = models.BinaryField(null=True)
    words = models.BinaryField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    next_try = models.DateTimeField()
    until = models.DateTimeField(help_text="Of no use afterwards")
    done_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=64, blank=True, help_text="The gateway's own number")
    receipt = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_try"], name="text_due", condition=models.Q(state="waiting")),
            models.Index(fields=["-made_at", "-id"], name="text_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class MessageWords(models.Model):
    """How a kind of message is worded, as somebody signed it for the district; the newest holds."""

    kind = models.CharField(max_length=8, choices=[(k, one.label) for k, one in KINDS.items()])
    words = models.CharField(max_length=LONGEST)
    by_id = models.CharField(max_length=64)
    by_label = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "-id"], name="words_newest")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%F}"


class Tally(models.Model):
    """How often somebody did something in a window of time; `key` is a keyed digest."""

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "key", "window"], name="tally_once")
        ]
        indexes: ClassVar = [models.Index(fields=["window"], name="tally_window")]

    def __str__(self) -> str:
        return f"{self.kind} {self.count}"


class Matter(models.Model):
    """A matter that citizens have handled (我要办事): by whom, with which papers, where."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    group = models.CharField(max_length=20, choices=GROUPS)
    unit = models.CharField(max_length=100)
    phone = models.CharField(max_length=40, blank=True)
    who = models.TextField(blank=True)
    materials = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    steps = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    place = models.CharField(max_length=200, blank=True)
    hours = models.CharField(max_length=100, blank=True)
    takes = models.CharField(max_length=60, blank=True)
    fee = models.CharField(max_length=60, blank=True)
    position = models.PositiveIntegerField(default=0)
    active = models.BooleanField(default=True)
    confirmed = models.BooleanField(default=False, help_text="The district vouches for its text")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["position", "id"], name="matter_order")]

    def __str__(self) -> str:
        return self.name
