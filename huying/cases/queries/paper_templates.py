"""Templates of papers and their numbering: what is in force, and whether the district signed it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from huying.cases.adapters.paper_files import known, shipped
from huying.cases.models import PaperNumbering, PaperSigning, PaperTemplate
from huying.cases.queries.ledger import Units
from huying.cases.queries.paper_facts import Facts
from huying.cases.rules import paper_numbers
from huying.cases.rules.facts import UnitFact
from huying.cases.rules.papers import KINDS, PaperKind, known_facts, known_lists
from huying.kernel import blobs
from huying.kernel.clock import now
from huying.kernel.errors import NotFound
from huying.kernel.models import Blob
from huying.web import docx_fill, docx_parts, docx_read
from huying.web.paper import as_pdf


@dataclass(frozen=True)
class InForce:
    """What a kind is printed from now; edition 0 is the product's own."""

    kind: PaperKind
    edition: int
    pattern: str
    digest: str
    confirmed_at: datetime | None
    confirmed_by: str
    editions: int = 0

    @property
    def is_shipped(self) -> bool:
        """Whether it is the product's own."""
        return self.edition == 0

    @property
    def example(self) -> str:
        """The next 文号 in the form of the district's centre."""
        return paper_numbers.written(self.pattern, now().year, 1)


def kind_of(code: str) -> PaperKind:
    """A kind by its code; NotFound without one."""
    if code not in KINDS:
        raise NotFound(_("没有这种文书。"), remedy=_("请从文书种类中选择。"))
    return KINDS[code]


def template_in_force(kind: str) -> tuple[bytes, int]:
    """The template and its edition. One statement."""
    row = PaperTemplate.objects.select_related("blob").filter(kind=kind, in_force=True).first()
    return (read(row.blob), row.edition) if row else (shipped(kind), 0)


def template(kind: str, edition: int) -> bytes:
    """An edition of a template; NotFound without one."""
    kind_of(kind)
    if edition == 0:
        return shipped(kind)
    row = PaperTemplate.objects.select_related("blob").filter(kind=kind, edition=edition).first()
    if row is None:
        raise NotFound(_("没有这一版模板。"), remedy=_("请从版本列表中选择。"))
    return read(row.blob)


def read(blob: Blob) -> bytes:
    """The bytes of a blob of ours, which are small."""
    return b"".join(blobs.read(blob))


def editions(kind: str) -> Sequence[PaperTemplate]:
    """The district's editions of a template, the newest first."""
    return list(PaperTemplate.objects.filter(kind=kind).order_by("-edition"))


def kinds_in_force() -> list[InForce]:
    """Every kind with what it is printed from. Four statements."""
    rows = PaperTemplate.objects.select_related("blob").order_by("kind", "edition")
    found: dict[str, PaperTemplate] = {}
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.kind] = counts.get(row.kind, 0) + 1
        if row.in_force:
            found[row.kind] = row
    signings = {row.kind: row for row in PaperSigning.objects.all()}
    district = Units().district
    patterns = own_patterns(district)
    result = []
    for kind in KINDS.values():
        row_of = found.get(kind.code)
        pattern = pattern_of(patterns, district, district, kind)
        sha = row_of.blob.sha256 if row_of else hashlib.sha256(shipped(kind.code)).hexdigest()
        digest = hashlib.sha256(f"{sha} {pattern}".encode()).hexdigest()
        signing = signings.get(kind.code)
        signed = signing if signing is not None and signing.digest == digest else None
        result.append(
            InForce(
                kind,
                row_of.edition if row_of else 0,
                pattern,
                digest,
                signed.confirmed_at if signed else None,
                signed.confirmed_by if signed else "",
                counts.get(kind.code, 0),
            )
        )
    return result


def in_force(kind: str) -> InForce:
    """What one kind is printed from."""
    kind_of(kind)
    return next(one for one in kinds_in_force() if one.kind.code == kind)


def own_patterns(unit: UnitFact) -> dict[tuple[bool, str], str]:
    """The patterns that a unit's papers may be numbered by: (its own, kind) → pattern."""
    rows = PaperNumbering.objects.filter(unit_id__in=[unit.id]) | PaperNumbering.objects.filter(
        unit=None
    )
    return {(row.unit_id is not None, row.kind): row.pattern for row in rows}


def pattern_of(
    patterns: dict[tuple[bool, str], str], unit: UnitFact, district: UnitFact, kind: PaperKind
) -> str:
    """How a unit numbers a kind: its own way first, then the district's for all, then ours."""
    for key in ((True, kind.code), (True, ""), (False, kind.code)):
        if key in patterns:
            return patterns[key]
    return paper_numbers.default_pattern(
        district.name, unit.name, kind.letter, is_district=unit.id == district.id
    )


def numberings() -> Sequence[PaperNumbering]:
    """The patterns that the district has written."""
    return list(PaperNumbering.objects.select_related("unit").order_by("unit__path", "kind"))


def example_of(kind: str) -> Facts:
    """The facts of an example, from which a template is looked at before it is put in force."""
    return {**known_facts(kind), **known_lists(kind)}


def previewed(kind: str, data: bytes) -> bytes:
    """The example printed from a template, marked as what it is."""
    mark = _("样稿")
    made = docx_fill.filled(data, example_of(kind), known(kind), mark)
    return printed(made, str(kind_of(kind).label), mark)


def printed(document: bytes, title: str | Promise, mark: str = "") -> bytes:
    """A filled document as PDF."""
    return as_pdf(docx_read.read(docx_parts.opened(document), str(title), mark))
