"""Sign-in by django-allauth: who is let in, what is noted, how secrets of a second factor rest."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.views import LoginView
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa import signals as mfa_signals
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huying.kernel import secrets
from huying.org import actions
from huying.org.models import Account
from huying.org.queries import asker_for, may_sign_in
from huying.org.second_factor import ENROLLED, roles_need_it
from huying.web.preferences import remember


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Lets in active accounts; a demo account only in demo mode, also in a session begun before."""

    def user_can_authenticate(self, user: AbstractBaseUser) -> bool:
        return isinstance(user, Account) and may_sign_in(user)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No open sign-up; every sign-in, failure and sign-out is noted in the audit."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("用户名或密码不正确。"),
        "too_many_login_attempts": _("失败次数过多，请几分钟后再试。"),
        "incorrect_password": _("密码不正确。"),
        "enter_current_password": _("当前密码不正确。"),
        "rate_limited": _("操作过于频繁，请稍后再试。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(
        self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any
    ) -> HttpResponse | None:
        """A right password is not enough: allauth brings refused accounts here as well."""
        if not isinstance(user, Account) or not may_sign_in(user):
            actions.note_sign_in_failed(
                user.get_username(), self.get_client_ip(request), "account refused"
            )
            return HttpResponseRedirect(reverse("account_inactive"))
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        methods = request.session.get("account_authentication_methods") or []
        how = "+".join(record["method"] for record in methods) or "password"
        if isinstance(user, Account):
            actions.note_sign_in(how, self.get_client_ip(request), by=asker_for(user))

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any
    ) -> HttpResponse:
        """Theme and elder mode follow a person to another desk."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if isinstance(user, Account):
            remember(request, response, user.theme, user.elder_mode)
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        actions.note_sign_in_failed(
            credentials.get("username", ""), self.get_client_ip(request), "wrong password"
        )

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        if isinstance(user, Account):
            actions.note_sign_out(by=asker_for(user))
        super().logout(request)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Changing one's password is a verb like any other."""
        if isinstance(user, Account):
            actions.change_password(password, by=asker_for(user))
            user.refresh_from_db()

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("org:account")

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Signing in and out shows on the page itself; a message would only repeat it."""


class SignInView(LoginView):  # type: ignore[misc]
    """The sign-in page, with the identity providers that are configured."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        following = self.request.GET.get("next", "")
        context["providers"] = [
            {
                "name": provider.name,
                "url": provider.get_login_url(
                    self.request, process="login", **({"next": following} if following else {})
                ),
            }
            for provider in get_social_adapter(self.request).list_providers(self.request)
        ]
        return context


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in through the office's identity provider, for accounts that exist here already."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Bind an identity at its first visit to the account whose name its claim gives."""
        if sociallogin.is_existing:
            return
        data = sociallogin.account.extra_data
        claims = {**data, **(data.get("userinfo") or {}), **(data.get("id_token") or {})}
        name = str(claims.get(settings.OIDC_CLAIM) or "")
        account = Account.objects.filter(username=name).first() if name else None
        if account is None or not may_sign_in(account):
            address = AccountAdapter(request).get_client_ip(request)
            actions.note_sign_in_failed(name, address, "no account for this identity")
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_inactive")))
        sociallogin.connect(request, account)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """TOTP secrets rest encrypted; roles that need a second factor cannot drop it."""

    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("验证码不正确。"),
        "cannot_delete_authenticator": _("您的角色必须使用动态口令，不能停用。"),
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user = authenticator.user
        return not (isinstance(user, Account) and roles_need_it(asker_for(user).roles))

    def get_totp_issuer(self) -> str:
        return "Huying"

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()


def _box() -> Fernet:
    from base64 import urlsafe_b64encode

    return Fernet(urlsafe_b64encode(secrets.material(settings.HOME, "totp.key")))


@receiver(mfa_signals.authenticator_added)
def _factor_added(user: Account, authenticator: Authenticator, **kwargs: Any) -> None:
    actions.note_second_factor("added", authenticator.type, by=asker_for(user))


@receiver(mfa_signals.authenticator_removed)
def _factor_removed(
    request: HttpRequest, user: Account, authenticator: Authenticator, **kwargs: Any
) -> None:
    request.session.pop(ENROLLED, None)
    actions.note_second_factor("removed", authenticator.type, by=asker_for(user))


@receiver(mfa_signals.authenticator_reset)
def _factor_renewed(user: Account, authenticator: Authenticator, **kwargs: Any) -> None:
    actions.note_second_factor("renewed", authenticator.type, by=asker_for(user))


@receiver(mfa_signals.authentication_failed)
def _factor_failed(user: Account, **kwargs: Any) -> None:
    actions.note_second_factor("wrong code", "totp", by=asker_for(user))
