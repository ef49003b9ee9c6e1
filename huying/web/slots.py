"""Slots of the face: what upper rooms put into navigation, search, home page, menus and lookups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from huying.kernel.asker import Asker
from huying.kernel.registry import Registry

Words = str | Promise


def everybody(asker: Asker) -> bool:
    """Shown to whoever looks, signed in or not."""
    return True


def signed_in(asker: Asker) -> bool:
    """Shown to whoever has signed in."""
    return asker.id != "stranger"


def with_verb(*verbs: str) -> Callable[[Asker], bool]:
    """Shown to whoever may do one of `verbs` anywhere."""
    return lambda asker: any(bool(asker.area(verb)) for verb in verbs)


@dataclass(frozen=True)
class NavigationItem:
    """A line of the left navigation; `section` groups lines, `order` sorts inside the whole.

    `shown` must cost no statement, it asks rights only; `query` opens the page filtered.
    """

    label: Words
    url_name: str
    icon: str
    shown: Callable[[Asker], bool] = signed_in
    section: Words = ""
    order: int = 100
    query: str = ""


@dataclass(frozen=True)
class DefaultValue:
    """A value in force, and who signed it for this district; unsigned it is 未经本区确认.

    `change` is the address where it is changed.
    """

    name: str
    label: Words
    value: Words
    basis: str
    signed_by: str = ""
    signed_at: datetime | None = None
    change: str = ""


@dataclass(frozen=True)
class DefaultsSource:
    """A room's values that came with the product; `sign` is its verb, None where saving signs."""

    name: str
    label: Words
    rows: Callable[[Asker], Sequence[DefaultValue]]
    shown: Callable[[Asker], bool] = signed_in
    may_sign: Callable[[Asker], bool] = signed_in
    sign: Callable[[str, Asker], None] | None = None


@dataclass(frozen=True)
class MenuItem:
    """A line of the user menu (own account, sessions, keys)."""

    label: Words
    url_name: str
    icon: str
    shown: Callable[[Asker], bool] = signed_in
    order: int = 100


@dataclass(frozen=True)
class HomeCard:
    """A card on the home page; `context` returns None when it has nothing to say to this asker."""

    title: Words
    template: str
    context: Callable[[Asker], dict[str, Any] | None]
    shown: Callable[[Asker], bool] = signed_in
    wide: bool = False
    order: int = 100


@dataclass(frozen=True)
class Hit:
    """One thing the global search found; `note` is a second line, `tag` a short state."""

    title: str
    url: str
    note: str = ""
    tag: str = ""


@dataclass(frozen=True)
class SearchSource:
    """A kind of thing the global search looks through; `more` is a url name of the full list."""

    label: Words
    icon: str
    search: Callable[[Asker, str, int], Sequence[Hit]]
    shown: Callable[[Asker], bool] = signed_in
    more: str = ""
    more_parameter: str = "q"
    order: int = 100


@dataclass(frozen=True)
class Option:
    """One answer of a lookup: what is stored, what is read, and where it belongs.

    Where the lookup has a tree, `below` are the keys of the thing itself and of all below it. What
    is `closed` still has a name in lists, but no form takes it.
    """

    value: str
    label: str
    hint: str = ""
    below: tuple[int, ...] = ()
    closed: bool = False


@dataclass(frozen=True)
class Branch:
    """A line of a tree to choose from; one without `value` only gathers those below it.

    `opens` is what to ask the tree for to see what lies below, empty for a leaf; `below` is that
    already, where the line stands open.
    """

    value: str
    label: str
    opens: str = ""
    below: Sequence[Branch] = ()


@dataclass(frozen=True)
class Lookup:
    """Finds units, people, categories by a few characters, for filters and forms.

    `tree(asker, opened, chosen)` gives the lines below `opened`, or the topmost ones with the way
    to `chosen` open, for whoever would rather look than type.
    """

    find: Callable[[Asker, str, int], Sequence[Option]]
    name: Callable[[Asker, str], Option | None]
    shown: Callable[[Asker], bool] = signed_in
    tree: Callable[[Asker, str, str], Sequence[Branch]] | None = None


@dataclass(frozen=True)
class PreferenceKeeper:
    """Keeps theme and elder mode with the account, so that they follow a person to another desk."""

    keep: Callable[[Asker, str, bool], None]


@dataclass(frozen=True)
class Provisional:
    """Running clocks of one kind that rest on days which nobody has published yet."""

    label: Words
    number: int
    first_due: datetime
    last_due: datetime


@dataclass(frozen=True)
class OpenWork:
    """Something open that the next watch must know of (交接班); its words hold no citizen's data.

    `unit_path` is the unit that must act on it.
    """

    kind: Words
    number: str
    title: str
    url: str
    unit_path: str = ""
    unit_name: str = ""
    note: Words = ""
    due_at: datetime | None = None


@dataclass(frozen=True)
class WatchSource:
    """What a room knows of a watch (值班): all that is open in an area, and what cannot wait.

    Both ask within the asker's own view; `urgent` costs one statement.
    """

    open_work: Callable[[Asker, str], Sequence[OpenWork]]
    urgent: Callable[[Asker], Sequence[OpenWork]]


@dataclass(frozen=True)
class Spot:
    """Where something is the matter: a case by its number, on the ground of a unit."""

    number: str
    unit_path: str
    longitude: float | None
    latitude: float | None


@dataclass(frozen=True)
class Near:
    """What a lower room knows beside a spot: a camera that sees it, a call about it."""

    title: str
    url: str
    note: Words = ""
    icon: str = ""


@dataclass(frozen=True)
class NearSource:
    """Finds what lies near a spot, the nearest first; `label` heads the list."""

    label: Words
    icon: str
    near: Callable[[Asker, Spot, int], Sequence[Near]]
    shown: Callable[[Asker], bool] = signed_in


@dataclass(frozen=True)
class CaseCard:
    """A card of an upper room on the page of a case, fetched when the page stands already.

    `url_name` takes the number of the case and answers with what is inside the card; `held` says
    of a case (state, imported) whether there is anything to tell. Neither costs a statement.
    """

    label: Words
    url_name: str
    shown: Callable[[Asker], bool] = signed_in
    held: Callable[[str, bool], bool] = lambda state, imported: True


NAVIGATION: Registry[NavigationItem] = Registry("navigation")
DEFAULTS: Registry[DefaultsSource] = Registry("defaults to be signed")
USER_MENU: Registry[MenuItem] = Registry("user menu")
HOME_CARDS: Registry[HomeCard] = Registry("home cards")
SEARCH: Registry[SearchSource] = Registry("global search")
LOOKUPS: Registry[Lookup] = Registry("lookups")
PREFERENCE_KEEPERS: Registry[PreferenceKeeper] = Registry("preference keepers")
ASKERS: Registry[Callable[[str], Asker | None]] = Registry("askers by the kind in their id")
"""`person` → reads the asker `person:17` anew, so that a job acts with the rights of its owner."""
WAYS_BACK: Registry[Callable[[Asker, str, str], str]] = Registry("ways back from a form")
"""Where whoever opened the form of a thing from another page goes on: (asker, its number, verb)."""
PROVISIONAL: Registry[Callable[[Asker], Sequence[Provisional]]] = Registry("provisional clocks")
"""Asks a room which of its running clocks are provisional, for whoever keeps the calendar."""
WATCH: Registry[WatchSource] = Registry("what a watch must know")
"""Asked when a shift is handed over, and to alarm when urgent work has nobody on duty."""
CASE_CARDS: Registry[CaseCard] = Registry("cards on the page of a case")
CAMERAS_NEAR: Registry[NearSource] = Registry("cameras near a spot")
"""Filled by the room of video; the dispatch console shows them beside a case."""
PHONE_CALLS_OF: Registry[NearSource] = Registry("telephone calls about a case")
"""Filled by the room of telephony."""
