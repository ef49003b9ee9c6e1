"""Answers that pages share: go on elsewhere, ask to confirm, take a form, tell what was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from huying.kernel.asker import Asker
from huying.kernel.errors import Invalid
from huying.web.forms import Form
from huying.web.slots import Words

UNDO = "undo:"

Filled = TypeVar("Filled", bound=Form)
Deed = Callable[[dict[str, Any]], HttpResponse | None]
"""What a form is for, done with its clean data; answers itself, or None to go `back`."""


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page."""
    return request.headers.get("HX-Request") == "true"


def go(request: HttpRequest, address: str) -> HttpResponse:
    """Go on to another page, also from inside an htmx request."""
    if is_fragment(request):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = address
        return response
    return HttpResponseRedirect(address)


def done(request: HttpRequest, words: Words, undo: str = "") -> None:
    """Tell what was done; `undo` is an address that takes it back when posted to."""
    messages.success(request, str(words), extra_tags=f"{UNDO}{undo}" if undo else "")


def confirm(
    request: HttpRequest,
    *,
    title: Words,
    message: Words,
    action: str,
    button: Words,
    fields: Mapping[str, Any] | None = None,
    form: Any = None,
    danger: bool = False,
    back: str = "/",
    status: int = 200,
) -> HttpResponse:
    """Ask before a deed: a dialog over the page for htmx, a page of its own otherwise.

    Open it with `hx-get=… hx-target="#dialog"`; `fields` travel as hidden inputs (a version).
    """
    context = {
        "title": title,
        "message": message,
        "action": action,
        "button": button,
        "fields": fields or {},
        "form": form,
        "danger": danger,
        "back": back,
    }
    template = "web/confirm_dialog.html" if is_fragment(request) else "web/confirm_page.html"
    return render(request, template, context, status=status)


def form_of(
    request: HttpRequest,
    make: Callable[..., Filled],
    *,
    by: Asker,
    initial: Mapping[str, Any] | None = None,
) -> Filled:
    """A form as it starts, or with what was sent in it."""
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return make(*sent, by=by, initial=initial)


def take(
    request: HttpRequest, form: Form, deed: Deed, *, told: Words = "", back: str = "/"
) -> HttpResponse | None:
    """Do the deed of a form that was sent and is right, then say what was `told` and go `back`.

    None while there is a form to show: nobody sent it yet, or something in it is wrong; what the
    verb found wrong stands beside its fields then.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        answer = deed(form.cleaned_data)
    except Invalid as refusal:
        form.take(refusal)
        return None
    if answer is not None:
        return answer
    if told:
        done(request, told)
    return go(request, back)


def form_page(
    request: HttpRequest,
    make: Callable[..., Form],
    deed: Deed,
    *,
    by: Asker,
    title: Words,
    back: str,
    lead: Words = "",
    button: Words = "",
    told: Words = "",
    initial: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A page that is one form: shown, taken, and shown again with its faults (422)."""
    form = form_of(request, make, by=by, initial=initial)
    answer = take(request, form, deed, told=told, back=back)
    if answer is not None:
        return answer
    context = {"form": form, "title": title, "lead": lead, "back": back, "button": button}
    return render(request, "web/form_page.html", context, status=status_of(form))


def status_of(form: Form) -> int:
    """422 for a form with faults, else 200."""
    return 422 if form.errors else 200
