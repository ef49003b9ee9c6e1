"""Askers of this room: a signed-in person with posts, and a key that acts for its owner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from huying.kernel.asker import NOWHERE, Area
from huying.org.rules import smallest


@dataclass(frozen=True)
class HeldPost:
    """One post in force: what it lets its holder do, and where."""

    role: str
    duty: str
    title: str
    unit_code: str
    unit_name: str
    unit_path: str
    area_path: str
    verbs: frozenset[str]


@dataclass(frozen=True)
class PersonAsker:
    """A person with all posts in force now, read in one statement."""

    account_id: int
    name: str
    posts: tuple[HeldPost, ...] = ()
    _areas: dict[str, Area] = field(default_factory=dict, compare=False, repr=False)

    @property
    def id(self) -> str:
        return f"person:{self.account_id}"

    @property
    def label(self) -> str:
        return f"{self.name} ({self.posts[0].unit_name})"[:128] if self.posts else self.name

    @property
    def roles(self) -> frozenset[str]:
        """Codes of the roles held now."""
        return frozenset(post.role for post in self.posts)

    @property
    def units(self) -> tuple[str, ...]:
        """Paths of the units in which a post is held, first the first post's."""
        return tuple(dict.fromkeys(post.unit_path for post in self.posts))

    @property
    def verbs(self) -> frozenset[str]:
        """Every verb held somewhere."""
        return frozenset[str]().union(*(post.verbs for post in self.posts))

    def area(self, verb: str) -> Area:
        """Where this person may do `verb`: the areas of all posts whose role holds it."""
        known = self._areas.get(verb)
        if known is None:
            known = Area(smallest(post.area_path for post in self.posts if verb in post.verbs))
            self._areas[verb] = known
        return known


@dataclass(frozen=True)
class KeyAsker:
    """A program with an API key: its owner's rights, narrowed to the key's scopes."""

    prefix: str
    name: str
    owner: PersonAsker
    scopes: frozenset[str]
    purpose: str = "api"
    last_used_at: datetime | None = None

    @property
    def id(self) -> str:
        return f"key:{self.prefix}"

    @property
    def label(self) -> str:
        return f"{self.name} · {self.owner.label}"[:128]

    @property
    def account_id(self) -> int:
        """The account that answers for this key."""
        return self.owner.account_id

    @property
    def posts(self) -> tuple[HeldPost, ...]:
        return self.owner.posts

    @property
    def roles(self) -> frozenset[str]:
        return self.owner.roles

    @property
    def units(self) -> tuple[str, ...]:
        return self.owner.units

    @property
    def verbs(self) -> frozenset[str]:
        return frozenset(verb for verb in self.owner.verbs if in_scope(verb, self.scopes))

    def area(self, verb: str) -> Area:
        """The owner's area when the verb is in scope, else nowhere."""
        return self.owner.area(verb) if in_scope(verb, self.scopes) else NOWHERE


def in_scope(verb: str, scopes: Iterable[str]) -> bool:
    """Whether scopes cover a verb: by its name, or by its whole room as in `cases.*`."""
    room = verb.partition(".")[0]
    return any(scope in (verb, f"{room}.*") for scope in scopes)
