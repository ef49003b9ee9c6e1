"""Settings of sign-in, taken over by the project's: passwords, throttling, second factor, OIDC."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

_TESTING = os.environ.get("HUYING_TESTING") == "1"

AUTHENTICATION_BACKENDS = ["huying.org.sign_in.Backend"]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
if _TESTING:  # thousands of sign-ins in tests; the real hasher is slow on purpose
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Passwords: at least 10 characters of three kinds; HUYING_PASSWORD_DAYS=0 never expires.
PASSWORD_DAYS = int(os.environ.get("HUYING_PASSWORD_DAYS", "90"))
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "pinyin", "phone")},
    },
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": "huying.org.passwords.KindsValidator"},
    {"NAME": "huying.org.passwords.NoReuseValidator", "OPTIONS": {"last": 5}},
]

# A session ends with the browser, and after this many seconds at the latest.
SESSION_COOKIE_AGE = int(os.environ.get("HUYING_SESSION_SECONDS", str(12 * 3600)))
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"

# Throttling counts in the database, because several processes serve.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "org_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/5m/key"}
# Behind a proxy: how many to trust, counted from the server.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("HUYING_PROXIES", "0"))

ACCOUNT_ADAPTER = "huying.org.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
USERSESSIONS_TRACK_ACTIVITY = False

MFA_ADAPTER = "huying.org.sign_in.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Roles that may only work with a second factor, such as `system_admin,security_admin,auditor`.
SECOND_FACTOR_ROLES = frozenset(
    role for role in os.environ.get("HUYING_SECOND_FACTOR_ROLES", "").split(",") if role
)

# Sign-in through an OIDC identity provider, when HUYING_OIDC_URL names one.
SOCIALACCOUNT_ADAPTER = "huying.org.sign_in.SocialAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
OIDC_URL = os.environ.get("HUYING_OIDC_URL", "")
OIDC_CLAIM = os.environ.get("HUYING_OIDC_CLAIM", "preferred_username")
_SECRET_FILE = os.environ.get("HUYING_OIDC_SECRET_FILE", "")
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {"openid_connect": {"OAUTH_PKCE_ENABLED": True}}
if OIDC_URL:
    SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"] = [
        {
            "provider_id": "office",
            "name": os.environ.get("HUYING_OIDC_NAME", "统一身份认证"),
            "client_id": os.environ["HUYING_OIDC_CLIENT"],
            "secret": Path(_SECRET_FILE).read_text(encoding="utf-8").strip()
            if _SECRET_FILE
            else os.environ["HUYING_OIDC_SECRET"],
            "settings": {"server_url": OIDC_URL},
        }
    ]
