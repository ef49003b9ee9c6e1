"""评价链接: opened from a short message, to rate one answer once, without signing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huying.kernel.errors import Invalid, NotFound, NotNow
from huying.portal.actions.filing import rate_by_link
from huying.portal.actions.limits import spend
from huying.portal.adapters.network import address_of
from huying.portal.askers import Citizen
from huying.portal.forms.citizen import RateForm
from huying.portal.models import RatingLink
from huying.portal.queries import following, links
from huying.portal.rules import limits
from huying.web import answers


@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """The question of one link; only sending the form uses it up, for telephones look at links."""
    link = links.link_of(token)
    if link is None:
        spend(limits.TRY_BY_ADDRESS, address_of(request))
        raise NotFound(_("没有这个链接。"), remedy=_("请核对短信里的地址，或凭手机号查进度。"))
    if request.method != "POST" or not links.is_good(link):
        return _shown(request, link, RateForm(by=Citizen()))
    form = RateForm(request.POST, by=Citizen())
    if not form.is_valid():
        return _shown(request, link, form, 422)
    given = form.cleaned_data
    try:
        rate_by_link(
            link,
            by=Citizen(),
            solved=given["solved"] == "yes",
            grade=given["grade"],
            cause=given["cause"],
            text=given["text"],
        )
    except Invalid as refusal:
        form.take(refusal)
        return _shown(request, link, form, 422)
    except NotNow:  # the other of two presses was quicker; the page says so
        pass
    return answers.go(request, request.path)


def _shown(
    request: HttpRequest, link: RatingLink, form: RateForm, status: int = 200
) -> HttpResponse:
    """The form while the link is good, else what became of it; of what is guarded no word."""
    good, said = links.is_good(link), links.said_by(link)
    row = following.by_number(link.number)
    told = row is not None and not row.guarded
    context = {
        "form": form if good else None,
        "link": link,
        "row": row if told else None,
        "said": said,
    }
    gone = not good and said is None
    return render(request, "portal/rate.html", context, status=410 if gone else status)
