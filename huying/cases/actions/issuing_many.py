"""批量出具交办单: many orders at once, each a verb of its own, in one file to print."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from huying.cases.actions.issuing import issue_paper
from huying.cases.queries.ledger import load
from huying.cases.queries.papers_many import MOST, order_of
from huying.cases.queries.scope import case_of
from huying.kernel import jobs
from huying.kernel.asker import Asker
from huying.kernel.errors import Fault, Invalid, Refusal
from huying.kernel.models import LongJob
from huying.kernel.verbs import act, require

MANY = "cases.issue_many"  # the long job of this name, in `jobs.py`


@dataclass
class ManyIssued:
    """What became of many: the papers in the order of the cases, and why others have none."""

    papers: list[int] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def start_issuing(numbers: Sequence[str], *, by: Asker) -> LongJob:
    """Issue a 交办单 for each of these cases in the background."""
    wanted = list(dict.fromkeys(number.strip() for number in numbers if number.strip()))
    with act("cases.issue_paper", by=by) as deed:
        for verb in ("cases.issue_paper", "cases.dispatch"):
            require(verb, by)
        if not 0 < len(wanted) <= MOST:
            what = _("请选择 1 至 %(most)s 件诉求。") % {"most": MOST}
            raise Invalid(what, faults=[Fault("numbers", what, _("请分几次出具。"))])
        job = jobs.start(MANY, {"numbers": wanted}, title=_("批量出具交办单"), by=by)
        deed.on("job", str(job.pk), cases=len(wanted))
    return job


def issue_many(
    numbers: Sequence[str],
    *,
    by: Asker,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ManyIssued:
    """Issue one for each case, each in a transaction of its own.

    Called again after a crash it finds those that are issued already, and gives no second number.
    """
    made = ManyIssued()
    for done, number in enumerate(numbers, 1):
        try:
            case_of(by, number)
            there = order_of(number)
            if there is None:
                version = load(number).ledger.case.version
                there = issue_paper(number, version=version, by=by, kind="assignment").paper
            made.papers.append(there)
        except Refusal as refusal:
            made.refused.append((number, refusal.message))
        progress(done, len(numbers))
    return made
