"""Reply templates: the list, writing one, retiring one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from huying.cases import actions
from huying.cases.forms.knowledge import TemplateForm
from huying.cases.queries import templates as kept
from huying.cases.rules.reply_templates import PLACEHOLDERS
from huying.cases.tables_knowledge import TemplateTable
from huying.cases.views.asking import asker_for
from huying.kernel.asker import may
from huying.kernel.errors import Forbidden
from huying.web import answers
from huying.web.listing import table_page


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponseBase:
    """The templates that the asker may use."""
    asker = asker_for(request, "cases.view")
    context = {"may_write": may(asker, "cases.write_template")}
    return table_page(request, TemplateTable, "cases/template_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def template(request: HttpRequest, identity: int | None = None) -> HttpResponse:
    """Write a template; one that others keep is only shown."""
    asker = asker_for(request, "cases.view" if identity else "cases.write_template")
    row = kept.template_of(asker, identity) if identity else None
    keeps = may(asker, "cases.write_template") and (row is None or kept.keeps(asker, row))
    if request.method == "POST" and not keeps:
        raise Forbidden(_("这个模板由别人维护。"), remedy=_("可以另建一个自己的模板。"))
    initial = TemplateForm.of(row) if row else {"verb": request.GET.get("verb", "")}
    form = answers.form_of(request, TemplateForm, by=asker, initial=initial)

    def deed(_data: dict[str, Any]) -> HttpResponse:
        actions.write_template(identity, by=asker, **form.arguments())
        answers.done(request, _("模板已保存。"))
        return answers.go(request, reverse("case_templates"))

    answer = answers.take(request, form, deed)
    if answer is not None:
        return answer
    context = {
        "form": form,
        "row": row,
        "keeps": keeps,
        "placeholders": PLACEHOLDERS.items(),
        "title": row.name if row else _("新建回复模板"),
        "back": reverse("case_templates"),
    }
    return render(request, "cases/template.html", context, status=answers.status_of(form))


@require_POST
def retire(request: HttpRequest, identity: int) -> HttpResponse:
    """Offer a template no longer."""
    actions.retire_template(identity, by=asker_for(request, "cases.retire_template"))
    answers.done(request, _("模板已停用。"))
    return answers.go(request, reverse("case_templates"))
