"""The case side's hand that asks citizens to rate: a link of one's own, by short message."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import override

from huying.cases.queries.hearing import Hearing, hearing, telephones
from huying.cases.queries.public import Outside
from huying.kernel.clock import now
from huying.kernel.verbs import act
from huying.portal.actions.texting import write
from huying.portal.askers import PortalHand
from huying.portal.models import RatingLink
from huying.portal.queries.links import address_of, fresh_code
from huying.portal.queries.telephones import digits_of, is_mobile
from huying.portal.rules.messages import INVITED_WITHIN, LINK_LIVES

ASKED = "awaiting_callback"


def invite(known: Outside) -> int:
    """Send a link to everybody who is to be heard, once a round; revoke what is of no use now.

    Called for every change of a case, in the transaction that holds its projection.
    """
    number = known.case.number
    live = RatingLink.objects.filter(master=number, used_at=None, revoked_at=None)
    if known.case.state != ASKED:
        live.update(revoked_at=now())
        return 0
    found = hearing(PortalHand(), number)
    if found.number != number:  # merged: its master asks
        live.update(revoked_at=now())
        return 0
    waiting = [one.id for one in found.people]
    live.exclude(round=found.round, appellant__in=waiting).update(revoked_at=now())
    passed = [line.at for line in known.lines if line.to_state == ASKED]
    late = not passed or now() - passed[-1] > INVITED_WITHIN
    # Who told of a unit in confidence gets no message that others may read on the telephone.
    return 0 if late or found.confidential else _invite(found)


def _invite(found: Hearing) -> int:
    sent = RatingLink.objects.filter(master=found.number, round=found.round)
    asked = set(sent.values_list("appellant", flat=True))
    fresh = tuple(one for one in found.people if one.id not in asked)
    phones = telephones(fresh) if fresh else {}
    invited = 0
    for one in fresh:
        phone = digits_of(phones.get(one.id, ""))
        if not is_mobile(phone):
            continue
        with act("portal.invite", by=PortalHand()) as deed:
            link = RatingLink.objects.create(
                code=fresh_code(),
                number=one.number,
                master=found.number,
                round=found.round,
                appellant=one.id,
                made_at=now(),
                until=now() + LINK_LIVES,
            )
            with override(settings.LANGUAGE_CODE):
                values = {
                    "number": one.number,
                    "link": address_of(link),
                    "days": str(LINK_LIVES.days),
                }
                write(deed, "rate", phone, values, until=link.until, number=one.number, link=link)
            deed.on("rating_link", link.code, number=one.number, round=found.round)
        invited += 1
    return invited
