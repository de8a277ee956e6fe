"""The whole product as one ASGI application: pages in threads, live streams beside them."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstline.config.settings")
pages = get_wsgi_application()

from django.db import connection  # noqa: E402 -- Django must be set up first
from django.urls import get_resolver  # noqa: E402 -- Django must be set up first

from firstline.config.environment import environment  # noqa: E402 -- Django must be set up first
from firstline.config.server.pages import Pages  # noqa: E402 -- Django must be set up first
from firstline.config.server.shell import Shell  # noqa: E402 -- Django must be set up first
from firstline.core.live.streams import Streams  # noqa: E402 -- Django must be set up first

# All screens are imported now, in one thread, not by the first visitors, in several.
get_resolver().url_patterns  # noqa: B018 -- reading it loads it


def is_ready() -> bool:
    """Whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # whatever is wrong, we are not ready
        connection.close()
        return False
    return True


application = Shell(
    Pages(pages, threads=environment.threads), live=Streams(), is_ready=is_ready, proxies=environment.trusted_proxies
)
