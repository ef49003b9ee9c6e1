"""Who asks: one protocol for people, API keys, jobs and systems. A right is post × verb × area."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Area:
    """A set of unit paths such as `420100/420106/`; each covers itself and all that lies below."""

    paths: tuple[str, ...] = ()

    def covers(self, path: str) -> bool:
        """Whether `path` lies inside; the empty path ("no place yet") only in the whole tree."""
        return any(path.startswith(prefix) for prefix in self.paths)

    @property
    def everywhere(self) -> bool:
        """Whether this is the whole tree (the root prefix is the empty path)."""
        return "" in self.paths

    def __bool__(self) -> bool:
        return bool(self.paths)


NOWHERE = Area()
EVERYWHERE = Area(("",))


@runtime_checkable
class Asker(Protocol):
    """Somebody who asks a question or acts; kept in the audit as id and label only."""

    @property
    def id(self) -> str:
        """Stable name with its kind: `person:17`, `key:ab12`, `job:…`, `system:sealer`."""

    @property
    def label(self) -> str:
        """What a reader of the audit sees, such as `王敏 (粮道街道)`."""

    def area(self, verb: str) -> Area:
        """Where the asker may do `verb`; NOWHERE when not at all."""


@dataclass(frozen=True)
class System:
    """The system itself: migrations, schedulers, importers. May do everything everywhere.

    `words` are what readers of history and audit see, kept with each row as it was written.
    """

    name: str
    words: str = field(default="", compare=False)

    @property
    def id(self) -> str:
        return f"system:{self.name}"

    @property
    def label(self) -> str:
        return f"系统 ({self.words or self.name})"

    def area(self, verb: str) -> Area:
        return EVERYWHERE


ADMINISTRATOR = System("administrator", "服务器命令")


@dataclass(frozen=True)
class Stranger:
    """Nobody has signed in: no right anywhere."""

    id: str = "stranger"
    label: str = "未登录"

    def area(self, verb: str) -> Area:
        return NOWHERE


def may(by: Asker, verb: str, *paths: str) -> bool:
    """Whether `by` has the right to `verb` on any of `paths`; without paths, anywhere at all."""
    area = by.area(verb)
    return any(area.covers(path) for path in paths) if paths else bool(area)
