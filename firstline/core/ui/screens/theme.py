"""Light, dark, or as the system says. Kept in a cookie, so that the first paint is already right."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from firstline.core.entry import public
from firstline.core.ui.shell import COOKIE_AGE, THEME_COOKIE, THEMES


@public
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember the chosen theme and go back to the page it was chosen on."""
    chosen = request.POST.get("theme", "")
    back = request.headers.get("Referer", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if chosen in THEMES:
        response.set_cookie(THEME_COOKIE, chosen, max_age=COOKIE_AGE, samesite="Lax", secure=request.is_secure())
    return response
