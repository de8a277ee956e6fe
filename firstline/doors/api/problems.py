"""Everything that goes wrong, as RFC 9457 says it: application/problem+json."""

from __future__ import annotations

import json
from typing import Any

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from firstline.core.actions import NotAllowed, Refused
from firstline.core.conditions import ConditionError
from firstline.core.paging import BadCursor
from firstline.work.intake.actions.submit import Unanswered
from firstline.work.intake.queries.words import sentence

TITLES = {
    400: "The request makes no sense",
    401: "A valid token is needed",
    403: "Not allowed",
    404: "Not found",
    409: "In conflict with another request",
    413: "Too large",
    422: "The values do not fit",
    429: "Too many requests",
    500: "Something went wrong on our side",
    503: "The desk is busy",
}


class Problem(Schema):
    """What went wrong: a title for the kind, a sentence for the case, and for wrong values the place of each."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    errors: list[dict[str, Any]] | None = None


def problem(status: int, detail: str = "", *, errors: list[dict[str, Any]] | None = None) -> HttpResponse:
    """The answer for a problem."""
    body: dict[str, Any] = {"type": "about:blank", "title": TITLES.get(status, "Problem"), "status": status}
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = errors
    response = HttpResponse(json.dumps(body), status=status, content_type="application/problem+json")
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if status == 503:
        response["Retry-After"] = "2"
    return response


def handle(api: NinjaAPI) -> None:
    """Tell ninja how each kind of trouble is said. No answer ever shows the inside of the program."""

    @api.exception_handler(ValidationError)
    def wrong_values(request: HttpRequest, error: ValidationError) -> HttpResponse:
        places = [
            {"place": ".".join(map(str, each["loc"])), "detail": str(each["msg"])[:300]} for each in error.errors[:50]
        ]
        return problem(422, "Some values do not fit; see errors.", errors=places)

    @api.exception_handler(AuthenticationError)
    def no_token(request: HttpRequest, error: Exception) -> HttpResponse:
        return problem(401, "Send a personal token: Authorization: Bearer fl_…")

    @api.exception_handler(Http404)
    def not_found(request: HttpRequest, error: Exception) -> HttpResponse:
        return problem(404, "It does not exist, or you may not see it.")

    @api.exception_handler(NotAllowed)
    def not_allowed(request: HttpRequest, error: Exception) -> HttpResponse:
        return problem(403, "You may not do this here.")

    @api.exception_handler(Unanswered)
    def unanswered(request: HttpRequest, error: Unanswered) -> HttpResponse:
        places = [{"place": each.path, "detail": sentence(each)} for each in error.cleaned.problems[:50]]
        return problem(422, "Some answers are missing or do not fit; see errors.", errors=places)

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, error: Exception) -> HttpResponse:
        return problem(409, str(error))

    @api.exception_handler(ConditionError)
    def unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
        return problem(400, str(error))

    @api.exception_handler(BadCursor)
    def bad_cursor(request: HttpRequest, error: Exception) -> HttpResponse:
        return problem(400, str(error))

    @api.exception_handler(HttpError)
    def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, error.message)

    @api.exception_handler(OperationalError)
    def busy(request: HttpRequest, error: Exception) -> HttpResponse:
        return problem(503, "The database is busy. Try again in a moment.")
