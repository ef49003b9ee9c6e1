"""The case side's hand that writes the portal's projection: cases for their citizens, sheets."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery

from huying.cases import queries as cases
from huying.cases.queries.choices import outlines
from huying.cases.queries.public import Outside, outside
from huying.kernel.asker import System
from huying.kernel.clock import now
from huying.kernel.errors import NotFound
from huying.kernel.events import Received
from huying.org import queries as org
from huying.portal.actions.inviting import invite
from huying.portal.askers import PortalHand
from huying.portal.models import (
    FollowedCase,
    IntakeMessage,
    PublicCase,
    PublishedSheet,
    StatusLine,
)
from huying.portal.rules.words import CITIZEN_VERBS, step_of

ATTRIBUTES = Path(__file__).resolve().parents[1] / "data" / "attributes.json"
BY = System("portal", "公众门户")
PUBLIC = ("title", "body", "result", "address", "longitude", "latitude", "visible_from")
LOOKED_BACK = timedelta(days=120)


def follow(news: Received) -> None:
    """What to do when a case changed: project it anew; repeating it changes nothing."""
    project(str(news.payload["number"]))


def project(number: str) -> None:
    """Write where a case stands now into the projection, and what of it everybody may see.

    The cases merged into it are told anew too, for its answer is theirs.
    """
    try:
        known = outside(PortalHand(), number)
    except NotFound:
        return
    if known.case.imported or known.case.parent_id:  # of a part its citizen hears by the whole
        return
    with transaction.atomic():
        FollowedCase.objects.bulk_create(
            [FollowedCase(number=number, **_first(known))], ignore_conflicts=True
        )
        row = FollowedCase.objects.select_for_update().get(number=number)
        if row.version > known.case.version:
            return
        for name, value in _facts(known).items():
            setattr(row, name, value)
        row.save()
        StatusLine.objects.bulk_create(_lines(row, known), ignore_conflicts=True)
        _publish(row, known)
        invite(known)
    for other in known.merged:
        project(other)


def _publish(row: FollowedCase, known: Outside) -> None:
    """Show everybody what was approved, and only that; what is guarded never, whoever approved."""
    approved = known.publication
    if approved is None or known.guarded:
        PublicCase.objects.filter(followed=row, withdrawn_at=None).update(withdrawn_at=now())
        return
    texts = {name: getattr(approved, name) for name in PUBLIC}
    PublicCase.objects.update_or_create(
        followed=row,
        defaults=texts
        | {
            "approved_at": approved.ruled_at,
            "approved_by": approved.ruled_by,
            "withdrawn_at": None,
        },
    )


def _first(known: Outside) -> dict[str, Any]:
    """What never changes afterwards, and what the columns demand."""
    source = (
        IntakeMessage.objects.filter(number=known.case.number, kind=IntakeMessage.Kind.APPEAL)
        .values_list("source", flat=True)
        .first()
    )
    at = known.case.registered_at
    return {"source": source or "", "registered_at": at, "updated_at": at}


def _facts(known: Outside) -> dict[str, Any]:
    case = known.case
    return {
        "version": case.version,
        "state": known.state,
        "round": case.round,
        "title": case.title,
        "category": known.category,
        "category_name": known.category_name,
        "lead": known.lead,
        "result": known.result,
        "explanation": known.explanation,
        "phone_keys": list(known.phone_keys),
        "verbs": [verb for verb in known.verbs if verb in CITIZEN_VERBS],
        "updated_at": known.lines[-1].at if known.lines else case.registered_at,
        "due_at": case.due_at,
        "guarded": known.guarded,
        "reappeal_until": known.reappeal_until,
    }


def _lines(row: FollowedCase, known: Outside) -> list[StatusLine]:
    found: list[StatusLine] = []
    for line in known.lines:
        step, unit = step_of(line.verb, line.to_state, line.data)
        if step == "dispatch" and any(one.step == "dispatch" for one in found):
            step = "again"
        if step:
            found.append(
                StatusLine(followed=row, version=line.version, at=line.at, step=step, unit=unit)
            )
    return found


def catch_up(most: int = 400) -> int:
    """Project what no news told of: cases written in bulk, and whatever was lost on the way."""
    known = FollowedCase.objects.filter(number=OuterRef("number")).values("version")[:1]
    rows = (
        cases.visible(PortalHand())
        .filter(imported=False, parent=None, registered_at__gte=now() - LOOKED_BACK)
        .annotate(known=Subquery(known))
        .filter(Q(known=None) | Q(known__lt=F("version")))
    )
    numbers = list(rows.values_list("number", flat=True)[:most])
    for number in numbers:
        project(number)
    return len(numbers)


def publish_sheets() -> list[str]:
    """Publish anew the documents whose content changed; answers their names."""
    changed = []
    for name, content in (
        ("areas", outlines()),
        ("services", _services()),
        ("district", _district()),
    ):
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        if PublishedSheet.objects.filter(pk=name, digest=digest).exists():
            continue
        PublishedSheet.objects.update_or_create(
            name=name, defaults={"content": content, "digest": digest, "at": now()}
        )
        changed.append(name)
    return changed


def _services() -> dict[str, Any]:
    """The lowest classes as services, with the questions that some of them ask."""
    questions = json.loads(ATTRIBUTES.read_text(encoding="utf-8"))
    names = {row.code: row.name for row in cases.categories()}
    return {
        "services": [
            {
                "code": code,
                "name": name,
                "group": names.get(code[:2], ""),
                "keywords": [names[part] for part in (code[:2], code[:4]) if part in names],
                "attributes": questions.get(code, []),
            }
            for code, name in names.items()
            if len(code) == 6
        ]
    }


def _district() -> dict[str, Any]:
    """Code and name of the district, by which Open311 knows its jurisdiction."""
    for unit in org.directory().filter(kind="district"):
        return {"code": unit.code, "name": unit.name}
    return {}
