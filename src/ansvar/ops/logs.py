"""How lines are logged: for eyes in a terminal, as JSON everywhere else."""

import sys
from typing import Any

import structlog
from structlog.typing import Processor

# Libraries that say at "info" what nobody asked for, several times a minute.
_QUIET = ("procrastinate", "psycopg.pool", "uvicorn", "asyncio", "imap_tools")


def configure(level: str) -> dict[str, Any]:
    """Set structlog up and return the matching `LOGGING` for Django, both on standard error."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *_rendering(),
                ],
            }
        },
        "handlers": {"line": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["line"], "level": level.upper()},
        "loggers": {
            **{name: {"level": _at_least_warning(level)} for name in _QUIET},
            # Django's own handlers would say the same a second time.
            "django": {"handlers": [], "level": _at_least_warning(level), "propagate": True},
        },
    }


def _at_least_warning(level: str) -> str:
    """Return *level* for debugging and for calmer choices, "warning" instead of "info"."""
    return "WARNING" if level == "info" else level.upper()


def _rendering() -> list[Processor]:
    if sys.stderr.isatty():
        # Plain tracebacks: the pretty ones print local variables, and with them secrets.
        return [
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
