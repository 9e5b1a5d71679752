"""Django's settings, derived from the installation's configuration (`ansvar.ops.config`)."""

from django.utils.translation import gettext_lazy as _

from ansvar.ops import config, content_place, database, logs

CONFIG = config.load()

SECRET_KEY = CONFIG.secret_key
DEBUG = CONFIG.debug
ALLOWED_HOSTS = list(CONFIG.allowed_hosts)
ROOT_URLCONF = "ansvar.urls"
WSGI_APPLICATION = None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "ansvar.kernel",
    "ansvar.people",
    "ansvar.access",
    "ansvar.rota",
    "ansvar.catalogue",
    "ansvar.tickets",
    "ansvar.notices",
    "ansvar.ownership",
    "ansvar.conversations",
    "ansvar.suppliers",
    "ansvar.servicelevels",
    "ansvar.insight",
    "ansvar.importers",
    "ansvar.portal",
    "ansvar.workbench",
    "ansvar.demo",
]

MIDDLEWARE = [
    "ansvar.ui.static_files.StaticFiles",
    "django.middleware.security.SecurityMiddleware",
    # Pads its answers by a random length, so that their size tells nothing about secrets in them.
    "django.middleware.gzip.GZipMiddleware",
    "ansvar.ui.middleware.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "ansvar.access.middleware.RequestContext",
    "ansvar.workbench.rota.presence.PresenceNoting",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "ansvar.ui.environment.environment"},
    },
]

DATABASES = database.all_settings(CONFIG)
DATABASE_ROUTERS = ["ansvar.kernel.replica.Router"] if CONFIG.reports_url else []
REPORTS_LAG = CONFIG.reports_lag

LOGGING = logs.configure(CONFIG.log_level)

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["ansvar.access.backends.PersonBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ENCRYPTION_KEY = CONFIG.encryption_key

# Log-in names are unique without regard to case, by a constraint that the check cannot see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]

LOGIN_URL = "log-in"
LOGIN_REDIRECT_URL = "/"

SESSION_ENGINE = "ansvar.access.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CONFIG.base_url.startswith("https://")
SESSION_COOKIE_AGE = 60 * 60 * 12
CSRF_TRUSTED_ORIGINS = [CONFIG.base_url]
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_USE_SESSIONS = False
CSRF_FAILURE_VIEW = "ansvar.ui.errors.stale_token"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024

# Files of messages, by the SHA-256 of what they hold; any Django storage that overwrites will do.
STORAGES = {"content": content_place.storage(CONFIG)}
BASE_URL = CONFIG.base_url
CLAMAV = CONFIG.clamav

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
