"""Officers' pages of short messages: what became of each, sending again, wording a kind."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huying.kernel.errors import NotFound
from huying.portal.actions import texting
from huying.portal.forms.desk import WordsForm
from huying.portal.queries import texts as queries
from huying.portal.rules.messages import KINDS
from huying.portal.tables import ShortMessageTable
from huying.portal.views.desk import officer
from huying.portal.views.receipts import address
from huying.web import answers
from huying.web.listing import table_page

GET_POST = ["GET", "HEAD", "POST"]


@require_http_methods(GET_POST)
def texts(request: HttpRequest) -> HttpResponseBase:
    """What was written to citizens, and whether it went."""
    officer(request, "portal.resend")
    kinds = []
    for kind, one in KINDS.items():
        signed = queries.signed_words(kind)
        kinds.append((kind, one.label, signed.words if signed else str(one.words), signed))
    way = "http" if settings.SMS == "http" else "own" if settings.SMS else ""
    context = {"kinds": kinds, "way": way, "receipts": address(request)}
    return table_page(request, ShortMessageTable, "portal/desk_texts.html", context)


@require_http_methods(GET_POST)
def again(request: HttpRequest, identity: int) -> HttpResponse:
    """Ask, then send a message again that did not go."""
    by = officer(request, "portal.resend")
    row = queries.text_of(by, identity)
    back = reverse("portal_desk_texts")
    if request.method == "POST":
        texting.resend(identity, by=by)
        answers.done(request, _("已重新排入发送。"))
        return answers.go(request, back)
    return answers.confirm(
        request,
        title=_("重新发送"),
        message=_("把 %(number)s 的短信再发一次？对方已经收到过的不会重复。")
        % {"number": row.number or row.get_kind_display()},
        action=reverse("portal_desk_text", args=[identity]),
        button=_("重新发送"),
        back=back,
    )


@require_http_methods(GET_POST)
def words(request: HttpRequest, kind: str) -> HttpResponse:
    """How a kind of message is worded; saving it confirms it for this district."""
    by = officer(request, "portal.edit_words")
    if kind not in KINDS:
        raise NotFound(_("没有这种短信。"))
    places = "、".join(f"{{{name}}}" for name in (*KINDS[kind].places, *KINDS[kind].optional))

    def deed(data: dict[str, Any]) -> None:
        texting.edit_words(kind, data["words"], by=by)

    return answers.form_page(
        request,
        WordsForm,
        deed,
        by=by,
        title=KINDS[kind].label,
        lead=_("发送时填入的内容：%(places)s。不要写诉求人的姓名和诉求内容。") % {"places": places},
        button=_("保存，确认为本区用语"),
        told=_("已保存，确认为本区用语。"),
        back=reverse("portal_desk_texts"),
        initial={"words": queries.words_of(kind)},
    )
