"""Serve the bundled style, script and pictures."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from firstline.core.entry import public
from firstline.core.ui import bundle

FOR_EVER = "public, max-age=31536000, immutable"


@public
@require_safe
def asset(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with the asset, zipped where the browser can unzip."""
    try:
        found, is_present = bundle.find(name)
    except KeyError as error:
        raise Http404(name) from error
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(found.zipped if zipped else found.content, content_type=found.content_type)
    if zipped:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = FOR_EVER if is_present else "no-cache"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
