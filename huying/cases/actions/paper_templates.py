"""Verbs on the district's own data for papers: templates, which is in force, numbering."""

from __future__ import annotations

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import override

from huying.cases.adapters.paper_files import known
from huying.cases.models import PaperNumbering, PaperSigning, PaperTemplate
from huying.cases.queries.ledger import Units
from huying.cases.queries.paper_templates import in_force, kind_of, previewed
from huying.cases.rules import paper_numbers
from huying.kernel import blobs
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Invalid, NotFound, NotNow
from huying.kernel.verbs import act, require
from huying.org.models import Unit
from huying.web import docx_fill, docx_parts, docx_read
from huying.web.paper import DOCX

EDIT = "cases.edit_paper_template"
LARGEST_TEMPLATE = docx_parts.LARGEST


def upload_paper_template(
    kind: str, *, by: Asker, data: bytes, name: str = "x.docx", note: str = ""
) -> int:
    """Keep an edition of a template, checked; it is not in force yet. Answers its number.

    Invalid with every unknown placeholder, its paragraph or cell, and the name that was meant.
    """
    require(EDIT, by)
    wanted = kind_of(kind)
    document = docx_parts.opened(data, name)
    faults = docx_fill.faults_of(document, known(kind))
    if faults:
        what = _("模板里有 %(count)s 处占位符不对，没有保存。") % {"count": len(faults)}
        raise Invalid(what, faults=faults, remedy=_("请在 Word 中改正后重新上传。"))
    with override("zh-hans"):  # what is kept is in the language of the district
        warnings = docx_read.warnings_of(document)
        previewed(kind, data)  # what cannot be drawn is refused here, not when it is printed
    with act(EDIT, by=by) as deed:
        require(EDIT, by)
        _hold(kind)
        last = PaperTemplate.objects.filter(kind=kind).aggregate(last=Max("edition"))["last"] or 0
        edition: int = last + 1
        PaperTemplate.objects.create(
            kind=kind,
            edition=edition,
            blob=blobs.save(data, name=f"{wanted.label}-{edition}.docx", media_type=DOCX),
            note=note.strip()[:200],
            warnings=warnings,
            at=now(),
            by_id=by.id,
            by_label=by.label,
        )
        deed.on("paper_template", kind, uploaded=edition, warnings=len(warnings))
    return edition


def enforce_paper_template(kind: str, *, by: Asker, edition: int) -> None:
    """Put an edition in force, also an older one (回退); 0 is the product's own again.

    What a district puts in force it has signed; its own default again is signed anew.
    """
    with act(EDIT, by=by) as deed:
        require(EDIT, by)
        kind_of(kind)
        _hold(kind)
        rows = PaperTemplate.objects.filter(kind=kind)
        there = rows.filter(in_force=True).values_list("edition", flat=True).first() or 0
        if there == edition:
            raise NotNow(_("这一版正在使用。"))
        if edition and not rows.filter(edition=edition).exists():
            raise NotFound(_("没有这一版模板。"), remedy=_("请从版本列表中选择。"))
        rows.filter(in_force=True).update(in_force=False)
        rows.filter(edition=edition).update(in_force=True)
        if edition:
            _sign(kind, by)
        else:
            PaperSigning.objects.filter(kind=kind).delete()
        deed.on("paper_template", kind, was=there, now=edition)


def confirm_paper_template(kind: str, *, by: Asker) -> None:
    """Sign the template and the numbering of a kind: until then they are 未经本区确认."""
    with act("cases.confirm_paper_template", by=by) as deed:
        require("cases.confirm_paper_template", by)
        kind_of(kind)
        _hold(kind)
        _sign(kind, by)
        deed.on("paper_template", kind)


def number_papers(*, by: Asker, pattern: str, unit: str = "", kind: str = "") -> None:
    """How papers are numbered: of a unit or of the whole district, of a kind or of all.

    An empty pattern takes back what was written. Numbers that were given stay as they are; a
    series that was used before goes on where it stood.
    """
    with act(EDIT, by=by) as deed:
        require(EDIT, by)
        if kind:
            kind_of(kind)
        if not unit and not kind:
            what = _("请写明单位或文书种类。")
            raise Invalid(what)
        units = Units((unit,))
        owner = Unit(pk=units.code(unit, "unit").id) if unit else None
        if pattern.strip():
            kept = paper_numbers.checked(pattern)
            PaperNumbering.objects.update_or_create(
                unit=owner, kind=kind, defaults={"pattern": kept}
            )
        else:
            PaperNumbering.objects.filter(unit=owner, kind=kind).delete()
        deed.on("paper_number", f"{unit or '*'} {kind or '*'}", pattern=pattern.strip())


def _sign(kind: str, by: Asker) -> None:
    facts = {"digest": in_force(kind).digest, "confirmed_at": now(), "confirmed_by": by.label}
    PaperSigning.objects.update_or_create(kind=kind, defaults=facts)


def _hold(kind: str) -> None:
    """Whoever changes the templates of a kind at the same time waits here, also for the first."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 4203))", [kind])
