"""The list of appeals with the tabs of the asker's own work, and the way to the next case."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huying.cases.queries import desk, work
from huying.cases.tables import CaseTable
from huying.cases.views.asking import asker_for
from huying.web.listing import table_page


@require_http_methods(["GET", "HEAD", "POST"])
def cases(request: HttpRequest) -> HttpResponseBase:
    """All visible cases, or one heap of the asker's own work."""
    asker = asker_for(request, "cases.view")
    whole = request.headers.get("HX-Request") != "true"
    chosen = request.GET.get("work", "")
    context = {
        "heaps": work.heaps(asker) if whole and request.method != "POST" else [],
        "chosen": chosen,
        "may_register": bool(asker.area("cases.register")),
    }
    return table_page(request, CaseTable, "cases/list.html", context)


@require_safe
def next_case(request: HttpRequest, number: str) -> HttpResponse:
    """On to the next case that waits for the asker; back to the list when none is left."""
    asker = asker_for(request, "cases.view")
    heap = request.GET.get("work", "")[:16]
    found = desk.following(asker, heap, number)
    if found:
        kept = f"?{urlencode({'work': heap})}" if heap else ""
        return HttpResponseRedirect(reverse("case", args=[found]) + kept)
    messages.info(request, _("这一类待办已经没有了。"))
    return HttpResponseRedirect(reverse("case_desk"))
