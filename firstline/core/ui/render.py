"""One view, two answers: the whole page, or the one block htmx asked for."""

from collections.abc import Mapping
from typing import Any

import jinja2
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.backends.jinja2 import Jinja2, Template
from django.template.backends.utils import csrf_input_lazy, csrf_token_lazy
from django.utils.cache import patch_vary_headers


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
    if block is not None and wants_piece(request):
        body = _block(whole, block, names, request)
    else:
        body = whole.render(names, request)
    response = HttpResponse(body, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Request-Type", "HX-Boosted"])
    return response


def piece(request: HttpRequest, template: str, block: str, context: Mapping[str, Any] | None = None) -> str:
    """Return one block of a template as text, for answers made of several pieces."""
    return _block(_backend().get_template(template), block, dict(context or {}), request)


def wants_piece(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page; a boosted link or a body target wants all of it."""
    htmx = getattr(request, "htmx", None)
    if not htmx:
        return False
    return not (htmx.boosted or htmx.history_restore_request or htmx.request_type == "full")


def _backend() -> Jinja2:
    return next(engine for engine in engines.all() if isinstance(engine, Jinja2))


def _block(template: Template, name: str, names: dict[str, Any], request: HttpRequest) -> str:
    """Render a block where it stands: names set outside of it in the template are not known inside."""
    inner: jinja2.Template = template.template
    try:
        draw = inner.blocks[name]
    except KeyError:
        raise LookupError(f"{inner.name} has no block {name!r}; it has {', '.join(sorted(inner.blocks))}") from None
    names |= {
        "request": request,
        "csrf_input": csrf_input_lazy(request),
        "csrf_token": csrf_token_lazy(request),
    }
    for processor in template.backend.template_context_processors:
        names.update(processor(request))
    return inner.environment.concat(draw(inner.new_context(names)))
