"""How the bench's people knock: pages with a session, the API with a key, both over real HTTP."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.http import QueryDict

from huying.cases.tables import CaseTable
from huying.org.models import Account
from huying.web.filters import BooleanFilter, ChoiceFilter, DateRangeFilter, LookupFilter
from tools.bench import texts
from tools.bench.district import ASKERS, DEPARTMENTS, GRIDS, STREETS, Person
from tools.bench.web import Client, Server

# The four points of view of the issue: whole district, street, community, department.
VIEWS = ("district", "street", "community", "department")
DAYS = [("2026-11-10", "2026-11-20"), ("2025-03-01", "2025-03-31"), ("2025-01-01", "")]
LOOKED_UP = {
    "category": ["01", "010202", "02"],
    "lead": [DEPARTMENTS[0], DEPARTMENTS[30], STREETS[4]],
    "place": [STREETS[4], f"{STREETS[4]}003", GRIDS[500]],
}


class Doors:
    """A signed-in browser and an API client for each of the bench's people."""

    def __init__(self, server: Server, people: dict[str, Person]) -> None:
        self.pages = {label: Client(server.port, _cookie(people[label])) for label in ASKERS}
        self.api = {
            label: Client(server.port, {"Authorization": f"Bearer {people[label].key}"})
            for label in ASKERS
        }
        self.people = people


def _cookie(person: Person) -> dict[str, str]:
    """Sign a person in without the form, as Django's own test client does."""
    account = Account.objects.get(pk=person.account_id)
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(account.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = account.get_session_auth_hash()
    store.create()
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={store.session_key}"}


def filters(person: Person) -> dict[str, list[dict[str, str]]]:
    """Every filter that the list of cases offers, each with values to try."""
    numbers = _some_numbers()
    found: dict[str, list[dict[str, str]]] = {"(none)": [{}]}
    for one in CaseTable.filters:
        tries: list[dict[str, str]] = []
        if one.name == "q":
            asked = [texts.COMMON_WORD, texts.MIDDLE_WORD, texts.RARE_WORD, "垃圾堆积", "中山路"]
            tries = [{"q": text} for text in [*asked, numbers[0], numbers[0][-4:], "13812345678"]]
        elif isinstance(one, ChoiceFilter):
            tries = [{one.name: value} for value, _label in one.options(person.asker)]
        elif isinstance(one, BooleanFilter):
            tries = [{one.name: "1"}, {one.name: "0"}]
        elif isinstance(one, DateRangeFilter):
            names = one.parameters
            tries = [dict(zip(names, days, strict=True)) for days in DAYS]
        elif isinstance(one, LookupFilter):
            tries = [{one.name: value} for value in LOOKED_UP.get(one.name, [])]
        if not tries:
            raise LookupError(f"the bench does not know how to try the filter {one.name}")
        found[one.name] = tries
    found["(two together)"] = [
        {"state": "in_progress", "place": STREETS[4]},
        {"category": "0102", "channel": "phone"},
        {"lead": DEPARTMENTS[0], "overdue": "1"},
        {"q": "噪音扰民", "state": "archived"},
        {"q": texts.COMMON_WORD, "urgent": "1"},
        {"channel": "sensor", "state": "withdrawn"},
    ]
    found["(sorted by due date)"] = [{"sort": "due"}, {"sort": "-due"}]
    return found


def read(query: dict[str, Any]) -> QueryDict:
    """A query as Django reads it."""
    found = QueryDict(mutable=True)
    found.update(query)
    return found


def _some_numbers() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM cases_case ORDER BY id DESC LIMIT 400")
        return [number for (number,) in cursor.fetchall()]
