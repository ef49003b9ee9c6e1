"""One small form for each verb of a case: shown over the page, taken once, never over a change."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huying.cases import actions
from huying.cases.forms.every import FORMS
from huying.cases.forms.verbs import VerbForm
from huying.cases.queries.page import CasePage, case_page
from huying.cases.queries.scope import visible
from huying.cases.rules.edges import LABELS, allowed
from huying.cases.rules.reply_templates import FIELDS
from huying.cases.views.asking import asker_for
from huying.cases.views.page import label_of, picture_of
from huying.kernel.asker import Asker
from huying.kernel.errors import Fault, Forbidden, Invalid, NotFound, NotNow, Refusal, Stale
from huying.web import answers, slots

# After these the same hands mostly do the other at once: its form opens by itself.
FOLLOWED_BY = {"accept": "dispatch", "rule": "dispatch"}


@require_http_methods(["GET", "HEAD", "POST"])
def verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Ask for what a verb needs, then do it."""
    if verb not in FORMS:
        raise NotFound(_("没有这项操作。"))
    asker = asker_for(request, "cases.view")
    page = case_page(asker, number)
    if request.method == "POST":
        return _taken(request, asker, page, verb)
    if verb not in page.verbs:
        raise _refused(asker, page, verb)
    initial: dict[str, Any] = {"version": page.case.version}
    if verb == "unmask":  # a page that needs it for one purpose says so, to be read before sending
        initial["reason"] = request.GET.get("reason", "")[:200]
    form = FORMS[verb](by=asker, page=page, initial=initial)
    return _shown(request, page, verb, form)


def _refused(asker: Asker, page: CasePage, verb: str) -> Refusal:
    """Why this verb has no form now: it is not the time, or not the asker's to do."""
    if verb in allowed(page.case.state):
        return Forbidden(
            _("您没有对这件诉求“%(verb)s”的权限。") % {"verb": LABELS[verb]},
            remedy=_("如需办理，请联系本单位系统管理员。"),
        )
    return NotNow(
        _("诉求现在是“%(state)s”，不能进行这项操作。") % {"state": page.state_label},
        allowed=[f"cases.{one}" for one in page.verbs],
    )


def _taken(request: HttpRequest, asker: Asker, page: CasePage, verb: str) -> HttpResponse:
    number = page.case.number
    form = FORMS[verb](request.POST, request.FILES, by=asker, page=page)
    if verb in page.verbs and not form.is_valid():
        return _shown(request, page, verb, form, status=422)
    form.full_clean()
    version = form.cleaned_data.get("version") or page.case.version
    try:
        if verb not in page.verbs and version == page.case.version:
            raise _refused(asker, page, verb)
        if version != page.case.version or verb not in page.verbs:
            raise Stale(_("诉求已被更新。"))
        if verb == "attach":
            _attach(asker, number, version, form)
        else:
            # FORMS names the verbs that pages may call, and each has the name of its function.
            getattr(actions, verb)(number, version=version, by=asker, **form.arguments())
    except Invalid as refusal:
        form.take(refusal)
        fresh = case_page(asker, number)
        form.data = with_version(form.data, fresh.case.version)
        return _shown(request, fresh, verb, form, status=422)
    except Stale:
        return _changed(request, asker, case_page(asker, number), verb, version)
    words = _("“%(verb)s”已完成。") % {"verb": label_of(verb, page.case.state)}
    answers.done(request, words)
    if back := slots.WAYS_BACK.get(request.GET.get("back", "")):
        return answers.go(request, back(asker, number, verb))
    gone = verb == "hand_over" and not visible(asker).filter(number=number).exists()
    if gone:
        return answers.go(request, reverse("cases"))
    return answers.go(request, reverse("case", args=[number]) + _goes_on(asker, number, verb))


def _goes_on(asker: Asker, number: str, verb: str) -> str:
    """What opens the form of the next step; nothing where it is not this asker's, or not now."""
    following = FOLLOWED_BY.get(verb)
    if following is None or following not in case_page(asker, number).verbs:
        return ""
    return f"?do={following}"


def _changed(
    request: HttpRequest, asker: Asker, page: CasePage, verb: str, seen: int
) -> HttpResponse:
    """What others did meanwhile, with everything typed still there; to send again or to copy."""
    data = with_version(request.POST, page.case.version)
    form = FORMS[verb](data, request.FILES, by=asker, page=page)
    changes = [line for line in page.timeline if line.version > seen]
    typed = [
        (bound.label, request.POST.get(bound.name, ""))
        for bound in form.visible_fields()
        if request.POST.get(bound.name, "").strip()
    ]
    more = {"changes": changes, "still": verb in page.verbs, "typed": typed}
    return _shown(request, page, verb, form, status=409, more=more)


def with_version(data: Any, version: int) -> QueryDict:
    """What was typed, for the case as it stands now."""
    copy: QueryDict = data.copy()
    copy["version"] = str(version)
    return copy


def _attach(asker: Asker, number: str, version: int, form: VerbForm) -> None:
    """Add file after file; each is a verb of its own, and a refusal names its file."""
    for file in form.cleaned_data["papers"]:
        try:
            done, _identity = actions.attach(
                number,
                version=version,
                by=asker,
                name=file.name,
                data=file.read(),
                from_citizen=form.cleaned_data["from_citizen"],
            )
        except Invalid as refusal:
            what = f"{file.name}:{refusal.message}"
            raise Invalid(what, faults=[Fault("papers", what, refusal.remedy)]) from refusal
        version = done.version


def _shown(
    request: HttpRequest,
    page: CasePage,
    verb: str,
    form: VerbForm,
    *,
    status: int = 200,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """The form over the page for htmx, else on a page of its own."""
    context = {
        "page": page,
        "case": page.case,
        "verb": verb,
        "label": label_of(verb, page.case.state),
        "back": request.GET["back"] if slots.WAYS_BACK.get(request.GET.get("back", "")) else "",
        "picture": picture_of(verb),
        "form": form,
        "lead": form.lead,
        "danger": form.danger,
        "still": True,
        "multipart": form.is_multipart(),
        "helps": verb in FIELDS,
        **(more or {}),
    }
    part = answers.is_fragment(request)
    template = "cases/verb_dialog.html" if part else "cases/verb_page.html"
    return render(request, template, context, status=status)
