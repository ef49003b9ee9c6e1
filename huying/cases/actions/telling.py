"""Who appealed and what they said, on their way into the database: masked, and sealed beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from huying.cases.models import Appellant, Case
from huying.cases.queries.identity import Hider, phone_key
from huying.cases.rules.masks import mask_id, mask_name, mask_phone, without_remains
from huying.kernel import secrets


@dataclass(frozen=True)
class Said:
    """An appellant in clear, as long as a verb runs."""

    name: str = ""
    phone: str = ""
    id_number: str = ""
    anonymous: bool = False
    verified: bool = False

    @property
    def hide(self) -> Hider:
        """What masks them in every text."""
        return Hider((self.name, self.phone, self.id_number))


@dataclass(frozen=True)
class Telling:
    """What somebody told: who they are, their texts as said, and the texts as they are kept."""

    who: Said
    said: Mapping[str, str]
    shown: Mapping[str, str]

    @property
    def original(self) -> bytes | None:
        """The texts as they were said, sealed; nothing where masking hid nothing."""
        hidden = {field: text for field, text in self.said.items() if text != self.shown[field]}
        return secrets.seal_text(json.dumps(hidden, ensure_ascii=False)) if hidden else None


def hear(
    *,
    title: str,
    body: str,
    address: str = "",
    name: str = "",
    phone: str = "",
    id_number: str = "",
    anonymous: bool = False,
    verified: bool = False,
) -> Telling:
    """Take down what was told, masked."""
    who = Said(name.strip(), phone.strip(), id_number.strip(), anonymous, verified)
    said = {"title": title.strip(), "body": body.strip(), "address": address.strip()}
    shown = {field: who.hide(text) for field, text in said.items()}
    shown["title"] = without_remains(shown["title"])  # lists show it to the unit complained about
    return Telling(who, said, shown)


def keep_as_said(case_id: int, field: str, said: str, shown: str) -> None:
    """A text told anew replaces the old one among what is sealed; two statements."""
    row = Case.objects.only("original").get(pk=case_id)
    hidden = json.loads(secrets.open_text(row.original)) if row.original else {}
    hidden.pop(field, None)
    if said != shown:
        hidden[field] = said
    row.original = secrets.seal_text(json.dumps(hidden, ensure_ascii=False)) if hidden else None
    row.save(update_fields=["original"])


def appellant_row(case_id: int, who: Said, since: datetime) -> Appellant:
    """An appellant as the database keeps them."""
    return Appellant(
        case_id=case_id,
        name=_sealed(who.name),
        phone=_sealed(who.phone),
        id_number=_sealed(who.id_number),
        shown_name=mask_name(who.name)[:60],
        shown_phone=mask_phone(who.phone)[:20],
        shown_id_number=mask_id(who.id_number)[:20],
        phone_key=phone_key(who.phone),
        anonymous=who.anonymous,
        verified=who.verified,
        since=since,
    )


def _sealed(text: str) -> bytes | None:
    return secrets.seal_text(text) if text else None
