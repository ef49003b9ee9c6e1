"""Registering an appeal, with what helps while it is written: place, earlier calls, twins."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huying.cases import actions
from huying.cases.forms.intake import RegisterForm
from huying.cases.queries import choices
from huying.cases.queries.caller import earlier_cases
from huying.cases.queries.scope import visible
from huying.cases.queries.twins import twins
from huying.cases.queries.work import DISTRICT_DEPTH
from huying.cases.rules import CHANNELS
from huying.cases.views.asking import asker_for
from huying.kernel.asker import Asker, may
from huying.kernel.errors import Invalid
from huying.org import queries as org
from huying.web import answers

BY_HAND = ("phone", "operator", "hotline", "grid")
STREET_DEPTH = 3
GRID_ROLES = frozenset({"grid_worker", "community_staff"})


def _own_ground(asker: Asker, depth: int = 0) -> str:
    """The code of the ground that the asker works on, when it is just one and below `depth`."""
    paths = asker.area("cases.register").paths
    if len(paths) != 1 or paths[0].count("/") <= depth:
        return ""
    return paths[0].rstrip("/").rsplit("/", 1)[-1]


def channels_for(asker: Asker) -> list[tuple[str, Any]]:
    """The channels somebody registers by hand; a grid worker has but one."""
    roles: frozenset[str] = getattr(asker, "roles", frozenset())
    wanted = ("grid",) if roles and roles <= GRID_ROLES else BY_HAND
    return [(code, label) for code, label in CHANNELS if code in wanted]


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """The form, and the verb behind it."""
    asker = asker_for(request, "cases.register")
    channels = channels_for(asker)
    if request.method != "POST":
        form = RegisterForm(
            by=asker, channels=channels, initial={"place": _own_ground(asker, STREET_DEPTH)}
        )
        return _shown(request, asker, form)
    form = RegisterForm(request.POST, request.FILES, by=asker, channels=channels)
    if form.is_valid() and not _stays_in_sight(asker, form.cleaned_data):
        form.add_error("place", _("请选择所在社区或网格，或在地图上选点。"))
    if not form.is_valid():
        return _shown(request, asker, form, 422)
    try:
        done = actions.register(by=asker, papers=_papers(request, form), **form.arguments())
    except Invalid as refusal:
        form.take(refusal)
        return _shown(request, asker, form, 422)
    told, more = _("已登记，编号 %(number)s。") % {"number": done.number}, _("再登记一件")
    link = format_html('{} <a href="{}">{}</a>', told, reverse("case_register"), more)
    answers.done(request, link)
    seen = visible(asker).filter(number=done.number).exists()
    return answers.go(request, reverse("case", args=[done.number]) if seen else "/")


def _stays_in_sight(asker: Asker, cleaned: dict[str, Any]) -> bool:
    """Whether whoever files it will see it: without a place it waits in the district's queue."""
    if any(path.count("/") <= DISTRICT_DEPTH for path in asker.area("cases.view").paths):
        return True
    if cleaned["place"] is not None:
        return True
    longitude, latitude = cleaned["longitude"], cleaned["latitude"]
    if longitude is not None and latitude is not None and org.grid_at(longitude, latitude):
        return True
    return bool(cleaned["address"] and org.place_of_address(cleaned["address"]).unit)


def _papers(request: HttpRequest, form: RegisterForm) -> list[actions.Paper]:
    """The files that may be kept; of each other one the page says why not, and the case stands.

    They are the citizen's own, who brought them along, but for what a grid worker photographed.
    """
    brought = form.cleaned_data["channel"] != "grid"
    papers = []
    for file in form.cleaned_data["papers"]:
        try:
            papers.append(actions.judged(file.name, file.read(), brought=brought))
        except Invalid as refusal:
            told = {"name": file.name, "why": refusal.message}
            messages.warning(request, _("附件“%(name)s”没有上传：%(why)s") % told)
    return papers


def _shown(
    request: HttpRequest, asker: Asker, form: RegisterForm, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "own_ground": _own_ground(asker),
        "may_unmask": may(asker, "cases.unmask"),
        "may_file_many": may(asker, "cases.file_many"),
        "may_import": may(asker, "cases.import_history"),
    }
    part = answers.is_fragment(request)
    template = "cases/register_form.html" if part else "cases/register.html"
    return render(request, template, context, status=status)


@require_POST
def place(request: HttpRequest) -> HttpResponse:
    """Where the point or the address lies, to be seen before filing; nothing is guessed."""
    asker_for(request, "cases.register", "cases.set_place")
    longitude, latitude = _number(request, "longitude"), _number(request, "latitude")
    address = request.POST.get("address", "")[:200]
    at = found = None
    if longitude is not None and latitude is not None:
        at = org.grid_at(longitude, latitude)
    if at is None and address.strip():
        found = org.place_of_address(address)
    context = {
        "at": at or (found.unit if found else None),
        "by_point": at is not None,
        "candidates": found.candidates[:6] if found else (),
        "asked": bool(address.strip()) or longitude is not None,
        "outside": longitude is not None and at is None,
    }
    return render(request, "cases/found_place.html", context)


@require_POST
def earlier(request: HttpRequest) -> HttpResponse:
    """Earlier cases of the same telephone, for whoever may look behind the mask."""
    asker = asker_for(request, "cases.register")
    phone = request.POST.get("phone", "").strip()
    return render(request, "cases/earlier.html", {"hits": earlier_cases(asker, phone)})


@require_POST
def near(request: HttpRequest) -> HttpResponse:
    """Open cases that may tell of the same matter."""
    asker = asker_for(request, "cases.register")
    longitude, latitude = _number(request, "longitude"), _number(request, "latitude")
    place = request.POST.get("place", "")[:64]
    ground = None
    if longitude is not None and latitude is not None:
        ground = org.grid_at(longitude, latitude)
    elif place:
        ground = choices.ground(place)
    elif address := request.POST.get("address", "")[:200].strip():
        ground = org.place_of_address(address).unit
    found = twins(
        asker,
        text=f"{request.POST.get('title', '')[:200]} {request.POST.get('body', '')[:400]}",
        category=request.POST.get("category", "")[:16],
        place_path=ground.path if ground is not None else "",
        longitude=longitude,
        latitude=latitude,
    )
    return render(request, "cases/near.html", {"twins": found})


@require_safe
def areas(request: HttpRequest) -> JsonResponse:
    """The ground of the district for maps."""
    asker_for(request, "cases.register", "cases.view")
    response = JsonResponse(choices.outlines())
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _number(request: HttpRequest, name: str) -> float | None:
    try:
        value = float(request.POST.get(name, ""))
    except ValueError:
        return None
    return value if -180 <= value <= 180 else None
