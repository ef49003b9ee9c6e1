"""The 通报 of a month for download."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huying.evaluate.bulletin import document, printed, title, workbook
from huying.evaluate.queries import board
from huying.evaluate.queries.numbers import period_of
from huying.evaluate.views.asking import asker_for
from huying.kernel.errors import NotFound
from huying.web.paper import DOCX, PDF

FORMS = {
    "docx": (document, DOCX),
    "pdf": (printed, PDF),
    "xlsx": (workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@require_safe
def bulletin(request: HttpRequest, form: str) -> HttpResponse:
    """The rates that the asker may see, as a Word document, as PDF or as a workbook."""
    asker = asker_for(request, "evaluate.view")
    if form not in FORMS:
        raise NotFound(_("没有这种文件。"))
    period, freeze = period_of(request.GET.dict())
    found = board(asker, period, freeze=freeze)
    make, media = FORMS[form]
    response = HttpResponse(make(found), content_type=media)
    name = f"{title(found)}.{form}"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
