"""What people see when a page cannot be had."""

from __future__ import annotations

import sys

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist, engines
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

RETRY_SECONDS = "5"


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """A busy or absent database is a matter of moments: 503. All else is our fault: 500."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        sentence = _(
            "The database is busy or does not answer. Nothing of this was saved. Please try again in a moment."
        )
        response = _page(request, "503.html", 503, _("Please try again in a moment"), sentence)
        response["Retry-After"] = RETRY_SECONDS
        return response
    return _page(request, "500.html", 500, _("Something went wrong"), _("We have been told. Please try again."))


def refused(request: HttpRequest, sentence: str) -> HttpResponse:
    return _page(request, "409.html", 409, _("That is not possible now"), sentence)


def refused_piece(sentence: str) -> HttpResponse:
    """For htmx: a message in the corner; the page stays as it is, with everything typed into it."""
    environment = getattr(next(iter(engines.all())), "env", None)
    components = environment.globals.get("ui") if environment is not None else None
    body = components.toast_piece(sentence, tone="error") if components is not None else escape(sentence)
    return HttpResponse(body, status=409, headers={"HX-Reswap": "none"})


def _page(request: HttpRequest, template: str, status: int, title: str, sentence: str) -> HttpResponse:
    """The page in our dress; bare, if the dress itself needs what is broken."""
    try:
        body = get_template(template).render({"sentence": sentence}, request)
    except TemplateDoesNotExist:
        body = _bare(title, sentence)
    except Exception:  # the page about an error must not fail
        body = _bare(title, sentence)
    return HttpResponse(body, status=status, headers={"Cache-Control": "no-store"})


def _bare(title: str, sentence: str) -> str:
    language = get_language() or "en"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f'<body><main><h1>{escape(title)}</h1><p>{escape(sentence)}</p><p><a href="/">{escape(_("Back to the start"))}'
        "</a></p></main></body></html>"
    )
