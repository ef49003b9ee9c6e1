"""Who asks for a page of this room, and whether the page is theirs at all."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from huying.kernel.asker import Asker, Stranger
from huying.kernel.errors import Unauthenticated
from huying.kernel.verbs import require
from huying.web.context import asker_of


def asker_for(request: HttpRequest, *verbs: str) -> Asker:
    """The asker, who must hold one of `verbs` somewhere; 401 for strangers, else 403."""
    asker = asker_of(request)
    if asker.id == Stranger().id:
        raise Unauthenticated(_("请先登录。"))
    if not any(asker.area(verb) for verb in verbs):
        require(verbs[0], asker)
    return asker
