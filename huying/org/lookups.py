"""What this room puts into the face's slots: lookups, search, kept preferences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse

from huying.kernel.asker import Asker
from huying.org import actions, branches, queries
from huying.org.models import Account
from huying.org.rules import UNIT_KINDS
from huying.web.slots import Branch, Hit, Option

KINDS = dict(UNIT_KINDS)


def _person_words(text: str) -> Q:
    return Q(name__icontains=text) | Q(username__istartswith=text)


def find_units(asker: Asker, text: str, limit: int) -> Sequence[Option]:
    """Any unit in use: whom to hand over to is no secret."""
    seen = queries.directory().select_related("parent").defer("boundary", "parent__boundary")
    return [branches.unit_option(unit) for unit in branches.found_units(seen, text)[:limit]]


def name_unit(asker: Asker, value: str) -> Option | None:
    """The unit with this code."""
    return branches.unit_named(value)


def unit_tree(asker: Asker, opened: str, chosen: str) -> Sequence[Branch]:
    """The tree of all units, open as far as the chosen one or the asker's own."""
    return branches.unit_branches(KINDS, opened, branches.way_to(asker, chosen))


def find_people(asker: Asker, text: str, limit: int) -> Sequence[Option]:
    """People within view, by name."""
    found = queries.people(asker).filter(is_active=True)
    if text:
        found = found.filter(_person_words(text))
    return [_person_option(person) for person in found[:limit]]


def name_person(asker: Asker, value: str) -> Option | None:
    """The person with this id, within view."""
    if not value.isdecimal():
        return None
    person = queries.people(asker).filter(pk=int(value)).first()
    return _person_option(person) if person else None


def search_units(asker: Asker, text: str, limit: int) -> Sequence[Hit]:
    """Units within view."""
    found = branches.found_units(queries.units(asker).defer("boundary"), text)
    return [
        Hit(unit.name, reverse("org:unit", args=[unit.code]), unit.code, str(KINDS[unit.kind]))
        for unit in found[:limit]
    ]


def search_people(asker: Asker, text: str, limit: int) -> Sequence[Hit]:
    """People within view."""
    found = queries.people(asker).filter(_person_words(text))
    return [
        Hit(
            person.name,
            reverse("org:person", args=[person.pk]),
            person.unit.name if person.unit else "",
        )
        for person in found[:limit]
    ]


def keep_preferences(asker: Asker, theme: str, elder: bool) -> None:
    """Keep theme and elder mode with the account of a signed-in person."""
    if getattr(asker, "account_id", None):
        actions.set_preferences(theme=theme, elder_mode=elder, by=asker)


def _person_option(person: Account) -> Option:
    hint: Any = person.unit.name if person.unit else ""
    return Option(str(person.pk), person.name, hint)


def person_asker(identity: str) -> Asker | None:
    """The person `person:17` with today's rights, for long work; None when gone or closed."""
    _kind, _mark, number = identity.partition(":")
    account = Account.objects.filter(pk=int(number)).first() if number.isdigit() else None
    return queries.asker_for(account) if account and queries.may_sign_in(account) else None
