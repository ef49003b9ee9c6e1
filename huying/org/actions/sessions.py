"""Verbs on signing in: what happened is noted, passwords change or are reset, sessions end."""

from __future__ import annotations

import secrets

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from huying.kernel.asker import Asker, Stranger, System
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Forbidden, Invalid, NotFound, NotNow
from huying.kernel.verbs import act, require
from huying.org.asker import KeyAsker
from huying.org.models import Account, ApiKey, Holding, UsedPassword

# Without 0 O 1 l I: the first password is read out or copied from paper.
EASY = "abcdefghijkmnpqrstuvwxyz"
EASY_CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
KEPT_PASSWORDS = 5
APART = ("security", "audit")


def new_password(length: int = 14) -> str:
    """A random password that meets the policy and is easy to read out."""
    kinds = (EASY, EASY_CAPITALS, "23456789", "@#%+=")
    letters = [secrets.choice(kind) for kind in kinds]
    letters += [secrets.choice(EASY + EASY_CAPITALS + "23456789") for _n in range(length - 4)]
    secrets.SystemRandom().shuffle(letters)
    return "".join(letters)


def note_sign_in(method: str, address: str, *, by: Asker) -> None:
    """Note that a person signed in."""
    with act("org.sign_in", by=by) as deed:
        deed.on("person", by.id.partition(":")[2], "", method=method, address=address)


def note_sign_in_failed(username: str, address: str, reason: str) -> None:
    """Note a sign-in that failed; an unknown name is not kept, it may be a mistyped password."""
    known = Account.objects.filter(username__iexact=username).first()
    with act("org.sign_in_failed", by=Stranger()) as deed:
        deed.on("person", str(known.pk) if known else "", "", address=address, reason=reason)


def note_sign_out(*, by: Asker) -> None:
    """Note that a person signed out."""
    with act("org.sign_out", by=by) as deed:
        deed.on("person", by.id.partition(":")[2])


def note_second_factor(change: str, kind: str, *, by: Asker) -> None:
    """Note that a person enrolled, removed or renewed a second factor, or gave a wrong code."""
    with act("org.change_second_factor", by=by) as deed:
        deed.on("person", by.id.partition(":")[2], "", change=change, factor=kind)


def change_password(password: str, *, by: Asker) -> None:
    """Take a new password of one's own; it must meet the policy."""
    with act("org.change_password", by=by) as deed:
        person = own_account(by)
        try:
            validate_password(password, person)
        except ValidationError as wrong:
            faults = [Fault("password", message) for message in wrong.messages]
            raise Invalid(_("新密码不合要求。"), faults=faults) from None
        _take(person, password, must_change=False)
        deed.on("person", str(person.pk))


def own_account(by: Asker) -> Account:
    """The account of whoever acts, locked; a key does not act on its owner's account."""
    account_id = getattr(by, "account_id", None)
    person = None
    if account_id is not None and not isinstance(by, KeyAsker):
        person = Account.objects.select_for_update(of=("self",)).filter(pk=account_id).first()
    if person is None:
        raise Forbidden(_("请本人登录后办理。"))
    return person


def reset_password(account_id: int, *, by: Asker) -> str:
    """Give a person a new first password (重置密码); their sessions end, their keys are withdrawn.

    Whoever had got hold of the account would else stay in by a key issued meanwhile.
    """
    from huying.org.actions.people import locked_person

    with act("org.reset_password", by=by) as deed:
        person = locked_person(account_id, "org.reset_password", by)
        if getattr(by, "account_id", None) == person.pk:
            raise Forbidden(_("请在“修改密码”中更换自己的密码。"))
        _keep_apart(person, by)
        first = new_password()
        _take(person, first, must_change=True)
        end_all_sessions(person)
        keys = withdraw_keys(person)
        path = person.unit.path if person.unit else ""
        deed.on("person", str(person.pk), path, keys_withdrawn=keys)
        return first


def reset_second_factor(account_id: int, *, by: Asker) -> None:
    """Remove a lost second factor (解除动态口令); sessions end, and the person enrols anew.

    The security administrator's, as passwords are the system administrator's: neither of them
    alone can become somebody else.
    """
    from huying.org.actions.people import locked_person

    with act("org.reset_second_factor", by=by) as deed:
        person = locked_person(account_id, "org.reset_second_factor", by)
        _keep_apart(person, by)
        removed, _by_kind = Authenticator.objects.filter(user=person).delete()
        if not removed:
            raise NotNow(_("此人没有启用动态口令。"))
        end_all_sessions(person)
        deed.on("person", str(person.pk), person.unit.path if person.unit else "")


def _keep_apart(person: Account, by: Asker) -> None:
    """三员分立: what guards two of the three administrators is reset on the server alone.

    Whoever sets a password can sign in with it, and so become who that is.
    """
    coming = Q(until=None) | Q(until__gt=now())
    other = Holding.objects.filter(coming, person=person, post__role__duty__in=APART)
    if not isinstance(by, System) and other.exists():
        raise Forbidden(
            _("三员分立：安全保密管理员和安全审计员的密码与动态口令只在服务器上重置。"),
            remedy=_("请在服务器上运行 huying org reset-password 登录名，由两人在场办理。"),
        )


def end_session(session_id: int, *, by: Asker) -> int:
    """End one session: one's own, or as system administrator that of a person in the area.

    Returns the id of the person whose session it was.
    """
    with act("org.end_session", by=by) as deed:
        session = (
            UserSession.objects.select_for_update(of=("self",))
            .select_related("user__unit")
            .filter(pk=session_id)
            .first()
        )
        if session is None:
            raise NotFound(_("没有这个会话。"))
        path = session.user.unit.path if session.user.unit else ""
        if getattr(by, "account_id", None) != session.user_id:
            if not by.area("org.view").covers(path):
                raise NotFound(_("没有这个会话。"))
            require("org.end_session", by, path)
        Session.objects.filter(session_key=session.session_key).delete()
        session.delete()
        deed.on("person", str(session.user_id), path, address=session.ip)
        return int(session.user_id)


def end_all_sessions(person: Account) -> None:
    """Part of a deed: end every session of a person."""
    sessions = UserSession.objects.filter(user=person)
    Session.objects.filter(session_key__in=sessions.values("session_key")).delete()
    sessions.delete()


def withdraw_keys(person: Account) -> int:
    """Part of a deed: withdraw every key of a person; returns how many were in use."""
    return ApiKey.objects.filter(owner=person, revoked_at=None).update(revoked_at=now())


def _take(person: Account, password: str, *, must_change: bool) -> None:
    at = now()
    if person.has_usable_password():
        UsedPassword.objects.create(person=person, digest=person.password, at=at)
        kept = UsedPassword.objects.filter(person=person).order_by("-at", "-id")
        old = list(kept.values_list("pk", flat=True)[KEPT_PASSWORDS:])
        UsedPassword.objects.filter(pk__in=old).delete()
    person.password = make_password(password)
    person.password_changed_at = at
    person.must_change_password = must_change
    person.save(update_fields=["password", "password_changed_at", "must_change_password"])
