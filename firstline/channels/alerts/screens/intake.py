"""The address monitoring systems send to. The token in it, or in the Authorization header, says who they are."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import structlog
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from firstline.channels.alerts.actions.receive import LONGEST_BODY, receive, take_message
from firstline.channels.alerts.models import AlertMessage
from firstline.channels.alerts.queries import source_of
from firstline.channels.alerts.rules import is_dated, is_signed
from firstline.core import clock
from firstline.core.actions import via
from firstline.core.entry import checks_itself
from firstline.core.preferences import secrecy

log = structlog.get_logger()
State = AlertMessage.State


@checks_itself
@csrf_exempt
def intake(request: HttpRequest, token: str = "") -> JsonResponse:
    """Keep what came, then let it take effect. 2xx: it is kept and need not be sent again."""
    request.loggable_path = "/alerts/in/…"  # type: ignore[attr-defined]
    source = source_of(token or _from_header(request.headers.get("Authorization", "")))
    if source is None:
        return _problem(404, _("Nobody reports to this address."))
    if request.method != "POST":
        answer = _problem(405, _("Alerts are sent here with POST."))
        answer["Allow"] = "POST"
        return answer
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_BODY:
        return _problem(413, _("A message has at most 1,000,000 bytes."))
    raw = request.body
    if len(raw) > LONGEST_BODY:
        return _problem(413, _("A message has at most 1,000,000 bytes."))
    if source.secret:
        secret = secrecy.decrypt(source.secret, purpose=f"alert_source:{source.pk}")
        if not is_signed(secret, raw, request.headers, clock.now()):
            return _problem(401, _("The signature is missing, wrong or old."))
    with via("alert"):
        message = receive(
            source, raw.decode("utf-8", "replace"), content_type=request.content_type or "",
            counts_once=bool(source.secret) and not is_dated(request.headers), by=None,
        )  # fmt: skip
        try:
            message = take_message(message, by=None)
        except Exception:  # it is kept: the worker takes it in a moment
            log.exception("an alert was kept but not taken", message=message.pk, source=source.pk)
            return JsonResponse({"state": "received", "message": message.pk}, status=202)
    if message.state == State.UNREADABLE:
        return _problem(422, message.reason, message=message.pk)
    return JsonResponse({"state": message.state, "ticket": message.ticket_id, "message": message.pk})


def _problem(status: int, sentence: str, **more: Any) -> JsonResponse:
    """RFC 9457."""
    return JsonResponse(
        {"type": "about:blank", "status": status, "detail": sentence, **more},
        status=status,
        content_type="application/problem+json",
    )


def _from_header(header: str) -> str:
    """`Bearer <token>`, or the password of `Basic`: what Alertmanager and Grafana can send."""
    kind, _space, value = header.partition(" ")
    if kind.lower() == "bearer":
        return value.strip()
    if kind.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""
