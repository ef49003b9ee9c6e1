"""Verbs of papers (文书): issue one under its number, sign it, make it void."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from huying.cases.actions.intake import draw
from huying.cases.actions.writing import Taking, require_signed_in, take_beside
from huying.cases.adapters.paper_files import known
from huying.cases.models import Case, IssuedPaper
from huying.cases.queries.identity import complained_about
from huying.cases.queries.issued import (
    TO_CITIZEN,
    chosen,
    issued_by,
    issuing_unit,
    name_of,
    no_such_paper,
)
from huying.cases.queries.ledger import Units
from huying.cases.queries.paper_facts import day, facts_of
from huying.cases.queries.paper_templates import (
    kind_of,
    own_patterns,
    pattern_of,
    read,
    template_in_force,
)
from huying.cases.rules import paper_numbers
from huying.cases.rules.facts import UnitFact
from huying.cases.rules.masks import without_remains
from huying.cases.rules.papers import KINDS, SIGNATURE, path_of
from huying.kernel import blobs
from huying.kernel.asker import Asker
from huying.kernel.clock import DISTRICT_ZONE
from huying.kernel.errors import Fault, Forbidden, Invalid, NotNow
from huying.kernel.models import Blob
from huying.kernel.verbs import require
from huying.web import docx_fill
from huying.web.paper import DOCX


@dataclass(frozen=True)
class PaperDone:
    """A paper after a verb, and the version of its case."""

    paper: int
    paper_number: str
    number: str
    version: int


def issue_paper(number: str, *, version: int, by: Asker, kind: str, subject: str = "") -> PaperDone:
    """出具文书: fill the template in force, give it the next number of its series, and freeze both.

    `subject` tells which of several (an order of supervision, a meeting); without it the newest.
    The number is drawn in the transaction that writes the paper: whoever fails gives it back.
    """
    with take_beside("issue_paper", number, by=by, told="paper", version=version) as case:
        wanted = kind_of(kind)
        offer = chosen(case.ledger, kind, subject)
        path = path_of(offer, case.ledger, case.units.district.path)
        for verb in ("issue_paper", wanted.deed):
            require(f"cases.{verb}", by, path)
        about = case.ledger.about
        if wanted.to_citizen and about is not None and complained_about(by, about.path):
            raise Forbidden(_("被反映单位不能向诉求人出具文书。"), remedy=_("请由上级单位出具。"))
        _refuse_second(case.case_id, kind, offer.subject)
        code = issuing_unit(by, offer, path, case.units)
        unit = Units((code,)).code(code, "unit")
        row = Case.objects.select_related("place__parent").get(pk=case.case_id)
        data, edition = template_in_force(kind)
        # The last thing before the paper is written, so that others wait for it as short as can be.
        paper_number = _next_number(case, unit, kind)
        issuing = issued_by(by, unit, case.units.district, paper_number)
        facts = facts_of(row, case.ledger, offer, issuing, case.hide)
        left = SIGNATURE if wanted.signed else frozenset[str]()
        made = docx_fill.filled(data, facts, known(kind), left=left)
        paper = IssuedPaper.objects.create(
            case_id=case.case_id,
            kind=kind,
            subject=offer.subject,
            number=paper_number,
            unit_id=unit.id,
            recipient=str(facts["主送"])[:200],
            edition=edition,
            facts=facts,
            blob=_kept(made, kind, paper_number),
            at=case.doing.at,
            by_id=by.id,
            by_label=by.label,
            to_sign=wanted.signed,
        )
        case.step("issue_paper", kind=kind, paper=paper_number)
    return _done(paper, case)


def sign_paper(paper: int, *, by: Asker) -> PaperDone:
    """签发文书: by the leader in charge of the unit that issued it, never by who issued it."""
    with _take_paper("sign_paper", paper, by=by) as (row, case):
        if not row.to_sign or row.signed_at or row.voided_at:
            raise NotNow(_("这份文书不需要签发，或已签发、已作废。"))
        if row.by_id == by.id:
            raise Forbidden(_("不能签发自己出具的文书。"), remedy=_("请由分管领导签发。"))
        at = case.doing.at
        signature = {"签发人": name_of(by), "签发日期": day(at)}
        made = docx_fill.completed(read(row.blob), SIGNATURE, signature)
        row.signed_at, row.signed_by_id, row.signed_by = at, by.id, by.label
        row.signed_blob = _kept(made, row.kind, row.number)
        row.save(update_fields=["signed_at", "signed_by_id", "signed_by", "signed_blob"])
        case.step("sign_paper", kind=row.kind, paper=row.number)
    return _done(row, case)


def void_paper(paper: int, *, by: Asker, reason: str) -> PaperDone:
    """作废文书: it stays with its number, which nobody gets again; another may be issued."""
    with _take_paper("void_paper", paper, by=by) as (row, case):
        if row.voided_at:
            raise NotNow(_("这份文书已经作废。"))
        if not reason.strip():
            what = _("此项不能为空。")
            raise Invalid(what, faults=[Fault("reason", what, _("请写明作废理由。"))])
        row.voided_at, row.voided_by = case.doing.at, by.label
        # Lists show it to the unit complained about, as they do the title.
        row.void_reason = without_remains(case.hide(reason.strip()))
        row.save(update_fields=["voided_at", "voided_by", "void_reason"])
        case.step("void_paper", kind=row.kind, paper=row.number, reason=reason)
    return _done(row, case)


def _done(paper: IssuedPaper, case: Taking) -> PaperDone:
    return PaperDone(paper.pk, paper.number, case.ledger.case.number, case.ledger.case.version)


@contextmanager
def _take_paper(verb: str, paper: int, *, by: Asker) -> Iterator[tuple[IssuedPaper, Taking]]:
    """A paper that was issued, with its case; the right must hold where it was issued."""
    require_signed_in(by)
    found = IssuedPaper.objects.filter(pk=paper).values_list("case__number", "kind").first()
    if found is None:
        raise no_such_paper()
    number, kind = found
    with take_beside(verb, number, by=by, told="paper") as case:
        about = case.ledger.about
        if about is not None and kind in TO_CITIZEN and complained_about(by, about.path):
            raise no_such_paper()
        row = IssuedPaper.objects.select_related("unit", "blob").get(pk=paper)
        require(f"cases.{verb}", by, row.unit.path)
        yield row, case


def _refuse_second(case_id: int, kind: str, subject: str) -> None:
    """One valid paper for each occasion; its case is locked, so nobody issues one meanwhile."""
    there = IssuedPaper.objects.filter(
        case_id=case_id, kind=kind, subject=subject, voided_at__isnull=True
    ).first()
    if there is not None:
        told = {"kind": KINDS[kind].label, "number": there.number}
        raise NotNow(
            _("已经出具%(kind)s %(number)s。") % told,
            remedy=_("如需重新出具，请先作废原件。"),
        )


def _next_number(case: Taking, unit: UnitFact, kind: str) -> str:
    """The next number of the series that this unit numbers this kind in."""
    pattern = pattern_of(own_patterns(unit), unit, case.units.district, KINDS[kind])
    year = localtime(case.doing.at, DISTRICT_ZONE).year
    key = paper_numbers.series(pattern, year)
    return paper_numbers.written(pattern, year, draw({key: 1})[key])


def _kept(data: bytes, kind: str, number: str) -> Blob:
    return blobs.save(data, name=f"{KINDS[kind].label} {number}.docx", media_type=DOCX)
