"""The Django project. What an installation may change is in environment.py."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from . import logs
from .environment import ROOT, environment
from .periodic import schedules

PACKAGE = Path(__file__).resolve().parent.parent
DATA = environment.data.resolve()
DEBUG = environment.debug
DEMO = environment.demo
BASE_URL = environment.base_url.rstrip("/")
_address = urlsplit(BASE_URL)


def _secret_key() -> str:
    if environment.secret_key:
        return environment.secret_key
    path = DATA / "secret.key"
    if not path.exists():
        DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = [_address.hostname or "127.0.0.1", "127.0.0.1", "localhost", "[::1]", *environment.hosts]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

ROOMS = [
    "firstline.core.ui",
    "firstline.core.leases",
    "firstline.core.search",
    "firstline.core.events",
    "firstline.core.jobs",
    "firstline.core.quiet",
    "firstline.core.live",
    "firstline.core.preferences",
    "firstline.core.calendars",
    "firstline.people.accounts",
    "firstline.people.organisations",
    "firstline.people.teams",
    "firstline.people.access",
    "firstline.people.notifications",
    "firstline.work.intake",
    "firstline.work.catalog",
    "firstline.work.tickets",
    "firstline.work.conversations",
    "firstline.work.tasks",
    "firstline.flow.sla",
    "firstline.flow.escalation",
    "firstline.flow.surveys",
    "firstline.insight.reports",
    "firstline.flow.approvals",
    "firstline.flow.workflows",
    "firstline.flow.triage",
    "firstline.flow.automations",
    "firstline.channels.email",
    "firstline.channels.alerts",
    "firstline.doors.desk",
    "firstline.doors.portal",
    "firstline.doors.api",
    "firstline.channels.transfer",
]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_ox",
    *ROOMS,
]

MIDDLEWARE = [
    "firstline.config.middleware.around_each_request",
    "firstline.config.middleware.careful_headers",
    "firstline.config.middleware.Zip",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "firstline.config.middleware.texts_that_can_be_kept",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "firstline.people.accounts.screens.middleware.SessionAge",
    "firstline.config.middleware.own_language_and_time",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "firstline.core.entry.middleware.EntryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "firstline.config.middleware.Refusals",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "firstline.config.urls"
WSGI_APPLICATION = "firstline.config.wsgi.application"
AUTH_USER_MODEL = "accounts.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _database(address: str) -> dict[str, Any]:
    if not address or address.startswith("sqlite:"):
        # sqlite:////absolute/path or sqlite:///relative/path
        name = address.removeprefix("sqlite:///") or str(DATA / "firstline.sqlite3")
        return {
            "ENGINE": "firstline.core.database.sqlite",
            "NAME": name,
            "OPTIONS": {"transaction_mode": "IMMEDIATE"},
            "CONN_MAX_AGE": None,
            "TEST": {"NAME": ":memory:"},
        }
    parts = urlsplit(address)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # A worker that freezes inside a transaction must not hold its locks for ever. Plans are kept and not compiled:
        # docs/why/database.md.
        "OPTIONS": {
            "options": "-c idle_in_transaction_session_timeout=60000 -c jit=off",
            "server_side_binding": True,
            "prepare_threshold": int(options.pop("prepare_threshold", 2)) or None,
            **options,
        },
    }


DATABASES = {"default": _database(environment.database)}
if DATABASES["default"]["ENGINE"].endswith("sqlite") and not str(DATABASES["default"]["NAME"]).startswith(":"):
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": sorted(str(path) for path in PACKAGE.glob("*/*/templates")),
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "firstline.core.ui.environment.environment",
            "context_processors": [
                "firstline.core.ui.shell.context",
                "firstline.people.accounts.screens.shell.context",
                "firstline.config.navigation.context",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
    {
        # For the pages of third parties that we have not dressed yet; ours are all Jinja2.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("vi", _("Vietnamese")),
    ("pl", _("Polish")),
    ("es", _("Spanish")),
    ("it", _("Italian")),
    ("fr", _("French")),
    ("de", _("German")),
    ("zh-hans", _("Simplified Chinese")),
]
LOCALE_PATHS = [str(PACKAGE / "locale")]

STATIC_URL = "/static/"
STATIC_ROOT = str(PACKAGE / "static-collected")

TASKS = {
    "default": {
        "BACKEND": "django_ox.backend.OxBackend",
        "QUEUES": ["default", "mail"],
        "OPTIONS": {
            "WORKER_CLASS": "firstline.core.jobs.worker.FencedWorker",
            "MAX_ATTEMPTS": 8,
            "LOCK_TIMEOUT": 30,  # seconds a worker may be silent before its jobs go to another
            "BACKOFF_INITIAL": 5,
            "BACKOFF_MAX": 3600,
            "SCHEDULES": schedules(),
        },
    }
}

# Security: TRUST chapter V3. Everything comes from our own origin.
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_is_https = _address.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
SESSION_COOKIE_NAME = "__Host-firstline" if _is_https else "firstline"
CSRF_COOKIE_NAME = "__Host-firstline-csrf" if _is_https else "firstline-csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False  # the neighbours of our host name are not ours to bind
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # … which is what these two ask for
SECURE_SSL_REDIRECT = _is_https and environment.trusted_proxies > 0  # without a proxy we never see plain HTTP
if environment.trusted_proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 50

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/account/login/"
AUTHENTICATION_BACKENDS = ["firstline.people.accounts.screens.known.Backend"]
SESSION_ENGINE = "firstline.people.accounts.screens.known"
SESSION_ABSOLUTE_AGE = 30 * 24 * 3600  # seconds; SESSION_COOKIE_AGE is for how long it may lie unused
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # not a cookie of its own

# Signing in (allauth). Its pages and mails are ours: people/accounts.
ACCOUNT_ADAPTER = "firstline.people.accounts.screens.entrance.Entrance"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # without a password here, signing in would have none either
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 -- a class
ACCOUNT_REAUTHENTICATION_REQUIRED = MFA_REAUTHENTICATION_REQUIRED = False  # people/accounts/rules.fresh asks instead
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_SESSION_REMEMBER = True  # the session ends by SESSION_COOKIE_AGE and SESSION_ABSOLUTE_AGE, not by a tick
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",  # an office stands behind one address
    "login_failed": "20/m/ip,5/5m/key",
    "request_login_code": "30/m/ip,3/m/key,10/h/key",
    "reset_password": "20/m/ip,3/m/key,10/h/key",
}
PASSWORD_RESET_TIMEOUT = 2 * 3600
MFA_ADAPTER = "firstline.people.accounts.screens.entrance.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
ALLAUTH_TRUSTED_PROXY_COUNT = environment.trusted_proxies

# Counts of attempts and used codes must be shared by all processes and survive a restart: so they lie in the
# database, which every installation has. What may differ between processes uses the other one.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

# Codes and links of the sign-in pages. channels/email puts its outbox here.
MAILERS = {"default": {"BACKEND": "firstline.config.mail.Outbox"}}  # codes and links leave by the outbox, too
DEFAULT_FROM_EMAIL = f"Firstline <no-reply@{_address.hostname}>"

LOGGING = logs.configuration(environment.log_level)

OUTBOUND_ALLOWED = environment.outbound_allowed
FILES_FOLDER = DATA / "files"
SHARED_DATA = ROOT.parent / "shared" / "data"

MAIL_ADDRESS = environment.mail_address
MAIL_NAME = environment.mail_name
MAIL_ALIASES = environment.mail_aliases
MAIL_TRUSTED_SERVER = environment.mail_trusted_server
SMTP_URL = environment.smtp
