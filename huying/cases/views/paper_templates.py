"""Pages of the district's own templates of papers and of how they are numbered."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huying.cases import actions
from huying.cases.adapters.paper_files import known
from huying.cases.forms.papers import NumberForm, TemplateForm
from huying.cases.queries import paper_templates as templates
from huying.cases.rules.papers import COMMON, COMMON_LISTS, KINDS
from huying.cases.views.asking import asker_for
from huying.cases.views.papers import as_file
from huying.kernel.asker import may
from huying.kernel.errors import Invalid
from huying.web import answers
from huying.web.paper import DOCX, PDF

EDIT, CONFIRM = "cases.edit_paper_template", "cases.confirm_paper_template"


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The eight kinds: what each is printed from, how it is numbered, whether that is signed."""
    asker = asker_for(request, EDIT, CONFIRM)
    context = {
        "rows": templates.kinds_in_force(),
        "numberings": templates.numberings(),
        "may_edit": may(asker, EDIT),
        "may_confirm": may(asker, CONFIRM),
    }
    return render(request, "cases/paper_templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def kind(request: HttpRequest, kind: str) -> HttpResponse:
    """One kind: its editions, its placeholders, and a new edition of it."""
    asker = asker_for(request, EDIT)
    found = templates.in_force(kind)
    form = answers.form_of(request, TemplateForm, by=asker)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            edition = actions.upload_paper_template(
                kind,
                by=asker,
                data=file.read(actions.LARGEST_TEMPLATE + 1),
                name=file.name,
                note=form.cleaned_data["note"],
            )
            told = {"edition": edition}
            answers.done(request, _("第 %(edition)s 版已保存，请预览后启用。") % told)
            return answers.go(request, reverse("case_paper_template", args=[kind]))
        except Invalid as refusal:
            context["refusal"] = refusal
    common = {*COMMON, *COMMON_LISTS}
    names = [name for name in known(kind).names if "." not in name]
    lists = known(kind).lists
    status = 422 if form.errors or "refusal" in context else 200
    context |= {
        "found": found,
        "editions": templates.editions(kind),
        "may_confirm": may(asker, CONFIRM),
        "groups": [
            (_("本种文书"), [one for one in names if one not in common]),
            (_("通用"), [one for one in names if one in common]),
        ],
        "lists": [(name, sorted(parts)) for name, parts in lists.items()],
    }
    return render(request, "cases/paper_template.html", context, status=status)


@require_safe
def file(request: HttpRequest, kind: str, edition: int) -> HttpResponse:
    """An edition to edit in Word."""
    asker_for(request, EDIT)
    data = templates.template(kind, edition)
    return as_file(data, DOCX, f"{KINDS[kind].label}-{edition}.docx", away=True)


@require_safe
def preview(request: HttpRequest, kind: str, edition: int) -> HttpResponse:
    """What an edition makes of the example, as PDF; nothing is kept."""
    asker_for(request, EDIT, CONFIRM)
    data = templates.previewed(kind, templates.template(kind, edition))
    return as_file(data, PDF, f"{KINDS[kind].label}-{edition}.pdf", away=False)


@require_POST
def enforce(request: HttpRequest, kind: str, edition: int) -> HttpResponse:
    """Put an edition in force, a newer or an older one."""
    asker = asker_for(request, EDIT)
    actions.enforce_paper_template(kind, by=asker, edition=edition)
    words = _("第 %(edition)s 版已启用。") if edition else _("已恢复内置模板。")
    answers.done(request, words % {"edition": edition} if edition else words)
    return answers.go(request, reverse("case_paper_template", args=[kind]))


@require_POST
def confirm(request: HttpRequest, kind: str) -> HttpResponse:
    """Sign a kind's template and numbering for the district."""
    asker = asker_for(request, CONFIRM)
    actions.confirm_paper_template(kind, by=asker)
    answers.done(request, _("已确认为本区规定。"))
    return answers.go(request, reverse("case_paper_templates"))


@require_http_methods(["GET", "HEAD", "POST"])
def numbers(request: HttpRequest) -> HttpResponse:
    """How papers are numbered."""
    asker = asker_for(request, EDIT)
    back = reverse("case_paper_templates")
    start = {name: request.GET.get(name, "") for name in ("unit", "kind", "pattern")}
    form = answers.form_of(request, NumberForm, by=asker, initial=start)

    def number(_clean: dict[str, Any]) -> None:
        actions.number_papers(by=asker, **form.arguments())

    answer = answers.take(request, form, number, told=_("文号格式已保存。"), back=back)
    return answer or answers.confirm(
        request,
        title=_("文号格式"),
        message=_("每年从 1 号起，按单位和种类各自连续，不跳号、不重号。"),
        action=reverse("case_paper_numbers"),
        button=_("保存"),
        form=form,
        back=back,
        status=answers.status_of(form),
    )
