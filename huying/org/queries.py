"""Questions about the organisation, always scoped to the asker, and who an account is as asker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.utils.translation import gettext as _

from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import NotFound, Unauthenticated
from huying.kernel.verbs import require
from huying.org import places
from huying.org.asker import HeldPost, KeyAsker, PersonAsker
from huying.org.branches import found_units, unit_branches, unit_named, unit_option, way_to
from huying.org.duty import leaders_on_duty, on_duty, shifts
from huying.org.forces import Hand, hands
from huying.org.handing import (
    alarms,
    handover_of,
    handovers,
    next_shifts,
    open_items,
    shift_of,
    to_hand_over,
    watch,
)
from huying.org.keys import matches, split_key
from huying.org.models import Account, ApiKey, Holding, Post, Role, Unit
from huying.org.scoping import under

# The same questions stand in `branches`, `duty`, `forces` and `handing`, apart for their length.
__all__ = [
    "Hand",
    "alarms",
    "found_units",
    "handover_of",
    "handovers",
    "hands",
    "leaders_on_duty",
    "next_shifts",
    "on_duty",
    "open_items",
    "shift_of",
    "shifts",
    "to_hand_over",
    "under",
    "unit_branches",
    "unit_named",
    "unit_option",
    "watch",
    "way_to",
]


def may_sign_in(account: Account) -> bool:
    """Whether an account may act at all: active, and a demo account only in demo mode."""
    return account.is_active and (settings.DEMO or not account.demo)


def asker_for(account: Account) -> PersonAsker:
    """Who this account is as asker, with every post in force now; one statement."""
    at = now()
    rows = (
        Holding.objects.filter(
            in_force(at), person=account, post__active=True, post__unit__active=True
        )
        .order_by(F("standing_in_for").asc(nulls_first=True), "since", "id")
        .values_list(
            "post__role__code",
            "post__role__duty",
            "post__title",
            "post__unit__code",
            "post__unit__name",
            "post__unit__path",
            "post__area__path",
            "post__role__verbs",
        )
    )
    posts = tuple(
        # A post over the top of the tree reaches everything, also what has no place yet.
        HeldPost(*row[:6], "" if row[6].count("/") == 1 else row[6], frozenset(row[7]))
        for row in rows
    )
    return PersonAsker(account.pk, account.name or account.username, posts)


def asker_for_key(token: str, *, purpose: str = "api") -> KeyAsker:
    """The asker behind a key in clear; Unauthenticated when unknown, expired or withdrawn.

    Two statements. `actions.note_key_use` marks the use.
    """
    prefix, secret = split_key(token)
    key = ApiKey.objects.select_related("owner").filter(prefix=prefix, purpose=purpose).first()
    if (
        key is None
        or not matches(secret, key.digest)
        or key.revoked_at is not None
        or (key.expires_at is not None and key.expires_at <= now())
        or not may_sign_in(key.owner)
    ):
        raise Unauthenticated(
            _("接口密钥无效、已过期或已停用。"), remedy=_("请在“我的账户”中重新签发密钥。")
        )
    return KeyAsker(
        key.prefix,
        key.name,
        asker_for(key.owner),
        frozenset(key.scopes),
        key.purpose,
        key.last_used_at,
    )


def units(asker: Asker) -> QuerySet[Unit]:
    """The units the asker may look at (`org.view`), parents before children."""
    return Unit.objects.filter(under("path", asker.area("org.view"))).order_by("path")


def unit_by_code(asker: Asker, code: str) -> Unit:
    """One unit within the asker's view; NotFound outside it."""
    try:
        return units(asker).select_related("parent").get(code=code)
    except Unit.DoesNotExist:
        raise NotFound(_("没有编码为“%(code)s”的单位。") % {"code": code}) from None


def directory() -> QuerySet[Unit]:
    """Names and codes of all units in use, for anybody who must choose one: no secret, no scope."""
    return Unit.objects.filter(active=True).defer("boundary").order_by("path")


def children(asker: Asker, unit: Unit | None) -> QuerySet[Unit]:
    """The units right below one; without one, the topmost that the asker may see."""
    seen = units(asker).defer("boundary")
    if unit is not None:
        aside = Q(kind__in=("city_department", "department", "enterprise"))
        below = seen.filter(parent=unit).annotate(aside=ExpressionWrapper(aside, BooleanField()))
        return below.order_by("aside", "code")  # areas before departments
    tops = asker.area("org.view")
    return seen.filter(parent=None) if tops.everywhere else seen.filter(path__in=tops.paths)


def with_children(unit_ids: Sequence[int]) -> set[int]:
    """Which of these units have units in use below them."""
    below = Unit.objects.filter(parent__in=unit_ids, active=True)
    return set(below.values_list("parent_id", flat=True).distinct())


def ancestors(asker: Asker, unit: Unit) -> list[Unit]:
    """The units above one, from the top, as far as the asker may see them."""
    codes = unit.path.split("/")[:-2]
    return list(units(asker).defer("boundary").filter(code__in=codes))


def drawn_below(asker: Asker, unit: Unit) -> list[Unit]:
    """The units right below one that have a boundary."""
    below = units(asker).filter(parent=unit, active=True)
    return list(below.exclude(boundary=None))


def people(asker: Asker) -> QuerySet[Account]:
    """The people whose unit the asker may look at, in the order of their names' pinyin."""
    area = asker.area("org.view")
    seen = Account.objects.filter(under("unit__path", area))
    if area.everywhere:
        seen = Account.objects.all()
    return seen.select_related("unit").order_by("pinyin", "id")


def person_by_id(asker: Asker, account_id: int) -> Account:
    """One person within the asker's view, or the asker's own account; NotFound otherwise."""
    own = getattr(asker, "account_id", None) == account_id
    seen = Account.objects.select_related("unit") if own else people(asker)
    try:
        return seen.get(pk=account_id)
    except Account.DoesNotExist:
        raise NotFound(_("没有这个人员。")) from None


def posts_of(asker: Asker, unit: Unit) -> QuerySet[Post]:
    """The posts of a unit within the asker's view, those in use first."""
    return (
        Post.objects.filter(under("unit__path", asker.area("org.view")), unit=unit)
        .select_related("role", "area")
        .order_by("-active", "id")
    )


def holdings_of(person: Account) -> QuerySet[Holding]:
    """What posts a person holds, held or will hold; the latest first."""
    return (
        Holding.objects.filter(person=person)
        .select_related("post__role", "post__unit", "post__area", "standing_in_for")
        .order_by("-since", "-id")
    )


def with_states(holdings: QuerySet[Holding]) -> list[tuple[Holding, str]]:
    """Each holding with its state now: `held`, `coming`, `ended`."""
    at = now()

    def state(holding: Holding) -> str:
        if holding.since > at:
            return "coming"
        return "held" if holding.until is None or holding.until > at else "ended"

    return [(holding, state(holding)) for holding in holdings]


def posts_for(asker: Asker, person: Account) -> QuerySet[Post]:
    """The posts a person may be given by this asker: of the person's unit and of those above."""
    codes = person.unit.path.split("/") if person.unit is not None else []
    allowed = under("unit__path", asker.area("org.give_post"))
    return (
        Post.objects.filter(allowed, active=True, unit__code__in=codes)
        .select_related("unit", "role")
        .order_by("-unit__path", "role_id", "title")
    )


def holders_of(unit: Unit, at: datetime | None = None) -> QuerySet[Holding]:
    """Who holds a post in this unit at an instant (now, if not said)."""
    return (
        Holding.objects.filter(in_force(at), post__unit=unit, post__active=True)
        .select_related("person", "post__role", "post__area", "standing_in_for")
        .order_by("post_id", "person__pinyin")
    )


def keys_of(account_id: int) -> QuerySet[ApiKey]:
    """A person's API keys, the newest first; the secret itself is not kept anywhere."""
    return ApiKey.objects.filter(owner_id=account_id).order_by("-created_at", "-id")


def has_second_factor(person: Account) -> bool:
    """Whether a person signs in with a second factor."""
    return bool(Authenticator.objects.filter(user=person).exists())


def roles(asker: Asker) -> QuerySet[Role]:
    """All roles and their verbs, for whoever may look at the organisation anywhere."""
    require("org.view", asker)
    return Role.objects.order_by("id")


def holders_with(verb: str, path: str) -> list[tuple[str, str]]:
    """Who may do `verb` by a post of the very unit at `path` now: (id as asker, name)."""
    held = Holding.objects.filter(
        in_force(),
        post__active=True,
        post__unit__path=path,
        post__role__verbs__contains=[verb],
        person__is_active=True,
    )
    rows = held.order_by("person_id").values_list("person_id", "person__name").distinct()
    return [(f"person:{identity}", name) for identity, name in rows]


def named(account_id: int) -> list[tuple[str, str]]:
    """This very person, while active: (id as asker, name)."""
    rows = Account.objects.filter(pk=account_id, is_active=True).values_list("name", flat=True)
    return [(f"person:{account_id}", name) for name in rows]


def in_force(at: datetime | None = None) -> Q:
    """Holdings in force at an instant (now, if not said)."""
    at = at or now()
    return Q(since__lte=at) & (Q(until__isnull=True) | Q(until__gt=at))


def grid_at(longitude: float, latitude: float) -> Unit | None:
    """The smallest area (grid, else community, …) at a WGS-84 point; one statement.

    The unit is shared by all callers: read it, never change it.
    """
    return places.unit_at(longitude, latitude)


def place_of_address(text: str) -> places.Found:
    """The area that an address names: `unit`, or `candidates` when it is ambiguous."""
    return places.find(text)
