"""Pages of the tree of units."""

from __future__ import annotations

import functools
from typing import Any

from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huying.kernel.asker import may
from huying.kernel.errors import NotFound
from huying.kernel.verbs import require
from huying.org import actions, forms, queries
from huying.org.models import Unit
from huying.org.rules import UNIT_KINDS
from huying.org.views.common import somebody
from huying.web import answers

KINDS = dict(UNIT_KINDS)
VERBS = ("create_unit", "rename_unit", "move_unit", "close_unit", "set_boundary", "create_post")


def address(code: str) -> str:
    """The page of a unit."""
    return reverse("org:unit", args=[code])


def lines(asker: Any, unit: Unit | None) -> list[dict[str, Any]]:
    """The lines of the tree right below a unit."""
    below = list(queries.children(asker, unit))
    parents = queries.with_children([one.pk for one in below])
    return [{"unit": one, "kind": KINDS[one.kind], "open": one.pk in parents} for one in below]


@require_safe
def tree(request: HttpRequest) -> HttpResponse:
    """The tree of units from where the asker's view begins."""
    asker = somebody(request)
    require("org.view", asker)
    top = below = lines(asker, None)
    while len(opening := [line for line in below if line["open"]]) == 1:
        # Open the way down to where there is a choice.
        opening[0]["lines"] = below = lines(asker, opening[0]["unit"])
    return render(request, "org/tree.html", {"lines": top})


@require_safe
def children(request: HttpRequest, code: str) -> HttpResponse:
    """A part of the tree, when it is opened."""
    asker = somebody(request)
    unit = queries.unit_by_code(asker, code)
    return render(request, "org/tree_lines.html", {"lines": lines(asker, unit)})


@require_safe
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """One unit: facts, map, posts and who holds them, who is on duty, people, units below."""
    asker = somebody(request)
    found = queries.unit_by_code(asker, code)
    posts = list(queries.posts_of(asker, found))
    holders: dict[int, list[Any]] = {}
    for holding in queries.holders_of(found):
        holders.setdefault(holding.post_id, []).append(holding)
    context = {
        "unit": found,
        "kind": KINDS[found.kind],
        "trail": queries.ancestors(asker, found),
        "posts": [(post, holders.get(post.pk, [])) for post in posts if post.active],
        "people": list(queries.people(asker).filter(unit=found)[:100]),
        "below": list(queries.children(asker, found)),
        "on_duty": queries.on_duty(asker, [found])[found.code],
        "areas": _collection([found, *queries.drawn_below(asker, found)]),
        "may": {verb: may(asker, f"org.{verb}", found.path) for verb in VERBS},
    }
    return render(request, "org/unit.html", context)


@require_safe
def areas(request: HttpRequest) -> JsonResponse:
    """Boundaries as GeoJSON for maps: `?under=420106&level=street`."""
    asker = somebody(request)
    found = queries.unit_by_code(asker, request.GET.get("under", ""))
    level = request.GET.get("level", "")
    if level not in KINDS:
        raise NotFound(_("没有这一级。"))
    drawn = queries.units(asker).filter(path__startswith=found.path, kind=level)
    return JsonResponse(_collection(list(drawn.exclude(boundary=None))))


def _collection(units: list[Unit]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": one.boundary,
                "properties": {
                    "code": one.code,
                    "name": one.short_name or one.name,
                    "level": one.kind,
                    "longitude": one.longitude,
                    "latitude": one.latitude,
                    "url": address(one.code),
                },
            }
            for one in units
            if one.boundary is not None
        ],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, code: str) -> HttpResponse:
    """A new unit below this one."""
    asker = somebody(request)
    parent = queries.unit_by_code(asker, code)
    require("org.create_unit", asker, parent.path)

    def deed(data: dict[str, Any]) -> HttpResponse:
        made = actions.create_unit(
            data["code"],
            data["name"],
            data["kind"],
            code,
            short_name=data["short_name"],
            by=asker,
        )
        answers.done(request, _("已新增单位。"))
        return answers.go(request, address(made.code))

    make = functools.partial(forms.UnitForm, parent_kind=parent.kind)
    title = _("在“%(name)s”下新增单位") % {"name": parent.name}
    return answers.form_page(
        request, make, deed, by=asker, title=title, back=address(code), button=_("新增")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: HttpRequest, code: str) -> HttpResponse:
    """Another name."""
    asker = somebody(request)
    found = queries.unit_by_code(asker, code)
    require("org.rename_unit", asker, found.path)

    def deed(data: dict[str, Any]) -> None:
        actions.rename_unit(
            code, data["name"], short_name=data["short_name"], version=data["version"], by=asker
        )

    return answers.form_page(
        request,
        forms.RenameForm,
        deed,
        by=asker,
        title=_("单位更名"),
        back=address(code),
        told=_("已更名。"),
        initial=model_to_dict(found, ["name", "short_name", "version"]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Another parent."""
    asker = somebody(request)
    found = queries.unit_by_code(asker, code)
    require("org.move_unit", asker, found.path)

    def deed(data: dict[str, Any]) -> None:
        actions.move_unit(code, data["parent"].value, version=data["version"], by=asker)

    return answers.form_page(
        request,
        forms.MoveForm,
        deed,
        by=asker,
        title=_("移动“%(name)s”") % {"name": found.name},
        lead=_("它的全部下级随之移动，管辖范围同时改变。"),
        back=address(code),
        button=_("移动"),
        told=_("已移动，下级单位随之移动。"),
        initial={"version": found.version},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def boundary(request: HttpRequest, code: str) -> HttpResponse:
    """Another boundary."""
    asker = somebody(request)
    found = queries.unit_by_code(asker, code)
    require("org.set_boundary", asker, found.path)

    def deed(data: dict[str, Any]) -> None:
        actions.set_boundary(
            code,
            data["boundary"],
            illustrative=data["illustrative"],
            version=data["version"],
            by=asker,
        )

    return answers.form_page(
        request,
        forms.BoundaryForm,
        deed,
        by=asker,
        title=_("划定“%(name)s”的边界") % {"name": found.name},
        back=address(code),
        told=_("边界已更新。"),
        initial=model_to_dict(found, ["illustrative", "version"]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Ask, then take a unit out of use."""
    asker = somebody(request)
    found = queries.unit_by_code(asker, code)
    require("org.close_unit", asker, found.path)
    if request.method == "POST":
        version = request.POST.get("version", "")
        actions.close_unit(code, version=int(version) if version.isdigit() else 0, by=asker)
        answers.done(request, _("单位已停用。"))
        return answers.go(request, address(code))
    return answers.confirm(
        request,
        title=_("停用单位"),
        message=_("“%(name)s”停用后不再接收新工作，也不再出现在选择列表中。")
        % {"name": found.name},
        action=reverse("org:close_unit", args=[code]),
        button=_("停用"),
        fields={"version": found.version},
        danger=True,
        back=address(code),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def create_post(request: HttpRequest, code: str) -> HttpResponse:
    """A new post in this unit."""
    asker = somebody(request)
    found = queries.unit_by_code(asker, code)
    require("org.create_post", asker, found.path)

    def deed(data: dict[str, Any]) -> None:
        area = data["area"].value if data["area"] else ""
        actions.create_post(code, data["role"].code, data["title"], area, by=asker)

    return answers.form_page(
        request,
        functools.partial(forms.PostForm, roles=queries.roles(asker)),
        deed,
        by=asker,
        title=_("在“%(name)s”设岗") % {"name": found.name},
        back=address(code),
        button=_("设岗"),
        told=_("已设岗。"),
    )
