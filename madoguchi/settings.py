"""One settings file for every installation. What an administrator changes while it runs is in the database instead.

Every variable is documented in docs/settings.md; a test compares the two.
"""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from madoguchi.kit import environment

BASE_DIR = Path(__file__).resolve().parent

DEBUG = environment.flag("MADOGUCHI_DEBUG", default=False)
SECRET_KEY = environment.text("MADOGUCHI_SECRET_KEY")
SECRET_KEY_FALLBACKS = environment.listing("MADOGUCHI_SECRET_KEY_FALLBACKS")
BASE_URL = environment.web_address("MADOGUCHI_BASE_URL", "http://localhost:8000")
"""Where customers' phones and LINE reach us: links to pictures and icons begin with it."""
VAR = environment.folder("MADOGUCHI_VAR", "var")
ALLOWED_HOSTS = environment.hosts("MADOGUCHI_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
TRUSTED_PROXIES = environment.listing("MADOGUCHI_TRUSTED_PROXIES", "127.0.0.1,::1")
"""Whose X-Forwarded-For and X-Forwarded-Proto are believed (addresses or networks); uvicorn reads them."""
WEB_THREADS = environment.whole_number("MADOGUCHI_WEB_THREADS", 8, at_least=1, at_most=64)
"""Pages rendered at the same time by one web process; each may hold one database connection."""
EVENTS_KEPT_DAYS = environment.whole_number("MADOGUCHI_EVENTS_KEPT_DAYS", 30, at_least=7, at_most=3650)
"""How long what LINE sent is kept in its own words after it was handled."""
LOG_LEVEL = environment.one_of("MADOGUCHI_LOG_LEVEL", "info", ("debug", "info", "warning", "error"))

DATABASE_URL, _database = environment.database("MADOGUCHI_DATABASE_URL", "postgresql://localhost/madoguchi")
"""For the hot paths, which talk to psycopg themselves; the rest uses Django's pool."""
_database["CONN_HEALTH_CHECKS"] = True  # a pool keeps connections that a restart of the server has broken
_database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": WEB_THREADS + 4, "timeout": 5}
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "madoguchi.organization",
    "madoguchi.duty",
    "madoguchi.alerts",
    "madoguchi.channels",
    "madoguchi.members",
    "madoguchi.bindings",
    "madoguchi.conversations",
    "madoguchi.routing",
    "madoguchi.menus",
    "madoguchi.intake",
    "madoguchi.reactions",
    "madoguchi.console",
    "madoguchi.door",
    "unfold.apps.BasicAppConfig",
    "madoguchi.kit.support_config.SupportConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "axes",
    "django_htmx",
    "lucide",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "madoguchi.console.base.middleware.PersonMiddleware",
    "madoguchi.console.base.middleware.RefusalMiddleware",
]
ROOT_URLCONF = "madoguchi.urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "madoguchi.console.base.context.console",
            ],
        },
    }
]

AUTH_USER_MODEL = "organization.Staff"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "madoguchi.organization.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
"""Hours."""
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "madoguchi.console.sign_in.views.locked_out"
CSRF_FAILURE_VIEW = "madoguchi.console.base.errors.csrf_failure"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "https:", "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

LANGUAGE_CODE = "zh-hant"
LANGUAGES = [("zh-hant", "繁體中文"), ("zh-hans", "简体中文"), ("ja", "日本語"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = environment.time_zone("MADOGUCHI_TIME_ZONE", "Asia/Taipei")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = VAR / "media"
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_MEMORY_SIZE = 12_000_000

UNFOLD = {"SITE_TITLE": "Madoguchi", "SITE_HEADER": _("Support")}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"class": "madoguchi.kit.logs.OneLine", "format": "%(asctime)s %(levelname)-7s %(name)s: %(message)s"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL.upper()},
    "loggers": {name: {"level": "WARNING"} for name in ("axes", "procrastinate")},
}
