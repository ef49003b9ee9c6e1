"""我要反映: the form, the open ones nearby, the code for the telephone, the receipt."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huying.kernel.errors import Fault, Invalid, Refusal
from huying.portal.actions.codes import prove, send_code
from huying.portal.actions.filing import file_appeal
from huying.portal.actions.limits import spend
from huying.portal.adapters.network import address_of
from huying.portal.askers import Citizen
from huying.portal.forms.citizen import AppealForm, ProveForm
from huying.portal.models import IntakeMessage
from huying.portal.queries import following, published
from huying.portal.queries.telephones import phone_key
from huying.portal.rules import limits, words
from huying.portal.views.proving import proved, remember
from huying.web import answers


@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest) -> HttpResponse:
    """The form, and the verb behind it."""
    citizen = Citizen(proved(request))
    if request.method != "POST":
        return _shown(request, AppealForm(by=citizen))
    form = AppealForm(request.POST, request.FILES, by=citizen)
    if not form.is_valid():
        return _shown(request, form, 422)
    try:
        message = _filed(request, form)
    except Invalid as refusal:
        form.take(refusal)
        return _shown(request, form, 422)
    return answers.go(request, reverse("portal_receipt", args=[message.token]))


def _filed(request: HttpRequest, form: AppealForm) -> IntakeMessage:
    """Check the telephone, count, and hand the message in."""
    given = form.cleaned_data
    key, anonymous = phone_key(given["phone"]), given["anonymous"]
    if given["phone"] and proved(request) != key:
        if not given["code"]:
            what = _("请点“获取验证码”，再填写收到的数字。")
            raise Invalid(what, faults=[Fault("code", what)])
        remember(request, prove(given["phone"], given["code"], address=address_of(request)))
    elif not given["phone"] and not anonymous:
        what = _("请留下手机号，方便告诉您结果；不想留可以选匿名。")
        raise Invalid(what, faults=[Fault("phone", what)])
    spend(limits.FILE_BY_ADDRESS, address_of(request))
    spend(limits.FILE_BY_PHONE, key)
    plain = ("body", "address", "longitude", "latitude", "photos", "phone", "name")
    return file_appeal(
        by=Citizen(key),
        key=f"web:{given['submission']}" if given["submission"] else "",
        channel="web",
        anonymous=anonymous,
        verified=bool(key),
        **{name: given[name] for name in plain},
    )


def _shown(request: HttpRequest, form: AppealForm, status: int = 200, **more: Any) -> HttpResponse:
    part = answers.is_fragment(request)
    template = "portal/part_file.html" if part else "portal/file.html"
    context = {"form": form, "proved": bool(proved(request)), "most": limits.PHOTOS}
    context |= {"page_name": "file", **more}
    return render(request, template, context, status=status)


@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """Send a code to the telephone of the form; says so beside the field.

    Without scripts the whole form comes, and goes back as it was, but for its photos.
    """
    context: dict[str, Any] = {"code_asked": True}
    try:
        context["shown"] = send_code(request.POST.get("phone", ""), address=address_of(request))
    except Refusal as refusal:
        context["refused"] = f"{refusal.message} {refusal.remedy}".strip()
    if answers.is_fragment(request):
        return render(request, "portal/part_code.html", context)
    return _shown_again(request, context)


def _shown_again(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The page that a code was asked from, with what was written on it."""
    kind = ProveForm if request.POST.get("page") == "prove" else AppealForm
    names = set(kind.base_fields) - {"photos", "code"}
    written = {name: request.POST[name] for name in names if name in request.POST}
    form = kind(by=Citizen(), initial=written)
    if isinstance(form, AppealForm):
        return _shown(request, form, **context)
    return render(request, "portal/prove.html", {"form": form, "page_name": "prove", **context})


@require_POST
def near(request: HttpRequest) -> HttpResponse:
    """What others reported nearby and nobody has answered yet; published cases only."""
    try:
        east, north = float(request.POST["longitude"]), float(request.POST["latitude"])
        inside = -180 <= east <= 180 and -90 <= north <= 90
    except (KeyError, ValueError):
        inside = False
    found = published.near(east, north) if inside else []
    return render(request, "portal/part_near.html", {"found": found, "asked": inside})


@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt: at first that we have it, soon its number, and where it stands."""
    message = following.message_of(token)
    followed = following.by_number(message.number) if message.number else None
    context: dict[str, Any] = {
        "message": message,
        "followed": followed,
        "standing": words.standing(followed.state) if followed else None,
        "waiting": message.state == IntakeMessage.State.PENDING,
        "refused": message.state == IntakeMessage.State.REFUSED,
    }
    part = answers.is_fragment(request)
    template = "portal/part_receipt.html" if part else "portal/receipt.html"
    return render(request, template, context)
