"""Every change is a verb: one function, one transaction, one audit row, events on commit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from huying.kernel import audit, events
from huying.kernel.asker import Asker
from huying.kernel.errors import Forbidden
from huying.kernel.registry import Registry


@dataclass(frozen=True)
class Verb:
    """A permission and the change of the same name; `label` is what its button says."""

    name: str
    label: str | Promise
    room: str


VERBS: Registry[Verb] = Registry("verbs")


def declare(room: str, labels: Mapping[str, str | Promise]) -> None:
    """Declare a room's verbs (and rights to look), `{"accept": _("受理")}` → `cases.accept`."""
    for short, label in labels.items():
        VERBS.register(f"{room}.{short}", Verb(f"{room}.{short}", label, room))


@dataclass
class Deed:
    """What is being done: collects the audit row and the news of one verb."""

    verb: str
    by: Asker
    object_kind: str = ""
    object_id: str = ""
    area_path: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    news: list[events.Event] = field(default_factory=list)

    def on(self, kind: str, identity: str, area_path: str = "", **detail: Any) -> None:
        """Name the object of the deed; `detail` is JSON and must hold no personal data."""
        self.object_kind, self.object_id, self.area_path = kind, identity, area_path
        self.detail.update(detail)

    def tell(self, event: events.Event) -> None:
        """Tell the rooms above, after commit."""
        self.news.append(event)


def require(verb: str, by: Asker, *paths: str) -> None:
    """Raise Forbidden unless `by` may do `verb` on one of `paths` (anywhere, without paths)."""
    if verb not in VERBS.names():
        raise ValueError(f"no verb {verb} is declared")
    area = by.area(verb)
    if not (any(area.covers(path) for path in paths) if paths else area):
        raise Forbidden(
            _("您没有“%(verb)s”的权限。") % {"verb": VERBS[verb].label},
            remedy=_("如需办理，请联系本单位系统管理员。"),
        )


@contextmanager
def act(verb: str, *, by: Asker) -> Iterator[Deed]:
    """Open the one transaction of a verb; on leaving it, write its audit row and its events.

    The caller checks area and state inside, after it has locked the object, with `require`.
    """
    if verb not in VERBS.names():
        raise ValueError(f"no verb {verb} is declared")
    with transaction.atomic():
        deed = Deed(verb, by)
        yield deed
        audit.append(deed.verb, by, deed.object_kind, deed.object_id, deed.area_path, deed.detail)
        events.publish(deed.news)


@contextmanager
def act_on_many(verb: str, *, by: Asker) -> Iterator[list[Deed]]:
    """Open one transaction for the same verb on many objects: all of it happens, or none.

    The caller adds a `Deed` for each; on leaving, each gets its audit row and its events, as from
    `act`, in a few statements for all.
    """
    if verb not in VERBS.names():
        raise ValueError(f"no verb {verb} is declared")
    with transaction.atomic():
        deeds: list[Deed] = []
        yield deeds
        audit.append_many(deeds)
        events.publish([event for deed in deeds for event in deed.news])
