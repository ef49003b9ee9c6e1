"""Kill -9 anywhere in issuing, signing and making void a paper: no gap, no double, nothing half."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from huying.cases import actions
from huying.cases.actions import Done
from huying.cases.models import IssuedPaper, NumberSeries
from huying.kernel import blobs
from tests.cast import Cast, assemble
from tests.faults.dying import AFTER_COMMIT, BEFORE_COMMIT, run
from tests.faults.test_every_verb import walk
from tests.fingerprint import fingerprint
from tests.invariants import broken
from tests.mainline import brought

# kind → the state of a case that calls for it, and who issues it
KINDS = {
    "acceptance": ("accepted", "street_dispatcher"),
    "assignment": ("dispatched", "district_centre"),
    "completion": ("replied", "department_handler"),
    "handover": ("handed_over", "district_centre"),
    "supervision": ("supervised", "district_centre"),
}


@pytest.fixture(scope="module")
def cast(db: str) -> Cast:
    return assemble()


def issuing(cast: Cast, kind: str) -> Callable[[], object]:
    state, role = KINDS[kind]
    case: Done = brought(state)
    return partial(
        actions.issue_paper, case.number, version=case.version, by=cast.asker(role), kind=kind
    )


def gapless() -> bool:
    """Whether every series gave 1, 2, 3 … and no number more than it has papers."""
    for series in NumberSeries.objects.filter(key__startswith="paper-"):
        before, after = series.key.removeprefix("paper-").split("〕")
        rows = IssuedPaper.objects.filter(number__startswith=f"{before}〕", number__endswith=after)
        counts = sorted(int(row.number.split("〕")[1].rstrip("号")) for row in rows)
        if counts != list(range(1, series.last + 1)):
            return False
    return True


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_paper_whose_issue_was_killed_at_any_moment_is_there_wholly_or_not_at_all(
    kind: str, cast: Cast, fault_count: int
) -> None:
    walk(issuing(cast, kind), issuing(cast, kind), fault_count)
    assert gapless()
    for row in IssuedPaper.objects.select_related("blob"):
        assert blobs.is_whole(row.blob)


def test_the_number_of_a_killed_issue_goes_to_the_next_paper(cast: Cast) -> None:
    one, other = issuing(cast, "assignment"), issuing(cast, "assignment")
    before = fingerprint()
    assert run(one, die_at=BEFORE_COMMIT).killed
    assert fingerprint() == before
    last = NumberSeries.objects.filter(key__contains="交").values_list("last", flat=True).first()
    assert not run(other).error
    assert IssuedPaper.objects.latest("id").number.endswith(f"〕{(last or 0) + 1}号")
    assert gapless()


@pytest.mark.parametrize("verb", ["sign_paper", "void_paper"])
def test_signing_and_making_void_killed_at_any_moment(
    verb: str, cast: Cast, fault_count: int
) -> None:
    deeds: list[Callable[[], object]] = []
    for _ in range(2):
        issuing(cast, "completion")()
        paper = IssuedPaper.objects.latest("id").pk
        if verb == "sign_paper":
            deeds.append(partial(actions.sign_paper, paper, by=cast.asker("leader")))
        else:
            by = cast.asker("department_handler")
            deeds.append(partial(actions.void_paper, paper, by=by, reason="写错"))
    deed, twin = deeds
    walk(deed, twin, fault_count)
    assert gapless()


def test_a_template_killed_at_its_commit_is_not_in_force(cast: Cast) -> None:
    from huying.cases.adapters.paper_files import shipped

    upload = partial(
        actions.upload_paper_template,
        "return",
        by=cast.asker("district_centre"),
        data=shipped("return"),
    )
    upload()
    enforce = partial(
        actions.enforce_paper_template, "return", by=cast.asker("district_centre"), edition=1
    )
    for deed in (upload, enforce):
        before = fingerprint()
        assert run(deed, die_at=BEFORE_COMMIT).killed
        assert fingerprint() == before
        assert run(deed, die_at=AFTER_COMMIT).killed
        assert fingerprint() != before
    assert broken() == []
