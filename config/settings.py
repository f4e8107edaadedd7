"""Settings, all of them from the environment. docs/operations.md lists the variables."""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from .environment import (
    caches,
    database,
    field_keys,
    key_bytes,
    local_keys,
    one_of,
    read,
    required,
)

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Kind of installation -------------------------------------------------------------------
# demo: local, generated keys, demo accounts. test: the suite. production: nothing by default.
MODE = read(
    "PORTAL_MODE",
    one_of("demo", "test", "production"),
    "production",
    "write demo, test or production",
)
PRODUCTION = MODE == "production"
DEMO = MODE == "demo"
DEBUG = False
DATA_DIR = read("DATA_DIR", Path, BASE_DIR / ".data", "give a folder the portal may write to")

if PRODUCTION:
    _keys = {
        name: required(name, hint)
        for name, hint in {
            "SECRET_KEY": "a random text of at least 50 characters",
            "FIELD_KEYS": "encryption keys of personal data, as id:base64 of 32 bytes",
            "INDEX_KEY": "base64 of 32 random bytes, for looking up encrypted values",
            "AUDIT_KEY": "base64 of 32 random bytes, which seals the audit trail",
        }.items()
    }
    ALLOWED_HOSTS = [
        host.strip()
        for host in required("ALLOWED_HOSTS", "the host names, comma separated").split(",")
    ]
else:
    _keys = local_keys(DATA_DIR)
    ALLOWED_HOSTS = read(
        "ALLOWED_HOSTS",
        lambda raw: [host.strip() for host in raw.split(",")],
        ["127.0.0.1", "localhost", "[::1]", "testserver"],
        "write the host names, comma separated",
    )
SECRET_KEY = _keys["SECRET_KEY"]

for _name, _value in _keys.items():
    os.environ.setdefault(_name, _value)
FIELD_KEYS = read("FIELD_KEYS", field_keys, {}, "write id:base64 of 32 bytes, comma separated")
INDEX_KEY = read("INDEX_KEY", key_bytes, b"", "write base64 of 32 random bytes")
AUDIT_KEY = read("AUDIT_KEY", key_bytes, b"", "write base64 of 32 random bytes")

# --- Apps -----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "core",
    "orgs",
    "members",
    "schedules.rounds",
    "schedules.action_items",
    "schedules.life",
    "schedules.dispatch",
    "schedules.themes",
    "schedules.weak_cases",
    "schedules.concerns",
    "schedules.neighbours",
    "assessments.schemes",
    "assessments.cycles",
    "assessments.self_assessments",
    "assessments.reviews",
    "assessments.ballots",
    "assessments.decisions",
    "assessments.rectifications",
    "assessments.boards",
    "showcase.brands",
    "showcase.projects",
    "showcase.panels",
    "showcase.sites",
    "showcase.public",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "axes",
    "crispy_forms",
    "csp",
    "django_htmx",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # So far out that also what is refused early (a foreign host) carries it.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.http.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Inside of that: static files lie there compressed. Outside of whatever writes a body.
    "core.compression.CompressionMiddleware",
    "core.problems.ProblemMiddleware",
    "core.http.RequestIdMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    # Behind the one that reads the form first, outside of all that look at what was typed.
    "core.edge.TextMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "orgs.middleware.SessionLimitMiddleware",
    "orgs.middleware.SignInMiddleware",
    "orgs.middleware.ActorMiddleware",
    "orgs.middleware.RefusalMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.http.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("portal",)
CRISPY_TEMPLATE_PACK = "portal"
CRISPY_FAIL_SILENTLY = PRODUCTION  # a layout that names no field of its form

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "orgs.context_processors.frame",
            ],
            "builtins": [
                f"core.templatetags.{name}"
                for name in ("words", "components", "forms", "lists", "charts")
            ],
        },
    },
]

# --- Database -------------------------------------------------------------------------------
DATABASE_URL = read(
    "DATABASE_URL", str, f"sqlite:///{DATA_DIR / 'portal.sqlite3'}", "give a database URL"
)
DATABASES = {"default": database(DATABASE_URL)}
if MODE == "test" and DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file: threads of one test share it, which they cannot with an in-memory database.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Background work ------------------------------------------------------------------------
REDIS_URL = read("REDIS_URL", str, "", "write redis://host:6379/0")
# Embedded: the worker's threads live in the web process, on an in-memory broker that is only
# the bell; the rows in the database are the work (docs/adr/0003).
EMBEDDED = not REDIS_URL
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "visibility_timeout": 900,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
        # A page that rings at a broker that is gone gives up at once; workers go on trying.
        "max_retries": 0,
    }
    if REDIS_URL
    else {"polling_interval": 0.05}  # seconds between looks into the in-memory queue
)
# Nothing is kept in a cache but counters of the API: what would hurt to lose lies in the database.
CACHES = caches(REDIS_URL)
CELERY_BEAT_SCHEDULE = {
    # A bell that nobody heard in time is worth nothing: the next one says the same.
    "sweep": {"task": "core.sweep", "schedule": 2.0, "options": {"expires": 10}},
    "tick": {"task": "core.tick", "schedule": 30.0, "options": {"expires": 60}},
}

# --- People and sessions --------------------------------------------------------------------
AUTH_USER_MODEL = "orgs.User"
LOGIN_URL = "orgs:login"
LOGIN_REDIRECT_URL = "core:home"
LOGOUT_REDIRECT_URL = "orgs:login"
AUTHENTICATION_BACKENDS = [
    "orgs.backends.LockoutBackend",
    "orgs.backends.NameOrPhoneBackend",
]
PASSWORD_PROFILE = read(
    "PASSWORD_PROFILE", one_of("dengbao", "asvs"), "dengbao", "write dengbao or asvs"
)
PASSWORD_MAX_AGE_DAYS = 90 if PASSWORD_PROFILE == "dengbao" else None
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "orgs.passwords.LengthValidator"},
    {"NAME": "orgs.passwords.ProfileValidator"},
    {"NAME": "orgs.passwords.GuessValidator"},
]
if MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ONE_TIME_SECRET_AGE = 3600  # seconds
SLIP_AGE = 7 * 24 * 3600  # seconds that a printed first password lives
ACCOUNT_DORMANT_DAYS = read("ACCOUNT_DORMANT_DAYS", int, 90, "write a number of days, 0 for never")
if MODE == "test":
    ACCOUNT_DORMANT_DAYS = 0  # the people of the tests have made their accounts and never come

# Rows of a file with numbers and phones in full from which on a second person must allow it.
FULL_EXPORT_ROWS = read("FULL_EXPORT_ROWS", int, 500, "write a number of rows")

SESSION_ENGINE = "orgs.sessions"
SESSION_IDLE_SECONDS = 30 * 60
SESSION_IDLE_SECONDS_ADMIN = 15 * 60
SESSION_ABSOLUTE_SECONDS = 12 * 3600
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# Lock-out: by account and address together, in the database, so that nobody can lock another
# person out from elsewhere and a restart forgets nothing.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_RESET_ON_SUCCESS = True
# Trying on while locked out does not lengthen the lock: 15 minutes are 15 minutes.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "orgs.views.accounts.locked_out"
AXES_USERNAME_CALLABLE = "orgs.backends.lockout_name"
AXES_CLIENT_IP_CALLABLE = "core.http.client_network"
AXES_SENSITIVE_PARAMETERS = ["username", "password"]
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
# One address that tries so many names, one name that fails so often from anywhere, within the time
# of a lock-out: then one try in some seconds is looked at (orgs/backends.py).
SIGN_IN_NAMES_OF_ADDRESS = 15
SIGN_IN_FAILURES_OF_NAME = 20
SIGN_IN_SLOW_SECONDS = 10
# What a person may look for in vain (things that are not his or not there) before looking stops
# for a while, and how often a day he may register a number that stands elsewhere.
REFUSALS = 25
REFUSALS_WINDOW = 10 * 60  # seconds
NUMBERS_IN_VAIN = 5
if MODE == "test":
    REFUSALS = 100_000
TRUSTED_PROXY_COUNT = read("TRUSTED_PROXY_COUNT", int, 0, "write the number of proxies in front")

# --- API ------------------------------------------------------------------------------------
# Requests of a person (or an address), attempts to get a token from an address, and requests of an
# address to the pages for all.
API_RATES = {"person": "600/min", "token": "20/min", "public": "600/min"}
if MODE == "test":
    API_RATES = dict.fromkeys(API_RATES, "100000/min")
# The public form: pages in steps, forms sent from an address (phones share addresses) and from all
# together, questions by an address and for one number.
PUBLIC_FORM_RATES = {
    "look": "120/h",
    "send": "10/h",
    "send-day": "30/d",
    "send-all": "200/h",
    "query": "30/h",
    "query-number": "10/h",
}
if MODE == "test":
    PUBLIC_FORM_RATES = dict.fromkeys(PUBLIC_FORM_RATES, "100000/h")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "orgs.authentication.TokenAuthentication",
        "orgs.authentication.BrowserAuthentication",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "党建门户接口",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "POSTPROCESSING_HOOKS": ["core.api.document_problems"],
}

# --- Security headers -----------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
HTTPS = read("HTTPS", bool, PRODUCTION, "write 1 when the portal is served over TLS, else 0")
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sid"
    CSRF_COOKIE_NAME = "__Host-csrf"
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host != "*"]

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
UPLOAD_DAILY_COUNT = 200  # files of one person within 24 hours
UPLOAD_DAILY_BYTES = 500 * 1024 * 1024
ATTACHMENT_DIR = DATA_DIR / "attachments"
# With a scanner nobody opens a file that it has not called clean.
CLAMD_URL = read("CLAMD_URL", str, "", "write tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl")
CLAMD_TIMEOUT = 30.0  # seconds

# --- Language, time, static files -----------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"] if (BASE_DIR / "locale").exists() else []
DATE_FORMAT = "Y年n月j日"
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Only our own: no page uses what the packages bring along.
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "core.styles.BuiltFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": {
            "production": "whitenoise.storage.CompressedManifestStaticFilesStorage",
            "demo": "core.static_files.DemoStaticFilesStorage",
            "test": "django.contrib.staticfiles.storage.StaticFilesStorage",
        }[MODE]
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
# A test's client starts the middleware anew each time: it must not read all static files each time.
WHITENOISE_AUTOREFRESH = MODE == "test"

# --- Mail -----------------------------------------------------------------------------------
# Without SMTP_HOST mails are written to files, one each, in DATA_DIR/mail.
EMAIL_HOST = read("SMTP_HOST", str, "", "give the mail server's host name")
EMAIL_PORT = read("SMTP_PORT", int, 25, "give a port number")
EMAIL_HOST_USER = read("SMTP_USER", str, "", "give the mail account")
EMAIL_HOST_PASSWORD = read("SMTP_PASSWORD", str, "", "give the mail account's password")
EMAIL_USE_TLS = read("SMTP_TLS", bool, False, "write 1 or 0")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = read("MAIL_FROM", str, "party-portal@localhost", "give an address")
EMAIL_FILE_PATH = DATA_DIR / "mail"
if MODE != "test":
    EMAIL_BACKEND = (
        "django.core.mail.backends.smtp.EmailBackend"
        if EMAIL_HOST
        else "django.core.mail.backends.filebased.EmailBackend"
    )
PORTAL_URL = read("PORTAL_URL", str, "http://127.0.0.1:8000", "give the address people use")
PORTAL_NAME = read("PORTAL_NAME", str, "徐州经济技术开发区", "give the zone's name")

# --- Reminders ------------------------------------------------------------------------------
REMINDER_HOURS = (8, 18)  # local time, on working days only
# Who of the direct committee is told of an overdue report, and after how many working days. The
# organisation's own people are told first; a post that nobody with an account holds falls to
# those who check reports there.
ESCALATION = (
    ("organization_commissioner", 1),
    ("organization_section_chief", 3),
    ("deputy_secretary", 5),
)

# --- Watching -------------------------------------------------------------------------------
# Without a token there is no /metrics.
METRICS_TOKEN = read("METRICS_TOKEN", str, "", "write a random text of at least 20 characters")
# The newest file in here says when the last backup was made; /readyz fails when it is older.
BACKUP_DIR = read("BACKUP_DIR", Path, None, "give the folder that backups are written to")
BACKUP_MAX_AGE_HOURS = read("BACKUP_MAX_AGE_HOURS", int, 26, "give a number of hours")
# `manage.py backup` deletes older ones, but never the newest so many.
BACKUP_KEEP_DAYS = read("BACKUP_KEEP_DAYS", int, 30, "give a number of days")
BACKUP_KEEP_COUNT = read("BACKUP_KEEP_COUNT", int, 7, "give a number of backups")
BACKLOG_LIMIT = read("BACKLOG_LIMIT", int, 5_000, "give the number of effects that is too many")

# --- Audit ----------------------------------------------------------------------------------
AUDIT_RETENTION_DAYS = read("AUDIT_RETENTION_DAYS", int, 365, "give days, at least 180")

LOG_FORMAT = read("LOG_FORMAT", one_of("line", "json"), "line", "write line or json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "core.logs.LineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "json": {"()": "core.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": "WARNING" if MODE == "test" else "INFO"},
    "loggers": {
        "axes": {"level": "ERROR"},
        "celery": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        # Their messages may quote the text that is laid out.
        "weasyprint": {"level": "CRITICAL"},
        "fontTools": {"level": "ERROR"},
        # One line for each request, only where a machine reads them.
        "portal.requests": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
