"""One view, two answers: the whole page, or the one block htmx asked for."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import jinja2
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template import engines
from django.template.backends.jinja2 import Jinja2, Template
from django.utils.cache import patch_vary_headers
from markupsafe import Markup


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    block: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the page; with only the named block when htmx wants a piece of it."""
    names = dict(context or {})
    whole = _backend().get_template(template)
    _complete(names, whole, request)
    body = _block(whole, block, names) if block is not None and wants_piece(request) else whole.template.render(names)
    response = HttpResponse(body, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Request-Type", "HX-Boosted"])
    return response


def piece(request: HttpRequest, template: str, block: str, context: Mapping[str, Any] | None = None) -> str:
    """Return one block of a template as text, for answers made of several pieces."""
    whole, names = _backend().get_template(template), dict(context or {})
    _complete(names, whole, request)
    return _block(whole, block, names)


def wants_piece(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page; a boosted link or a body target wants all of it."""
    htmx = getattr(request, "htmx", None)
    if not htmx:
        return False
    return not (htmx.boosted or htmx.history_restore_request or htmx.request_type == "full")


def _backend() -> Jinja2:
    return next(engine for engine in engines.all() if isinstance(engine, Jinja2))


class _Token:
    """The token against forged requests: masked once a page, and only if the page shows it."""

    def __init__(self, request: HttpRequest, around: str = "%s") -> None:
        self._request, self._around = request, around

    @cached_property
    def _text(self) -> Markup:
        token: str = self._request.__dict__.get("_firstline_token") or get_token(self._request)
        self._request.__dict__["_firstline_token"] = token
        return Markup(self._around) % token  # noqa: S704 -- ours

    def __str__(self) -> str:
        return self._text

    __html__ = __str__


def _complete(names: dict[str, Any], template: Template, request: HttpRequest) -> None:
    """Add what every page knows, as Django's own back end does."""
    names |= {
        "request": request,
        "csrf_input": _Token(request, '<input type="hidden" name="csrfmiddlewaretoken" value="%s">'),
        "csrf_token": _Token(request),
    }
    for processor in template.backend.template_context_processors:
        names.update(processor(request))


def _block(template: Template, name: str, names: dict[str, Any]) -> str:
    """Render a block where it stands: names set outside of it in the template are not known inside."""
    inner: jinja2.Template = template.template
    try:
        draw = inner.blocks[name]
    except KeyError:
        raise LookupError(f"{inner.name} has no block {name!r}; it has {', '.join(sorted(inner.blocks))}") from None
    return inner.environment.concat(draw(inner.new_context(names)))
