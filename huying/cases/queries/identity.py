"""Who appealed: masked by default, and hidden wholly from the unit complained about."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from huying.cases.models import Appellant, Case, Unmasking
from huying.cases.rules.masks import HIDDEN, mask_text
from huying.kernel import secrets
from huying.kernel.asker import Asker
from huying.kernel.clock import now


@dataclass(frozen=True)
class Person:
    """An appellant as one asker may see them."""

    id: int
    name: str
    phone: str
    id_number: str
    anonymous: bool
    verified: bool
    masked: bool


def seen(row: Appellant, *, open_: bool, hidden: bool) -> Person:
    """An appellant in clear when `open_`, not at all when `hidden`, else masked."""
    if hidden:
        shown = (HIDDEN, HIDDEN, HIDDEN)
    elif open_:
        shown = (_opened(row.name), _opened(row.phone), _opened(row.id_number))
    else:
        shown = (row.shown_name, row.shown_phone, row.shown_id_number)
    masked = hidden or not open_
    return Person(row.pk, *shown, row.anonymous, row.verified, masked)


@dataclass(frozen=True)
class Hider:
    """Masks the people of one case in a text that will be kept."""

    known: tuple[str, ...] = ()

    def __call__(self, text: str) -> str:
        return mask_text(text, self.known)


def with_merged(case_id: int) -> QuerySet[Any]:
    """A case and those merged into it, to ask what hangs on them.

    The choice stands inside: over a join the database would read every case for it.
    """
    return Case.objects.filter(Q(pk=case_id) | Q(merged_into=case_id)).order_by().values("pk")


def hider(case_id: int) -> Hider:
    """What masks the appellants of this case and of those merged into it. One statement."""
    theirs = Appellant.objects.filter(case__in=with_merged(case_id))
    rows = theirs.values_list("name", "phone", "id_number")
    return Hider(tuple(_opened(sealed) for row in rows for sealed in row if sealed))


def original(case: Case) -> dict[str, str]:
    """The texts as they were said, for an asker to whom the case is open."""
    found = {"title": case.title, "body": case.body, "address": case.address}
    if case.original:
        found.update(json.loads(secrets.open_text(case.original)))
    return found


def is_open(case_id: int, asker: Asker) -> bool:
    """Whether this asker's leave to see the appellant is still running. One statement."""
    return Unmasking.objects.filter(case_id=case_id, asker_id=asker.id, until__gt=now()).exists()


def complained_about(asker: Asker, about_path: str) -> bool:
    """Whether the asker belongs to the unit complained about: by post, or by rights there only."""
    if not about_path:
        return False
    paths = (*getattr(asker, "units", ()), *asker.area("cases.view").paths)
    return any(path.startswith(about_path) for path in paths)


def phone_key(phone: str) -> str:
    """What a telephone number is found by, however it was written."""
    digits = "".join(filter(str.isdecimal, phone))
    digits = digits[-11:] if len(digits) > 11 else digits
    return secrets.keyed_digest(digits) if digits else ""


def _opened(sealed: bytes | memoryview | None) -> str:
    return secrets.open_text(sealed) if sealed else ""
