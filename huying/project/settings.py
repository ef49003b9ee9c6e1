"""Settings, read from the environment once; a wrong one fails loudly at start."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import urlsplit

from huying.kernel import secrets
from huying.kernel.postgres import database_settings
from huying.org.settings import *  # noqa: F403  (sign-in)
from huying.project import home

ROOT = home.ROOT
HOME = home.home()
PORT = home.port()
DEMO = home.mode() == "demo"
TESTING = os.environ.get("HUYING_TESTING") == "1"

# The city hotline's line (docs/hotline.md): its address, and its names of fields where they differ.
CITY_LINE = os.environ.get("HUYING_CITY_LINE", "").rstrip("/")
CITY_NAMES: dict[str, str] = json.loads(os.environ.get("HUYING_CITY_NAMES", "{}"))

# Where people reach us: HUYING_ORIGINS=https://huying.example.cn (several by comma). TLS ends
# at the proxy in front, which sets X-Forwarded-Proto and forwards to 127.0.0.1 (docs/install.md).
ORIGINS = [origin for origin in os.environ.get("HUYING_ORIGINS", "").split(",") if origin]
HTTPS = any(origin.startswith("https://") for origin in ORIGINS)

SECRET_KEY = secrets.text(HOME, "django.key")
DEBUG = False
ALLOWED_HOSTS = [
    *(host for host in os.environ.get("HUYING_HOSTS", "").split(",") if host),
    *(urlsplit(origin).hostname or origin for origin in ORIGINS),
    *("127.0.0.1", "localhost", "[::1]"),
    *(["testserver"] if TESTING else []),
]
CSRF_TRUSTED_ORIGINS = ORIGINS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # the supervisor asks over plain http on this machine
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "pgtrigger",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "huying.kernel",
    "huying.web",
    "huying.org",
    "huying.cases",
    "huying.evaluate",
    "huying.portal",
    "huying.project",
    *(["demo"] if DEMO else []),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "huying.web.middleware.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "huying.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "huying.org.middleware.AskerMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "huying.web.middleware.NoticesMiddleware",
    "huying.web.middleware.RefusalMiddleware",
    "huying.org.middleware.DutiesMiddleware",
]

ROOT_URLCONF = "huying.project.urls"
WSGI_APPLICATION = "huying.project.wsgi.application"
AUTH_USER_MODEL = "org.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "huying.web.context.face",
            ],
        },
    }
]

# The gateway of short messages: `http` as HUYING_SMS_GATEWAY describes it (JSON, or a file of it;
# docs/portal.md), or `package.module:Sender`; a demonstration shows messages on the page.
SMS = os.environ.get("HUYING_SMS", "")
SMS_GATEWAY: dict[str, Any] = home.described(os.environ.get("HUYING_SMS_GATEWAY", ""))

DATABASES = {"default": database_settings(HOME)}
if TESTING:  # tests empty their tables between them, which append-only tables otherwise refuse
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c huying.may_truncate=on"

LOGIN_URL = "/accounts/login/"
CSRF_FAILURE_VIEW = "huying.web.states.csrf_failed"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}
if TESTING:  # serve straight from the sources
    WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "huying.kernel.logs.Discreet"}},
    "handlers": {"standard error": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["standard error"], "level": "WARNING"},
    "loggers": {
        "huying": {"level": os.environ.get("HUYING_LOG_LEVEL", "INFO")},
        "django": {"handlers": ["standard error"], "level": "WARNING", "propagate": False},
    },
}
