"""The form of a verb on a call or meeting: over its page, taken once, never over a change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from huying.cases import actions
from huying.cases.forms.calls import DeedForm
from huying.cases.views.verbs import with_version
from huying.kernel.asker import Asker
from huying.kernel.errors import Forbidden, Invalid, NotFound, NotNow, Stale
from huying.web import answers


@dataclass(frozen=True)
class Deed:
    """A verb on one object as it stands now: what its form needs, and where it leads."""

    verb: str
    number: str
    label: str | Promise
    version: int
    state: str
    possible: Sequence[str]
    verbs: Sequence[str]
    form: type[DeedForm] | None
    options: dict[str, Any]
    back: str
    action: str
    danger: bool


def taken(request: HttpRequest, asker: Asker, fresh: Callable[[], Deed]) -> HttpResponse:
    """Show the form, or do the verb; on a change meanwhile everything typed is still there."""
    deed = fresh()
    if deed.form is None:
        raise NotFound(_("没有这项操作。"))
    if deed.verb not in deed.verbs:
        raise _refused(deed)
    start = {"version": deed.version}
    if request.method != "POST":
        return _shown(request, deed, deed.form(by=asker, initial=start, **deed.options))
    form = deed.form(request.POST, by=asker, initial=start, **deed.options)
    if not form.is_valid():
        return _shown(request, deed, form, 422)
    try:
        # The forms name the verbs that pages may call, and each has the name of its function.
        verb = getattr(actions, deed.verb)
        verb(deed.number, version=form.cleaned_data["version"], by=asker, **form.arguments())
    except Stale as refusal:
        form.data = with_version(form.data, fresh().version)
        form.add_error(None, f"{refusal.message}{_('看过以后，您填写的内容可以直接提交。')}")
        return _shown(request, deed, form, 409)
    except Invalid as refusal:
        form.take(refusal)
        return _shown(request, deed, form, 422)
    answers.done(request, _("“%(verb)s”已完成。") % {"verb": deed.label})
    return answers.go(request, deed.back)


def _refused(deed: Deed) -> NotNow | Forbidden:
    if deed.verb in deed.possible:
        return Forbidden(
            _("您没有“%(verb)s”的权限。") % {"verb": deed.label},
            remedy=_("如需办理，请联系相关单位。"),
        )
    return NotNow(
        _("现在是“%(state)s”，不能进行这项操作。") % {"state": deed.state},
        allowed=[f"cases.{one}" for one in deed.verbs],
    )


def _shown(request: HttpRequest, deed: Deed, form: DeedForm, status: int = 200) -> HttpResponse:
    return answers.confirm(
        request,
        title=f"{deed.label} {deed.number}",
        message=form.lead,
        action=deed.action,
        button=deed.label,
        form=form,
        danger=deed.danger,
        back=deed.back,
        status=status,
    )
