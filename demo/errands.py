"""Who is out in the demonstration: people sent to look, some on the way, some there, some back."""

from __future__ import annotations

import random
from datetime import timedelta

from demo.people import BY, refuse_outside_demo
from huying.cases import actions
from huying.cases.models import Case, Sending
from huying.cases.queries.sendings import candidates
from huying.cases.rules.sendings import SENDABLE
from huying.kernel.clock import frozen, now
from huying.org import queries as org
from huying.org.models import Account, Holding, Unit

SEED = 20261128
# How far each errand of a street has come, and how many minutes ago somebody was sent.
FATES = (("arrived", 42), ("accepted", 18), ("sent", 6), ("done", 95), ("declined", 70))
# All of them in the street whose people can be tried, two in some others: each is a real verb,
# and the first start must not wait for seventy.
STREETS, FEW = 5, 2
NOTES = (
    "先看现场有没有危险，拍照发回。",
    "核对位置，和反映人约在门口见。",
    "看看施工方还在不在，让他们先停下。",
    "",
    "带上警示带，先围起来。",
)
FOUND = (
    "已到现场核实，情况属实，已做好提醒和看护，等责任单位来处理。",
    "现场情况已缓解，责任单位正在处理，反映人表示认可。",
    "已和反映人见面，情况比来电时说的轻，今晚再去看一次。",
)
BUSY = "正在另一处处置漏水，半小时内走不开，请改派。"


def install() -> int:
    """A few errands in some streets; nothing where there are some already."""
    refuse_outside_demo()
    if Sending.objects.exists():
        return 0
    generator = random.Random(SEED)  # noqa: S311 – a demonstration, not a secret
    made = 0
    streets = Unit.objects.filter(kind="street", active=True).order_by("path")[:STREETS]
    for place, street in enumerate(streets):
        fates = FATES[:FEW] if place else FATES
        rows = Case.objects.filter(
            place__path__startswith=street.path,
            place__kind="grid",
            state__in=SENDABLE,
            imported=False,
            confidential=False,
        )
        rows = rows.select_related("place", "about").order_by("-urgent", "-registered_at")
        for case, (fate, minutes) in zip(rows[: len(fates)], fates, strict=False):
            made += _sent(case, fate, minutes, generator)
    return made


def _sent(case: Case, fate: str, minutes: int, generator: random.Random) -> int:
    """One errand as far as it has come, each step at its own time, never before the last line."""
    last = case.events.order_by("-version").values_list("at", flat=True)[0]
    # Nobody is sent before they hold their post, and those of a fresh demonstration are new.
    held = Holding.objects.order_by("-since").values_list("since", flat=True)[0]
    start = max(last + timedelta(seconds=5), held, now() - timedelta(minutes=minutes))
    hands = candidates(BY, case)
    if not hands or start >= now():
        return 0
    tried = set(Account.objects.filter(username="grid").values_list("pk", flat=True))
    near = [one.hand.account_id for one in hands if one.near == hands[0].near]
    person = next((one for one in near if one in tried), near[0])
    own = org.asker_for(Account.objects.get(pk=person))
    street = "/".join(case.place.path.split("/")[:3]) + "/" if case.place else ""
    senders = org.hands(BY, [street], roles=["street_dispatcher"])
    by = org.asker_for(Account.objects.get(pk=senders[0].account_id)) if senders else BY
    step = (now() - start) / 4
    with frozen(start):
        done = actions.send_someone(
            case.number,
            version=case.version,
            by=by,
            person=person,
            note=generator.choice(NOTES),
        )
    if fate == "declined":
        with frozen(start + step):
            actions.decline_sending(done.sending, by=own, reason=BUSY)
    for number, verb in enumerate(("accept_sending", "arrive"), 1):
        if fate in ("accepted", "arrived", "done")[number - 1 :]:
            with frozen(start + step * number):
                getattr(actions, verb)(done.sending, by=own)
    if fate == "done":
        with frozen(start + step * 3):
            actions.report_sending(done.sending, by=own, text=generator.choice(FOUND))
    return 1
