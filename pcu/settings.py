"""Settings of one installation. All of it comes from the environment, or from files named by NAME_FILE.

Settings start nothing: where DATABASE_URL or REDIS_URL is not set, the launcher and the test plugin start the
embedded servers and export the addresses (see pcu/embedded).
"""

import os
from datetime import timedelta
from pathlib import Path

import pghistory
import structlog
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from environ import FileAwareEnv

from pcu.embedded.urls import celery_broker_url

# Polars reads it when it is imported. Workers share the machine's cores already; a thread pool in each would only
# get in the way, and a parent that forks must not have one.
os.environ.setdefault("POLARS_MAX_THREADS", "1")

BASE_DIR = Path(__file__).resolve().parent.parent

env = FileAwareEnv()

# What a build or a check needs of the code (collectstatic, makemessages, type checks) runs without any of these.
SECRET_KEY = env("SECRET_KEY", default="")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("HTTPS", default=False)
# Marked on every page, so that invented cargo is never taken for real.
SYNTHETIC_DATA = env.bool("SYNTHETIC_DATA", default=False)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "pcu.accounts",
    "django.contrib.admin",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "template_partials",
    "django_filters",
    "tablericons",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "django_structlog",
    "django_prometheus",
    "pcu.desk",
    "profiling.codelists",
    "profiling.parties",
    "profiling.cargo",
    "profiling.documents",
    "profiling.lookouts",
    "profiling.indicators",
    "profiling.rules",
    "profiling.cases",
    "profiling.intake",
    "profiling.api",
    "profiling.web",
    "inspections",
    "exchanges",
    "demo",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "pcu.desk.middleware.PageOwnerMiddleware",
    "pcu.desk.middleware.UserZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "pcu.urls"
WSGI_APPLICATION = "pcu.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "pcu.desk.context.shell",
            ],
        },
    },
]
FORM_RENDERER = "pcu.desk.forms.DeskRenderer"

# ---- stores
DATABASES = {"default": env.db_url("DATABASE_URL", default="postgres://pcu@localhost/pcu")}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="redis://localhost:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

# Bytes as they were pushed, named by their SHA-256; a shared volume where web and workers are apart.
STORE_DIR = env("PCU_STORE_DIR", default=str(BASE_DIR / "var" / "store"))
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": STORE_DIR,
            "base_url": None,
            "file_permissions_mode": 0o640,
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
STATIC_URL = "static/"
STATIC_ROOT = env("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Served straight from the apps: an installation needs no collectstatic step, and one that has run it is faster.
WHITENOISE_USE_FINDERS = True

# ---- sign-in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "queue"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "pcu.accounts.adapter.ClosedAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# axes counts failed sign-ins; two counters would lock people out twice.
ACCOUNT_RATE_LIMITS = {"login_failed": None}
# Posts share machines: the session ends with the browser, at the latest after SESSION_COOKIE_AGE.
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "PCU"
MFA_FORMS = {"add_webauthn": "pcu.accounts.forms.AddKeyForm", "edit_webauthn": "pcu.accounts.forms.EditKeyForm"}
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_CLIENT_STR_KEY = "PATH_INFO"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = False

# ---- browser security
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # the worker that keeps an examination open without a link (static/js/inspection_worker.js)
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# ---- words and times
DATA_UPLOAD_MAX_NUMBER_FIELDS = 8000  # a rule of five hundred conditions is one form
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = True
# Day before month and a 24 hour clock, also in English.
FORMAT_MODULE_PATH = ["pcu.desk.formats"]

# ---- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["pcu.accounts.permissions.StaffOnly"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["pcu.desk.rest.JsonParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "pcu.desk.rest.ChangesPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_standardized_errors.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "DEFAULT_VERSIONING_CLASS": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
DRF_STANDARDIZED_ERRORS = {"EXCEPTION_HANDLER_CLASS": "profiling.api.errors.ApiExceptionHandler"}
REST_KNOX = {"TOKEN_TTL": timedelta(days=365), "AUTH_HEADER_PREFIX": "Token"}
SPECTACULAR_SETTINGS = {
    "TITLE": "PCU",
    "DESCRIPTION": "Push manifests; read consignments, assessments, cases and holds; act on cases; record seizures.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    # Not for client systems: the schema names what they must not know of.
    "SERVE_PERMISSIONS": ["pcu.accounts.permissions.StaffOnly"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Without this the page sends the schema's address to a public validator.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    # Fields called state, kind or type have other choices in each object; these name them.
    "ENUM_NAME_OVERRIDES": {
        "CaseStateEnum": "profiling.cases.models.Case.State",
        "NamedListKindEnum": "profiling.rules.models.NamedList.Kind",
        "ReleaseStateEnum": "profiling.rules.models.Release.State",
        "ProposalVerdictEnum": "profiling.rules.models.Proposal.Verdict",
        "HoldStateEnum": "profiling.cases.models.Hold.State",
        "ReferralStateEnum": "profiling.cases.models.Referral.State",
        "InspectionStateEnum": "inspections.choices.State",
        "PointStateEnum": "inspections.choices.PointState",
        "MethodEnum": "profiling.cases.choices.Method",
        "CaseEventKindEnum": "profiling.cases.models.CaseEvent.Kind",
        "DecisionKindEnum": "profiling.cases.choices.DecisionKind",
        "SubmissionStatusEnum": "profiling.cargo.models.Submission.Status",
        "OutcomeStatusEnum": "profiling.cases.choices.OutcomeStatus",
        "OutcomeSourceEnum": "profiling.cases.choices.OutcomeSource",
        "ExaminationResultEnum": "profiling.cases.choices.Result",
        "PartyRoleEnum": "profiling.cargo.choices.PartyRole",
        "WarningStateEnum": "exchanges.choices.State",
        "RequestedActionEnum": "exchanges.choices.RequestedAction",
        "ActionTakenEnum": "exchanges.choices.Action",
        "MessageKindEnum": "exchanges.choices.Line",
        "ClockKindEnum": "exchanges.choices.ClockKind",
        "LookoutKindEnum": "profiling.lookouts.choices.Kind",
        "LookoutStandingEnum": "profiling.lookouts.choices.Standing",
        "LookoutActionEnum": "profiling.lookouts.choices.Action",
        "LookoutSourceEnum": "profiling.lookouts.choices.Source",
        "FeedbackResultEnum": "exchanges.choices.Answer",
        "LinkKindEnum": "inspections.models.Link.Kind",
        "DocumentKindEnum": "profiling.documents.choices.Kind",
        "DocumentSourceEnum": "profiling.documents.choices.Source",
        "EquipmentKindEnum": "profiling.cargo.choices.EquipmentKind",
        "ValidationErrorEnum": "drf_standardized_errors.openapi_serializers.ValidationErrorEnum",
        "ClientErrorEnum": "drf_standardized_errors.openapi_serializers.ClientErrorEnum",
        "ServerErrorEnum": "drf_standardized_errors.openapi_serializers.ServerErrorEnum",
        "ErrorCode401Enum": "drf_standardized_errors.openapi_serializers.ErrorCode401Enum",
        "ErrorCode403Enum": "drf_standardized_errors.openapi_serializers.ErrorCode403Enum",
        "ErrorCode404Enum": "drf_standardized_errors.openapi_serializers.ErrorCode404Enum",
        "ErrorCode405Enum": "drf_standardized_errors.openapi_serializers.ErrorCode405Enum",
        "ErrorCode406Enum": "drf_standardized_errors.openapi_serializers.ErrorCode406Enum",
        "ErrorCode415Enum": "drf_standardized_errors.openapi_serializers.ErrorCode415Enum",
        "ErrorCode500Enum": "drf_standardized_errors.openapi_serializers.ErrorCode500Enum",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_standardized_errors.openapi_hooks.postprocess_schema_enums",
    ],
}

# ---- workers
CELERY_BROKER_URL = celery_broker_url(REDIS_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 43_200}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 3600
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
# The lease brings a job back, not the broker (docs/architecture.md, "Jobs").
JOB_LEASE_SECONDS = env.float("JOB_LEASE_SECONDS", default=30)
JOB_SWEEP_SECONDS = env.float("JOB_SWEEP_SECONDS", default=10)
JOB_REQUEUE_SECONDS = env.float("JOB_REQUEUE_SECONDS", default=300)
JOB_ATTEMPTS = 3
EXCHANGE_SWEEP_SECONDS = env.float("EXCHANGE_SWEEP_SECONDS", default=60)
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "pcu.desk.tasks.sweep_jobs", "schedule": JOB_SWEEP_SECONDS},
    "sweep-exchanges": {"task": "exchanges.tasks.sweep_exchanges", "schedule": EXCHANGE_SWEEP_SECONDS},
    "begin-lookouts": {"task": "profiling.cases.tasks.begin_lookouts", "schedule": 600},
    "refresh-snapshots": {"task": "profiling.cases.tasks.refresh_snapshots", "schedule": 900},
    "count-peers": {"task": "profiling.indicators.tasks.count_peers", "schedule": crontab(hour=1, minute=20)},
}
CELERY_BEAT_SCHEDULE_FILENAME = env("BEAT_SCHEDULE_FILE", default=str(BASE_DIR / "var" / "beat-schedule"))

# ---- the past that rules are tried on: files that may be lost at any time, shared by web and workers
SNAPSHOT_DIR = env("PCU_SNAPSHOT_DIR", default=str(Path(STORE_DIR) / "snapshots"))
SNAPSHOT_CACHE = env.int("SNAPSHOT_CACHE", default=512 * 1024 * 1024)  # bytes of columns that one process keeps

# ---- intake
MAX_UPLOAD = env.int("MAX_UPLOAD", default=256 * 1024 * 1024)
# In each web process; fewer than the threads of gunicorn.conf.py, for pages need some too.
UPLOADS_AT_ONCE = env.int("UPLOADS_AT_ONCE", default=8)
# A body of which nothing comes for so long is given up, and its thread is free again.
BODY_SILENCE_SECONDS = env.float("BODY_SILENCE_SECONDS", default=30)
CHUNK_BILLS = env.int("CHUNK_BILLS", default=1000)
# Secret seed of the random sample: who knows it can foresee which cargo is drawn.
SAMPLE_SEED = env("PCU_SAMPLE_SEED", default=SECRET_KEY)
# Share of clean examinations that are reviewed without the author's name, drawn under the seed.
REVIEW_BLIND_SHARE = env.float("REVIEW_BLIND_SHARE", default=0.1)
CLAIM_MINUTES = env.int("CLAIM_MINUTES", default=30)
# Cargo whose conveyance was due this long ago still stands: a new lookout is held against it.
LOOKOUT_DAYS_BACK = env.int("LOOKOUT_DAYS_BACK", default=3)

# ---- documents
# Bytes of one file set beside a consignment, and pages of a PDF whose text is read.
MAX_DOCUMENT = env.int("MAX_DOCUMENT", default=20 * 1024 * 1024)
# Documents that one push may bring beside its manifest, and their bytes together.
MAX_PUSH_DOCUMENTS = env.int("MAX_PUSH_DOCUMENTS", default=20)
MAX_PUSH_DOCUMENT_BYTES = env.int("MAX_PUSH_DOCUMENT_BYTES", default=100 * 1024 * 1024)
DOCUMENT_PAGES = env.int("DOCUMENT_PAGES", default=50)
# What scans files for malware: a function by its dotted path, or clamd by tcp://host:port or unix:///path. None: "".
MALWARE_SCANNER = env("MALWARE_SCANNER", default="")

# ---- inspections
# Bytes of one photograph or scan image.
MAX_PHOTO = env.int("MAX_PHOTO", default=20 * 1024 * 1024)

# ---- exchanges
# By urgency: minutes to acknowledge, days to give feedback.
WARNING_TIMES = {
    "flash": (env.int("WARNING_FLASH_MINUTES", default=30), env.int("WARNING_FLASH_DAYS", default=3)),
    "urgent": (env.int("WARNING_URGENT_MINUTES", default=120), env.int("WARNING_URGENT_DAYS", default=7)),
    "normal": (env.int("WARNING_NORMAL_MINUTES", default=24 * 60), env.int("WARNING_NORMAL_DAYS", default=14)),
}
MESSAGE_ANSWER_HOURS = env.int("MESSAGE_ANSWER_HOURS", default=24)

# ---- audit
PGHISTORY_APPEND_ONLY = True
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(related_name="history")

# ---- logs and metrics
METRICS_TOKEN = env("METRICS_TOKEN", default="")
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(ensure_ascii=False),
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    # tells every step of cutting a font down for a PDF
    "loggers": {"fontTools": {"level": "WARNING"}},
}
