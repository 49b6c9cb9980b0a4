"""
One settings file; the environment decides. Every variable is explained in .env.example.

Without DEBUG and without KK_DEMO this is production: a missing key stops the start with its name.
"""

from datetime import date
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from kanalkompass.celery_settings import *  # noqa: F403
from kanalkompass.transport_settings import transport

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
KK_DEMO = env.bool("KK_DEMO", default=False)
IS_PRODUCTION = not (DEBUG or KK_DEMO)
REQUIRED = ["SECRET_KEY", "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CHANNEL_TOKEN_KEYS", "SITE_URL"]
REQUIRED_IN_PRODUCTION = ["ALLOWED_HOSTS", "MEDIA_ROOT", "EMAIL_URL", "LINKEDIN_CLIENT_ID", "LINKEDIN_CLIENT_SECRET"]
missing = [name for name in REQUIRED + REQUIRED_IN_PRODUCTION * IS_PRODUCTION if not env.str(name, default="")]
if missing:
    raise ImproperlyConfigured(f"Missing in the environment: {', '.join(missing)}. See .env.example.")

SECRET_KEY = env.str("SECRET_KEY")
SITE_URL = env.str("SITE_URL").rstrip("/")
PROXIES_IN_FRONT = env.int("PROXIES_IN_FRONT", default=0)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CHANNEL_TOKEN_KEYS = env.list("CHANNEL_TOKEN_KEYS")

INSTALLED_APPS = [
    "kanalkompass.apps.KanalkompassConfig",
    "analytics.apps.AnalyticsConfig",
    "channels.apps.ChannelsConfig",
    "recruitment.apps.RecruitmentConfig",
    "audit.apps.AuditConfig",
    "foundation.apps.FoundationConfig",
    "kanalkompass.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "kanalkompass.headers.Headers",
    "kanalkompass.errors.ErrorPages",
    "kanalkompass.compression.CompressedPages",
    "django.middleware.security.SecurityMiddleware",
    "kanalkompass.health.AnswerFirst",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "kanalkompass.bodies.BodyLimit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "recruitment.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "recruitment.middleware.LoginMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "kanalkompass.urls"
WSGI_APPLICATION = "kanalkompass.wsgi.application"
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
                "recruitment.context.frame",
                "channels.context.publishing",
            ],
            "builtins": ["foundation.templatetags.norsk", "django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

# Two logins: the owner migrates, the runtime login (no power over policies) runs. See docs/architecture.md, Tenancy.
DATABASES = {"default": env.db("DATABASE_URL"), "owner": env.db("DATABASE_OWNER_URL")}
for database in DATABASES.values():
    database["CONN_MAX_AGE"] = 60
    database["CONN_HEALTH_CHECKS"] = True
    database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
# Pages ask many short questions: compiling one, or calling other processes to help, takes longer than it saves. Sums of
# a large municipality's year are sorted and hashed in memory.
PLANNING = "-c jit=off -c max_parallel_workers_per_gather=0 -c work_mem=16MB"
DATABASES["default"]["OPTIONS"].setdefault("options", PLANNING)
DATABASE_ROUTERS: list[str] = []
RUNTIME_ROLE = DATABASES["default"]["USER"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "kk",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}
CELERY_BROKER_URL = REDIS_URL

AUTH_USER_MODEL = "recruitment.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "recruitment.login_passwords.OwnWordsValidator"},
]
ACCOUNT_ADAPTER = "recruitment.login.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
PASSWORD_RESET_TIMEOUT = 60 * 60
# The login's own limits, which never lock a whole town hall out, are in recruitment/login_limits.py.
ACCOUNT_RATE_LIMITS = dict.fromkeys(["login", "login_failed", "reset_password", "reset_password_from_key", "signup"])
ACCOUNT_FORMS = {
    "login": "recruitment.login_forms.LoginForm",
    "change_password": "recruitment.login_forms.ChangePasswordForm",  # nosec B105
    "set_password": "recruitment.login_forms.SetPasswordForm",  # nosec B105
    "reset_password": "recruitment.login_forms.ResetPasswordForm",  # nosec B105
    "reset_password_from_key": "recruitment.login_forms.ResetPasswordKeyForm",  # nosec B105
    "reauthenticate": "recruitment.login_forms.ReauthenticatePasswordForm",
}
MFA_FORMS = {
    "authenticate": "recruitment.login_forms.AuthenticateForm",
    "reauthenticate": "recruitment.login_forms.ReauthenticateForm",
    "activate_totp": "recruitment.login_forms.ActivateTOTPForm",
    "deactivate_totp": "recruitment.login_forms.DeactivateTOTPForm",
}
MFA_ADAPTER = "recruitment.login.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Kanalkompass"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

IS_HTTPS = SITE_URL.startswith("https://")
KNOWN_BROWSER_COOKIE_NAME = "__Host-browser" if IS_HTTPS else "browser"
# recruitment/login_sessions.py decides how long a log-in lasts; the row and the cookie must only outlast its hour.
SESSION_COOKIE_AGE = 62 * 60
SESSION_SERIALIZER = "foundation.sealed.SessionSerializer"
CSRF_FAILURE_VIEW = "kanalkompass.errors.csrf_failure"
vars().update(transport(is_https=IS_HTTPS))
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
VIDEO_MAX_BYTES = env.int("VIDEO_MAX_BYTES", default=200 * 1024 * 1024)
# Messages ride in the session: a cookie of their own would carry what we said in the browser.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SILENCED_SYSTEM_CHECKS: list[str] = []
LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", _("Norwegian Bokmål")), ("nn", _("Norwegian Nynorsk")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Oslo"
USE_TZ = USE_I18N = True
LANGUAGE_COOKIE_NAME = "language"
FORMAT_MODULE_PATH = "foundation.locales"
FORM_RENDERER = "foundation.forms.Renderer"

NODE_MODULES = BASE_DIR / "node_modules"
VENDOR = {
    "ds": "@digdir/designsystemet-css/dist/src",
    "ds-theme": "@digdir/designsystemet-css/dist/theme",
    "ds-web": "@digdir/designsystemet-web/dist/umd",
    "inter": "@fontsource-variable/inter",
    "chart": "chart.js/dist",
}
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=BASE_DIR / "staticfiles")
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *[(f"vendor/{name}", NODE_MODULES / path) for name, path in VENDOR.items() if (NODE_MODULES / path).exists()],
]
# Files as collectstatic has named and compressed them; else as they lie in the folders, read anew each time.
STATIC_IS_BUILT = env.bool("STATIC_IS_BUILT", default=IS_PRODUCTION)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_IS_BUILT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not STATIC_IS_BUILT
MEDIA_ROOT = env.path("MEDIA_ROOT", default=BASE_DIR / "var" / "media")

EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 20
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Kanalkompass <ikke-svar@localhost>")

# A demonstration may run its clock ahead, together with the sandbox's; nobody else may.
CLOCK_OFFSET_S = env.int("CLOCK_OFFSET_S", default=0) if KK_DEMO or DEBUG else 0

# The demonstration users' password: given, or made from a secret of the installation. See kanalkompass/demo/secret.py.
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="")
KK_DEMO_SECRET = env.str("KK_DEMO_SECRET", default="")
# Access to the demonstration's pages by the platform's name of them; the launcher asks its sandbox for it.
KK_DEMO_ACCESS = env.str("KK_DEMO_ACCESS", default="")
VAR = Path(env.str("KK_VAR", default="") or BASE_DIR / "var")

# Deletions that a restored backup must hear of, and how long backups are kept. See kanalkompass/privacy/register.py.
DELETION_REGISTER = env.path("DELETION_REGISTER", default=VAR / "deletions.jsonl")
BACKUP_KEPT_DAYS = env.int("BACKUP_KEPT_DAYS", default=30)

# Publishing: see docs/architecture.md, Publishing. Seconds.
PUBLISH_SLOTS = env.int("PUBLISH_SLOTS", default=32)
PUBLISH_PROCESSES = env.int("PUBLISH_PROCESSES", default=2)
PUBLISH_DEADLINE_S = env.int("PUBLISH_DEADLINE_S", default=30)
PUBLISH_LEASE_S = env.int("PUBLISH_LEASE_S", default=90)
PUBLISH_SWEEP_S = env.int("PUBLISH_SWEEP_S", default=5)
CELERY_BEAT_SCHEDULE["sweep"]["schedule"] = float(PUBLISH_SWEEP_S)
RECONCILE_SETTLE_S = env.int("RECONCILE_SETTLE_S", default=900)
RECONCILE_READS = env.int("RECONCILE_READS", default=3)
RECONCILE_EVERY_S = env.int("RECONCILE_EVERY_S", default=60)
CELERY_BEAT_SCHEDULE["reconcile"]["schedule"] = float(min(10, RECONCILE_EVERY_S))
LATE_AFTER_S = env.int("LATE_AFTER_S", default=3600)
# How long a platform is left alone at first when it says that we ask too often, and not for how long.
THROTTLE_WAIT_S = env.int("THROTTLE_WAIT_S", default=30)

# Every platform's addresses and version are settings, so that the sandbox or a proxy can stand in.
LINKEDIN_API_BASE = env.str("LINKEDIN_API_BASE", default="https://api.linkedin.com")
LINKEDIN_OAUTH_BASE = env.str("LINKEDIN_OAUTH_BASE", default="https://www.linkedin.com")
LINKEDIN_WEB_BASE = env.str("LINKEDIN_WEB_BASE", default="https://www.linkedin.com")
# The way out to them, where it goes through a proxy; the environment's own proxies are not asked.
CHANNEL_PROXY = env.str("CHANNEL_PROXY", default="")
LINKEDIN_VERSION = env.str("LINKEDIN_VERSION", default="202608")
# Versions that LinkedIn has announced since this release: version=day on which it ends, comma separated.
LINKEDIN_VERSION_SUNSETS = {
    version: date.fromisoformat(day) for version, day in env.dict("LINKEDIN_VERSION_SUNSETS", default={}).items()
}
# Which products LinkedIn has granted our app: "community" (pages), "advertising" (campaign figures). Scopes follow from
# it, and all are asked for at once: asking for another set later ends every earlier access.
LINKEDIN_PRODUCTS = env.list("LINKEDIN_PRODUCTS", default=["community", "advertising"])
# Calls to one endpoint on one UTC day: of all accounts, of one member, and what pulling figures allows itself for one
# account. 0 where LinkedIn names no limit; the app's own page at LinkedIn shows them. Development tier unless told.
LINKEDIN_APP_DAILY_CALLS = env.int("LINKEDIN_APP_DAILY_CALLS", default=500)
LINKEDIN_MEMBER_DAILY_CALLS = env.int("LINKEDIN_MEMBER_DAILY_CALLS", default=100)
LINKEDIN_PULL_DAILY_CALLS = env.int("LINKEDIN_PULL_DAILY_CALLS", default=80)
LINKEDIN_CLIENT_ID = env.str("LINKEDIN_CLIENT_ID", default="")
LINKEDIN_CLIENT_SECRET = env.str("LINKEDIN_CLIENT_SECRET", default="")

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # Whatever looks like a secret is masked in the finished line; gunicorn.conf.py does the same.
    "formatters": {
        "line": {
            "()": "foundation.masking.MaskedFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "filters": {"incident": {"()": "kanalkompass.incidents.WithIncident"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["incident"]}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # Django's own handlers would write beside the net, and mail whole error pages.
    "loggers": {"django": {"handlers": []}, "django.server": {"handlers": [], "propagate": True}},
}
