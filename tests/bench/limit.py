"""The limit: a bare Django view, without middleware, that takes 50 open tickets by a covering index into a Django
template. The same server, database and settings as the product's: `python -m tests.bench.limit --fd N`.

With `/jinja2` the same rows through Jinja2; with `--asgi` the same view under Django's ASGI handler: what the choices
of docs/why/server.md are worth today.
"""

from __future__ import annotations

import socket
import sys
from typing import Any

import django
import jinja2
from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

TEMPLATE = """<!doctype html><html lang="en"><title>Open tickets</title><h1>Open tickets</h1><table>
{% for ticket in tickets %}<tr><td><a href="/tickets/{{ ticket.id }}">#{{ ticket.id }}</a></td>
<td>{{ ticket.subject }}</td>
<td>{{ ticket.priority }}</td><td>{{ ticket.state }}</td><td>{{ ticket.created_at|date:"Y-m-d H:i" }}</td></tr>
{% endfor %}</table></html>"""


def set_up() -> None:
    from firstline.config import settings as ours

    settings.configure(
        DATABASES=ours.DATABASES, INSTALLED_APPS=[], MIDDLEWARE=[], ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"],
        SECRET_KEY="of no use", USE_TZ=True, USE_I18N=False, DEFAULT_AUTO_FIELD=ours.DEFAULT_AUTO_FIELD,
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}], LOGGING_CONFIG=None,
    )  # fmt: skip
    django.setup()


def view(request: HttpRequest) -> HttpResponse:
    unsolved: models.QuerySet[Ticket] = models.QuerySet(Ticket).filter(is_unsolved=True)
    tickets = unsolved.order_by("priority", "created_at", "id")[:50]
    return answer(template.render({"tickets": tickets}))


def jinja_view(request: HttpRequest) -> HttpResponse:
    unsolved: models.QuerySet[Ticket] = models.QuerySet(Ticket).filter(is_unsolved=True)
    return answer(jinja_template.render(tickets=unsolved.order_by("priority", "created_at", "id")[:50]))


def answer(page: str) -> HttpResponse:
    """With its length, as middleware would tell it: under ASGI it would come in chunks otherwise."""
    body = page.encode()
    return HttpResponse(body, headers={"Content-Length": str(len(body))})


if not settings.configured:
    set_up()


class Ticket(models.Model):
    is_unsolved = models.BooleanField()
    priority = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    subject = models.CharField(max_length=300)
    state = models.CharField(max_length=10)

    class Meta:
        app_label = "bench"
        db_table = "bench_limit"
        managed = False

    def __str__(self) -> str:
        return self.subject


template = engines["django"].from_string(TEMPLATE)
jinja_template = jinja2.Environment(autoescape=True).from_string(
    TEMPLATE.replace('|date:"Y-m-d H:i"', '.strftime("%Y-%m-%d %H:%M")')
)
urlpatterns = [path("", view), path("jinja2", jinja_view), path("health/ready", view)]


def main() -> None:
    import uvicorn
    from django.core.asgi import get_asgi_application
    from django.core.wsgi import get_wsgi_application

    from firstline.config.environment import environment
    from firstline.config.server.pages import Pages
    from firstline.config.server.serve import configuration

    pages: Any = Pages(get_wsgi_application(), threads=environment.threads)
    if "--asgi" in sys.argv:
        pages = get_asgi_application()
    listening = socket.socket(fileno=int(sys.argv[sys.argv.index("--fd") + 1]))
    configured = configuration(pages)
    configured.lifespan = "off"
    uvicorn.Server(configured).run(sockets=[listening])


if __name__ == "__main__":
    sys.modules["tests.bench.limit"] = sys.modules["__main__"]  # urls are looked up by this name
    settings.ROOT_URLCONF = "tests.bench.limit"
    main()
