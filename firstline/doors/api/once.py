"""Idempotency-Key: a request that is sent again takes effect once (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from firstline.core import clock
from firstline.core.actions import NotAllowed, acting

from .models import IdempotentAnswer
from .problems import problem

LONGEST_KEY = 200


def once[F: Callable[..., Any]](operation: F) -> F:
    """Let a changing operation respect the token's scope and the caller's Idempotency-Key.

    The key's row is written in the same transaction as the change: both are there or neither.
    """

    @wraps(operation)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if getattr(request, "token_may_not_write", False):
            raise NotAllowed("This token may only read.")
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return operation(request, *args, **kwargs)
        if len(key) > LONGEST_KEY:
            return problem(400, f"An Idempotency-Key has at most {LONGEST_KEY} characters.")
        digest = hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()
        if (known := _known(request, key)) is not None:
            return _again(known, digest)
        try:
            with transaction.atomic(), acting():
                answer = IdempotentAnswer(person=_caller(request), key=key, request_digest=digest, at=clock.now())
                answer.save(force_insert=True)
                result = operation(request, *args, **kwargs)
                status, body = _plain(result)
                answer.status, answer.body = status, json.dumps(body)
                answer.save(update_fields=["status", "body"])
        except IntegrityError:
            if (known := _known(request, key)) is None:
                raise
            return _again(known, digest)
        return HttpResponse(answer.body, status=status, content_type="application/json")

    return run  # type: ignore[return-value]


def _caller(request: HttpRequest) -> Any:
    return request.user


def _known(request: HttpRequest, key: str) -> IdempotentAnswer | None:
    return IdempotentAnswer.objects.filter(person=_caller(request), key=key).first()


def _again(known: IdempotentAnswer, digest: str) -> HttpResponse:
    if known.request_digest != digest:
        return problem(422, "This Idempotency-Key was used for another request.")
    response = HttpResponse(known.body, status=known.status or 200, content_type="application/json")
    response["Idempotent-Replayed"] = "true"
    return response


def _plain(result: Any) -> tuple[int, Any]:
    status, body = result if isinstance(result, tuple) else (200, result)
    return status, body.model_dump(mode="json") if hasattr(body, "model_dump") else body
