"""What the pages of this room share: who asks."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from huying.kernel.asker import Asker
from huying.kernel.errors import Unauthenticated
from huying.org import middleware
from huying.web import slots


def somebody(request: HttpRequest) -> Asker:
    """Who asks; Unauthenticated for a stranger."""
    asker = middleware.asker_of(request)
    if not slots.signed_in(asker):
        raise Unauthenticated(_("请先登录。"))
    return asker
