"""What surrounds every page: who and how it came in, the reader's language, refusals in words, and headers."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation

from firstline.config import errors
from firstline.core.actions import NotAllowed, Refused, Via, via
from firstline.core.preferences import house
from firstline.core.ui.linked import linked
from firstline.flow.approvals.rules import without_tokens as without_decisions
from firstline.flow.surveys.rules import without_tokens

Answer = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger("firstline.web")

VIA: dict[str, Via] = {"/portal": "portal", "/api": "api", "/mcp": "api", "/scim": "api"}
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope",
        "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock", "usb",
        "xr-spatial-tracking",
    )
)  # fmt: skip


def around_each_request(answer: Answer) -> Answer:
    """Give the request its number, say how changes come in, and write one line about it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        number = secrets.token_hex(8)
        request.META["firstline.request"] = number
        begun = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=number)
        with via(_via(request.path), correlation=number):
            response = answer(request)
        response["X-Request-Id"] = number
        log.info(
            "answered",
            method=request.method,
            path=getattr(request, "loggable_path", "")
            or without_decisions(without_tokens(request.path)),  # secrets in addresses stay out
            status=response.status_code,
            ms=round((time.perf_counter() - begun) * 1000, 1),
            person=_person_id(request),
            address=request.META.get("REMOTE_ADDR"),
        )
        return response

    return middleware


def careful_headers(answer: Answer) -> Answer:
    """Keep pages of signed-in people out of every cache, and what they left in the browser when they leave."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        name = settings.SESSION_COOKIE_NAME
        if name in request.COOKIES or name in response.cookies:
            response.headers.setdefault("Cache-Control", "no-store")
        cookie = response.cookies.get(name)
        if name in request.COOKIES and cookie is not None and cookie["max-age"] == 0:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return middleware


class Zip(GZipMiddleware):
    """Pages over 1 KB, zipped. CSRF tokens are masked anew in each page and some random bytes blur the length, so
    that guessing by length (BREACH) gains nothing; pages that show a code or a secret are not zipped at all.
    """

    not_zipped = ("/account/",)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:  # type: ignore[override]
        if request.path.startswith(self.not_zipped) or "Content-Range" in response.headers:
            return response
        if response.streaming or len(response.content) < 1024 or not _is_text(response.get("Content-Type", "")):
            return response
        return super().process_response(request, response)  # type: ignore[return-value]


def texts_that_can_be_kept(answer: Answer) -> Answer:
    """Replace NUL in what was typed: PostgreSQL keeps no text with it, and the page would end in an error."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.GET = _without_nul(request.GET)  # type: ignore[assignment]
        if request.method == "POST" and any("\0" in text for _name, texts in request.POST.lists() for text in texts):
            request.POST = _without_nul(request.POST)  # type: ignore[assignment]
        return answer(request)

    return middleware


def _without_nul(said: QueryDict) -> QueryDict:
    clean = QueryDict(mutable=True)
    for name, texts in said.lists():
        clean.setlist(name.replace("\0", "\ufffd"), [text.replace("\0", "\ufffd") for text in texts])
    clean._mutable = False
    return clean


def own_language_and_time(answer: Answer) -> Answer:
    """Show a signed-in person the page in their own language and time zone, or in the organisation's language."""

    def middleware(request: HttpRequest) -> HttpResponse:
        person = request.user if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        if person is None or not person.is_authenticated:
            return answer(request)
        request.user = person = request._cached_user  # type: ignore[attr-defined]  # found by now: no proxy asks again and again
        translation.activate(house.language_of_a_page(person.language))
        request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(_zone(person.time_zone)):
            return answer(request)

    return middleware


class Refusals:
    """Turn what an action refuses into a page or a message; a screen need not catch it."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotAllowed):
            log.warning("not allowed", reason=str(exception), person=_person_id(request), path=request.path)
            raise PermissionDenied from exception
        if not isinstance(exception, Refused):
            return None
        sentence = linked(exception)
        if getattr(request, "htmx", False):
            return errors.refused_piece(sentence)
        back = _page_before(request)
        if back and request.method == "POST":
            messages.error(request, sentence)
            response = HttpResponseRedirect(back)
            response.status_code = 303
            return response
        return errors.refused(request, sentence)


def _via(path: str) -> Via:
    return next((channel for start, channel in VIA.items() if path.startswith((f"{start}/",))), "web")


def _person_id(request: HttpRequest) -> int | None:
    """The person's id if the page has asked for it; the log does not ask the database."""
    person = getattr(request, "_cached_user", None)
    return getattr(person, "pk", None)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _page_before(request: HttpRequest) -> str:
    """The path of the page the person came from, if it is ours and not this very address."""
    before = urlsplit(request.headers.get("Referer", ""))
    if before.netloc != request.get_host() or before.path == request.path or before.path.startswith("//"):
        return ""
    return f"{before.path}?{before.query}" if before.query else before.path


def _is_text(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip()
    return kind.startswith("text/") or kind in {"application/json", "application/javascript", "image/svg+xml"}
