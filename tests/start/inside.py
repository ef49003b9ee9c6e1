"""A process inside the product's own home: it sets the district up and looks at its database.

`python -m tests.start.inside` writes one line of JSON, the API key of each role of the cast, and
then one more for each line it reads: everything that is broken, and what each case lived through.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django


def say(fact: object) -> None:
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


def keys() -> dict[str, str]:
    """A key of each role, for everything that the person in it may do."""
    from huying.kernel.verbs import VERBS
    from huying.org import actions
    from tests.cast import HAND, assemble

    scopes = VERBS.names()
    return {
        role: actions.issue_key(person.pk, "kill -9", scopes, by=HAND)[1]
        for role, person in assemble().people.items()
    }


def found() -> dict[str, Any]:
    """The database as it is now: broken sentences, verbs by case, and news that is under way."""
    from django.db import connection

    from huying.cases.models import CaseEvent
    from huying.kernel.models import AuditRow, Delivery, Notice
    from tests.invariants import broken

    lived: dict[str, list[str]] = {}
    lines = CaseEvent.objects.order_by("case_id", "version")
    for key, number, verb in lines.values_list("case__intake_key", "case__number", "verb"):
        lived.setdefault(f"{key} {number}", []).append(verb)
    facts = {
        "broken": broken(),
        "lived": lived,
        "audited": AuditRow.objects.filter(object_kind="case").count(),
        "told": Notice.objects.filter(type="cases.changed").count(),
        "waiting": Delivery.objects.exclude(state="done").count(),
    }
    connection.close()
    return facts


if __name__ == "__main__":
    django.setup()
    say(keys())
    for _line in sys.stdin:
        say(found())
