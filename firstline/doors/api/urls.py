from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from firstline.core.entry import checks_itself, public

from .problems import problem
from .router import api
from .screens import tokens

# Every operation asks for a token itself; the description of the API holds nothing private.
_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    if not isinstance(_pattern, URLPattern) or _pattern.callback is None:
        continue
    _open = _pattern.name in {"openapi-json", "api-root"}
    _pattern.callback = (public if _open else checks_itself)(_pattern.callback)


@public
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """Programs get their answer as a program reads it, also where there is nothing."""
    return problem(404, "There is no such address.")


urlpatterns = [
    path("api/v1/", (_patterns, _app, _namespace)),
    path("api/<path:rest>", nothing, name="api_nothing"),
    path("account/tokens", tokens.tokens, name="api_tokens"),
    path("account/tokens/<int:pk>/revocation", tokens.revoke, name="api_token_revoke"),
]
