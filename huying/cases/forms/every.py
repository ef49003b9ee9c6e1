"""The form of each verb of a case."""

from __future__ import annotations

from huying.cases.forms import calls, city, following, requests, supervision, ties, verbs

FORMS: dict[str, type[verbs.VerbForm]] = {
    **verbs.FORMS,
    **requests.FORMS,
    **following.FORMS,
    **supervision.FORMS,
    **ties.FORMS,
    **calls.FORMS,
    **city.FORMS,
}
