"""What an asker may do with a case now: the table, the rights and the case's own facts together."""

from __future__ import annotations

from huying.cases.queries.called import may_call
from huying.cases.queries.identity import complained_about
from huying.cases.rules.edges import Edge, edges_of, paths_for
from huying.cases.rules.facts import Ledger, UnitFact
from huying.cases.rules.moves import usable
from huying.kernel.asker import Asker, System, may
from huying.kernel.clock import now


def paths_of(verb: str, ledger: Ledger, district_path: str) -> list[str]:
    """The paths on one of which the right to `verb` counts in the case's state."""
    edges: tuple[Edge, ...] = edges_of(verb, ledger.case.state)
    wheres = {edge.where for edge in edges} or {"any"}
    secret = ledger.case.confidential
    place = ledger.place.path if ledger.place and not secret else district_path
    lead = ledger.lead.path if ledger.lead else ""
    handlers = [handler.unit.path for handler in ledger.current()]
    scope = ledger.case.scope
    return [p for where in sorted(wheres) for p in paths_for(where, scope, place, lead, handlers)]


def verbs_for(asker: Asker, ledger: Ledger, district_path: str) -> list[str]:
    """The verbs this asker may use on this case now, in the order of the table: its buttons."""
    found = []
    for verb in usable(ledger, now()):
        paths = paths_of(verb, ledger, district_path)
        if not paths or not may(asker, f"cases.{verb}", *paths):
            continue
        if verb == "unmask" and ledger.about and complained_about(asker, ledger.about.path):
            continue
        if verb == "call_up" and not may_call_up(asker, ledger):
            continue
        if verb == "rule" and ruling_on_oneself(asker, ledger):
            continue
        if verb == "rule_publication" and publishing_oneself(asker, ledger):
            continue
        found.append(verb)
    return found


def may_call_up(asker: Asker, ledger: Ledger) -> bool:
    """Whether the asker speaks for the very unit that leads, and its level may call up.

    One statement where it matters.
    """
    lead = ledger.lead
    return lead is not None and acts_for(asker, "call_up", lead) and may_call(lead.kind)


def acts_for(asker: Asker, verb: str, unit: UnitFact) -> bool:
    """Whether the asker speaks for this very unit, and not only for what lies above it."""
    if not may(asker, f"cases.{verb}", unit.path):
        return False
    return isinstance(asker, System) or unit.path in getattr(asker, "units", ())


def ruling_on_oneself(asker: Asker, ledger: Ledger) -> bool:
    """Whether the asker would rule on what they asked for themselves."""
    request = ledger.asked
    if request is None or isinstance(asker, System):
        return False
    return request.by_id == asker.id


def publishing_oneself(asker: Asker, ledger: Ledger) -> bool:
    """Whether the asker would approve a publication that they proposed themselves."""
    if isinstance(asker, System):
        return False
    return any(one.state == "asked" and one.by_id == asker.id for one in ledger.publications)
