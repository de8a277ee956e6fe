"""One line of JSON for each thing worth knowing: nothing a client sends can begin a line or colour a terminal."""

from __future__ import annotations

from typing import Any

import structlog

SECRET_WORDS = ("password", "secret", "token", "authorization", "cookie", "api_key")
LONGEST = 4000  # characters of one value; a traceback has its own field


def without_secrets(_logger: Any, _name: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Keep what is called a secret out of the log, and what is long, short."""
    for key, value in line.items():
        if any(word in key.lower() for word in SECRET_WORDS):
            line[key] = "…"
        elif isinstance(value, str) and len(value) > LONGEST and key != "exception":
            line[key] = value[:LONGEST] + "…"
    return line


def _before_writing() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.format_exc_info,
        without_secrets,
    ]


def configuration(level: str) -> dict[str, Any]:
    """Django's LOGGING: our own lines and everybody else's, in one shape, on standard error."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_before_writing(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(ensure_ascii=True),
                ],
                "foreign_pre_chain": _before_writing(),
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.request": {"level": "ERROR"},  # 404 and 403 stand in our own line
            "django.server": {"handlers": [], "propagate": True},
            "uvicorn.access": {"handlers": [], "propagate": False, "level": "ERROR"},  # our own line says more
            "django_ox": {"handlers": [], "propagate": True},
        },
    }
