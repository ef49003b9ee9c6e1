"""Papers that were issued: who sees them, what may be issued now, and how they read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from huying.cases.adapters.paper_files import known
from huying.cases.models import Case, IssuedPaper
from huying.cases.queries.identity import complained_about, hider
from huying.cases.queries.ledger import Units, ledger_of
from huying.cases.queries.paper_facts import Issuing, facts_of
from huying.cases.queries.paper_templates import printed, read, template_in_force
from huying.cases.queries.scope import case_of, visible
from huying.cases.rules.facts import Ledger, UnitFact, ancestors
from huying.cases.rules.papers import KINDS, SIGNATURE, Offer, offers, path_of
from huying.kernel.asker import Asker, may
from huying.kernel.clock import now
from huying.kernel.errors import Forbidden, NotFound, NotNow
from huying.web import docx_fill
from huying.web.paper import DOCX, PDF

TO_CITIZEN = tuple(kind.code for kind in KINDS.values() if kind.to_citizen)
HEAVY = ("facts", "case__search", "case__body", "case__original")
FORMS = {"docx": DOCX, "pdf": PDF}


@dataclass(frozen=True)
class Issued:
    """A paper on the page of its case, and what the asker may do with it."""

    id: int
    kind: str
    kind_label: str | Promise
    subject: str
    number: str
    recipient: str
    unit: str
    at: datetime
    by: str
    standing: str
    signed_by: str
    signed_at: datetime | None
    voided_by: str
    void_reason: str
    may_sign: bool
    may_void: bool


def issued(asker: Asker) -> QuerySet[IssuedPaper]:
    """The papers of visible cases, the newest first; what went to the citizen stays from the
    unit that it is about. `paper_newest` gives their order."""
    rows = IssuedPaper.objects.select_related("case", "unit").defer(*HEAVY)
    rows = rows.filter(case__in=visible(asker).order_by()).order_by("-at", "-id")
    paths = (*getattr(asker, "units", ()), *asker.area("cases.view").paths)
    about = {path for one in paths for path in ancestors(one)}
    return rows.exclude(kind__in=TO_CITIZEN, case__about__path__in=about) if about else rows


def paper_of(asker: Asker, identity: int) -> IssuedPaper:
    """One visible paper; NotFound for others."""
    row = issued(asker).filter(pk=identity).select_related("blob", "signed_blob").first()
    if row is None:
        raise no_such_paper()
    return row


def no_such_paper() -> NotFound:
    """What is said of a paper that does not exist, and of one outside the asker's area."""
    return NotFound(_("没有这份文书。"), remedy=_("请核对地址。"))


def standing(row: IssuedPaper) -> str:
    """Where a paper stands: void, unsigned, signed, or simply issued."""
    if row.voided_at:
        return "void"
    if row.to_sign:
        return "signed" if row.signed_at else "unsigned"
    return "issued"


def standing_so(wanted: Sequence[str]) -> Q:
    """The condition of standing in one of these ways."""
    valid = Q(voided_at__isnull=True)
    conditions = {
        "void": Q(voided_at__isnull=False),
        "unsigned": valid & Q(to_sign=True, signed_at__isnull=True),
        "signed": valid & Q(signed_at__isnull=False),
        "issued": valid & Q(to_sign=False),
    }
    found = Q(pk__in=[])
    for name in wanted:
        found |= conditions.get(name, Q(pk__in=[]))
    return found


def waiting_for(asker: Asker) -> QuerySet[IssuedPaper]:
    """All that waits for the asker's signature."""
    area = asker.area("cases.sign_paper")
    rows = issued(asker).filter(standing_so(["unsigned"])).exclude(by_id=asker.id)
    if not area.everywhere:
        wanted = Q(pk__in=[])
        for path in area.paths:
            wanted |= Q(unit__path__startswith=path)
        rows = rows.filter(wanted)
    return rows


def issued_of(asker: Asker, case: Case, *, hidden: bool) -> list[Issued]:
    """The papers of a case, the newest first. One statement."""
    rows = IssuedPaper.objects.filter(case=case).select_related("unit").defer("facts")
    if hidden:
        rows = rows.exclude(kind__in=TO_CITIZEN)
    return [shown(asker, row) for row in rows.order_by("-at", "-id")]


def offered(
    asker: Asker, ledger: Ledger, district: str, there: Sequence[Issued], *, hidden: bool
) -> list[Offer]:
    """What this asker may issue of a case now; what is issued already is not offered again.

    The unit complained about (`hidden`) writes nothing to the citizen.
    """
    found = [one for one in offers(ledger) if may_issue(asker, one, ledger, district)]
    found = [one for one in found if not (hidden and one.kind in TO_CITIZEN)]
    taken = {(one.kind, one.subject) for one in there if one.standing != "void"}
    return [one for one in found if (one.kind, one.subject) not in taken]


def may_issue(asker: Asker, offer: Offer, ledger: Ledger, district: str) -> bool:
    """Whether the asker may issue papers there, and do what this one documents."""
    path = path_of(offer, ledger, district)
    deed = KINDS[offer.kind].deed
    return all(may(asker, f"cases.{verb}", path) for verb in ("issue_paper", deed))


def chosen(ledger: Ledger, kind: str, subject: str = "") -> Offer:
    """The offer that is meant; NotNow when the case does not call for it now."""
    found = [one for one in offers(ledger) if one.kind == kind]
    found = [one for one in found if not subject or one.subject == subject]
    if not found:
        label = KINDS[kind].label if kind in KINDS else kind
        what = _("这件诉求现在不能出具“%(kind)s”。") % {"kind": label}
        raise NotNow(what, remedy=_("请刷新页面，按当前情况出具。"))
    return found[-1]


def issuing_unit(asker: Asker, offer: Offer, path: str, known_units: Units) -> str:
    """The code of the unit in whose name the paper goes out.

    Who handles issues for itself; else the nearest unit above in which the asker holds a post,
    and the district for who holds none.
    """
    if KINDS[offer.kind].side == "lead":
        return code_of(path)
    above = [unit for unit in getattr(asker, "units", ()) if path.startswith(unit)]
    nearest = max(above, key=len, default=known_units.district.path)
    return code_of(max(nearest, known_units.district.path, key=len))


def code_of(path: str) -> str:
    """The code of the unit at a path."""
    return path.rstrip("/").rsplit("/", 1)[-1]


def name_of(asker: Asker) -> str:
    """A person by name alone, as papers name them."""
    owner = getattr(asker, "owner", asker)
    return str(getattr(owner, "name", "") or asker.label)


def draft(asker: Asker, number: str, kind: str, subject: str = "") -> tuple[bytes, str]:
    """What would be issued, without a number: the document, and what it is called."""
    case = case_of(asker, number)
    if case.about is not None and kind in TO_CITIZEN and complained_about(asker, case.about.path):
        raise NotFound(_("没有这种文书。"))
    ledger, units = ledger_of(case), Units()
    offer = chosen(ledger, kind, subject)
    if not may_issue(asker, offer, ledger, units.district.path):
        raise Forbidden(_("您没有出具这种文书的权限。"), remedy=_("如需出具，请联系相关单位。"))
    code = issuing_unit(asker, offer, path_of(offer, ledger, units.district.path), units)
    issuing = issued_by(asker, Units((code,)).code(code, "unit"), units.district)
    facts = facts_of(case, ledger, offer, issuing, hider(case.pk))
    data, _edition = template_in_force(kind)
    made = docx_fill.filled(data, facts, known(kind), _("样稿，未编号"))
    return made, str(KINDS[kind].label)


def issued_by(asker: Asker, unit: UnitFact, district: UnitFact, number: str = "") -> Issuing:
    """Who issues now."""
    centre = f"{district.name}呼应中心"
    return Issuing(unit, name_of(asker), now(), centre, number)


def document_of(row: IssuedPaper) -> bytes:
    """The paper as a Word document; what is void or not signed says so above everything else."""
    data = read(row.signed_blob or row.blob)
    mark = mark_of(row)
    if row.to_sign and row.signed_blob is None:
        return docx_fill.completed(data, SIGNATURE, {}, mark)
    return docx_fill.marked(data, mark) if mark else data


def printed_of(row: IssuedPaper) -> bytes:
    """The paper as PDF."""
    return printed(document_of(row), called(row), mark_of(row))


def file_of(row: IssuedPaper, form: str) -> tuple[bytes, str, str]:
    """The paper as a file, its media type and its name, which holds no person."""
    if form not in FORMS:
        raise NotFound(_("没有这种文件。"), remedy=_("可下载 docx 或 pdf。"))
    data = document_of(row) if form == "docx" else printed_of(row)
    return data, FORMS[form], f"{called(row)}.{form}"


def called(row: IssuedPaper) -> str:
    """What a paper is called."""
    return f"{KINDS[row.kind].label} {row.number}"


def mark_of(row: IssuedPaper) -> str:
    """What stands above a paper that is no valid one."""
    return {"void": _("已作废"), "unsigned": _("未签发")}.get(standing(row), "")


def shown(asker: Asker, row: IssuedPaper) -> Issued:
    """A paper as a page shows it to this asker."""
    stands = standing(row)
    may_sign = (
        stands == "unsigned"
        and row.by_id != asker.id
        and may(asker, "cases.sign_paper", row.unit.path)
    )
    return Issued(
        row.pk,
        row.kind,
        KINDS[row.kind].label,
        row.subject,
        row.number,
        row.recipient,
        row.unit.name,
        row.at,
        row.by_label,
        stands,
        row.signed_by,
        row.signed_at,
        row.voided_by,
        row.void_reason,
        may_sign,
        stands != "void" and may(asker, "cases.void_paper", row.unit.path),
    )
