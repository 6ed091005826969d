"""Django settings: everything that differs between places of work comes from the environment.

`ZHIPING_DATABASE_URL`      PostgreSQL 15 or later, the owner's role (migrations).
`ZHIPING_APP_DATABASE_URL`  the plain application role; falls back to the owner's.
`ZHIPING_SECRET_KEY`        signing key of sessions; generated once per `ZHIPING_STATE_DIR` when absent.
`ZHIPING_FIELD_KEY`         master key of encrypted fields (64 hex digits); likewise.
`ZHIPING_STATE_DIR`         where uploads, snapshots and generated keys live (default `.zhiping`).
`ZHIPING_HOSTS`             host names served, separated by commas.
`ZHIPING_DEMO`              1: list the demo accounts on the sign-in page.
`ZHIPING_DEBUG`             1: debug pages; never in service.
`ZHIPING_PUBLIC_URL`        the address printed on certificates (default http://127.0.0.1:8000).
`ZHIPING_LOOK_UPS_PER_MINUTE`, `ZHIPING_FAILED_LOOK_UPS_PER_HOUR`, `ZHIPING_PROXIES`
                            limits of the public look-up, and the proxies whose word counts.
"""

import os
from pathlib import Path

from django.utils.csp import CSP

from zhiping.config.database import database_from_url
from zhiping.config.secrets import secret_from_state

ROOT = Path(__file__).resolve().parents[3]
STATE_DIR = Path(os.environ.get("ZHIPING_STATE_DIR", ROOT / ".zhiping"))

DEBUG = os.environ.get("ZHIPING_DEBUG") == "1"
DEMO = os.environ.get("ZHIPING_DEMO") == "1"
SECRET_KEY = os.environ.get("ZHIPING_SECRET_KEY") or secret_from_state(STATE_DIR, "secret-key")
FIELD_KEY = bytes.fromhex(os.environ.get("ZHIPING_FIELD_KEY") or secret_from_state(STATE_DIR, "field-key"))
ALLOWED_HOSTS = os.environ.get("ZHIPING_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "axes",
    "procrastinate.contrib.django",
    "zhiping.apps.journal",
    "zhiping.apps.authorities",
    "zhiping.apps.reference",
    "zhiping.apps.registry",
    "zhiping.apps.exams",
    "zhiping.apps.certificates",
    "zhiping.apps.screening",
    "zhiping.ui",
    "zhiping.portals",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "zhiping.portals.refusals.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "zhiping.config.urls"
WSGI_APPLICATION = "zhiping.config.wsgi.application"

_PORTALS = Path(__file__).resolve().parents[1] / "portals"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": sorted(_PORTALS.glob("*/templates")),
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zhiping.portals.context.portal",
            ],
        },
    },
]

_OWNER_URL = os.environ.get("ZHIPING_DATABASE_URL", "")
_APP_URL = os.environ.get("ZHIPING_APP_DATABASE_URL") or _OWNER_URL
DATABASES = {
    "default": database_from_url(_OWNER_URL if os.environ.get("ZHIPING_AS_OWNER") == "1" else _APP_URL)
}
FORM_RENDERER = "zhiping.ui.forms.Renderer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "authorities.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/after-sign-in/"
LOGOUT_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "zhiping.portals.accounts.views.locked_out"
CSRF_FAILURE_VIEW = "zhiping.portals.public.views.errors.csrf_failure"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
STATICFILES_DIRS = sorted(_PORTALS.glob("*/static"))
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": STATE_DIR / "files"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
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
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 300

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("ZHIPING_LOG_LEVEL", "WARNING")},
}
