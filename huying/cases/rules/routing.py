"""Who is proposed as lead: the first rule, in order, whose conditions all hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RoutingFact:
    """One routing rule; an empty condition always holds."""

    id: int
    position: int
    name: str
    category_path: str = ""
    area_path: str = ""
    keywords: tuple[str, ...] = ()
    target: str = "unit"
    unit_path: str = ""


@dataclass(frozen=True)
class Matter:
    """What routing looks at in a case."""

    category_path: str
    place_path: str
    about_path: str
    text: str


@dataclass(frozen=True)
class Proposal:
    """The proposed lead and the rule that says so; `warning` when it is complained about."""

    unit_path: str
    rule: RoutingFact
    warning: bool = False


def propose(rules: Iterable[RoutingFact], matter: Matter) -> Proposal | None:
    """The first rule in order that holds and has a target; None when nobody is proposed."""
    for rule in sorted(rules, key=lambda rule: (rule.position, rule.id)):
        if holds(rule, matter) and (path := target_of(rule, matter.place_path)):
            about = matter.about_path
            return Proposal(path, rule, bool(about) and path.startswith(about))
    return None


def holds(rule: RoutingFact, matter: Matter) -> bool:
    """Whether every condition of the rule is met; one keyword is enough."""
    return (
        matter.category_path.startswith(rule.category_path)
        and matter.place_path.startswith(rule.area_path)
        and (not rule.keywords or any(word in matter.text for word in rule.keywords))
    )


def target_of(rule: RoutingFact, place_path: str) -> str:
    """The path the rule points to; empty when the case has no such place."""
    if rule.target == "unit":
        return rule.unit_path
    levels: Sequence[str] = [code for code in place_path.split("/") if code]
    depth = {"street": 3, "community": 4}[rule.target]
    return "/".join(levels[:depth]) + "/" if len(levels) >= depth else ""
