"""Addresses of signing in: those of django-allauth that we use, in our pages; no open sign-up."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as social
from allauth.urls import build_provider_urlpatterns
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView

from huying.org.sign_in import SignInView

FORM = "org/sign_form.html"


def _words(heading: Any, submit: Any, lead: Any = "") -> dict[str, Any]:
    return {"heading": heading, "submit": submit, "lead": lead}


urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "login/",
        SignInView.as_view(
            template_name="org/sign_in.html",
            extra_context=_words(_("登录"), _("登录"), _("工作人员请用本人账户登录。")),
        ),
        name="account_login",
    ),
    path(
        "logout/",
        account.LogoutView.as_view(
            template_name=FORM, extra_context=_words(_("退出登录"), _("退出登录"))
        ),
        name="account_logout",
    ),
    path(
        "inactive/",
        account.AccountInactiveView.as_view(template_name="org/refused_account.html"),
        name="account_inactive",
    ),
    path(
        "reauthenticate/",
        account.ReauthenticateView.as_view(
            template_name=FORM,
            extra_context=_words(_("请再次输入密码"), _("确认"), _("此操作涉及账户安全。")),
        ),
        name="account_reauthenticate",
    ),
    path(
        "password/",
        account.PasswordChangeView.as_view(
            template_name=FORM,
            extra_context=_words(
                _("修改密码"),
                _("保存"),
                _("至少 10 位，包含大写字母、小写字母、数字、符号中的三类，不与最近 5 次相同。"),
            ),
        ),
        name="account_change_password",
    ),
    path("2fa/", RedirectView.as_view(pattern_name="org:account"), name="mfa_index"),
    path(
        "2fa/authenticate/",
        second_factor.AuthenticateView.as_view(
            template_name=FORM,
            extra_context=_words(
                _("动态口令"), _("登录"), _("请输入手机验证器上的 6 位数字，或一个备用码。")
            ),
        ),
        name="mfa_authenticate",
    ),
    path(
        "2fa/reauthenticate/",
        second_factor.ReauthenticateView.as_view(
            template_name=FORM,
            extra_context=_words(_("请输入动态口令"), _("确认"), _("此操作涉及账户安全。")),
        ),
        name="mfa_reauthenticate",
    ),
    path(
        "2fa/totp/activate/",
        totp.ActivateTOTPView.as_view(
            template_name="org/enrol.html",
            extra_context=_words(
                _("启用动态口令"),
                _("启用"),
                _("用手机上的验证器扫描二维码，再输入它显示的 6 位数字。"),
            ),
        ),
        name="mfa_activate_totp",
    ),
    path(
        "2fa/totp/deactivate/",
        totp.DeactivateTOTPView.as_view(
            template_name=FORM,
            extra_context=_words(
                _("停用动态口令"), _("停用"), _("停用后，登录只需密码。备用码同时作废。")
            ),
        ),
        name="mfa_deactivate_totp",
    ),
    path(
        "2fa/recovery-codes/",
        recovery_codes.ViewRecoveryCodesView.as_view(template_name="org/recovery_codes.html"),
        name="mfa_view_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/generate/",
        recovery_codes.GenerateRecoveryCodesView.as_view(
            template_name=FORM,
            extra_context=_words(_("重新生成备用码"), _("生成"), _("原有备用码将全部作废。")),
        ),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "3rdparty/cancelled/",
        social.LoginCancelledView.as_view(template_name="org/refused_account.html"),
        name="socialaccount_login_cancelled",
    ),
    path(
        "3rdparty/error/",
        social.LoginErrorView.as_view(template_name="org/refused_account.html"),
        name="socialaccount_login_error",
    ),
    path(
        "3rdparty/",
        RedirectView.as_view(pattern_name="org:account"),
        name="socialaccount_connections",
    ),
    path(
        "3rdparty/signup/",
        RedirectView.as_view(pattern_name="account_inactive"),
        name="socialaccount_signup",
    ),
    *build_provider_urlpatterns(),
]
