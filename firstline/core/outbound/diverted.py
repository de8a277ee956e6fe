"""Libraries that bring their own HTTP client (`requests`) speak through ours while we call them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from .client import send
from .refusals import Unreachable

_troubles: ContextVar[list[Exception] | None] = ContextVar("diverted", default=None)


@contextmanager
def diverted() -> Iterator[list[Exception]]:
    """Within this block, what `requests` is asked for in this thread goes through outbound; elsewhere nothing changes.

    Yields the list that refusals are put into: libraries swallow exceptions. A redirect is an answer, never followed.
    """
    _stand_before_requests()
    troubles: list[Exception] = []
    token = _troubles.set(troubles)
    try:
        yield troubles
    finally:
        _troubles.reset(token)


def _stand_before_requests() -> None:
    """`requests` opens connections in one place, its adapter. Ours stands before it, once per process."""
    import requests  # noqa: PLC0415 -- heavy import
    from requests.adapters import HTTPAdapter  # noqa: PLC0415 -- heavy import

    original: Any = HTTPAdapter.send
    if getattr(original, "is_ours", False):
        return

    def through_us(adapter: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        troubles = _troubles.get()
        if troubles is None:
            return original(adapter, request, *args, **kwargs)
        body = request.body or b""
        try:
            answer = send(
                request.url,
                method=request.method,
                headers={str(name): _text(value) for name, value in request.headers.items()},
                content=body.encode() if isinstance(body, str) else body,
            )
        except (Unreachable, ValueError) as error:
            troubles.append(error)
            raise requests.ConnectionError(str(error)) from error
        response = requests.Response()
        response.status_code = answer.status
        response.headers.update({name: value for name, value in answer.headers.items() if name != "location"})
        response._content = answer.content
        response.url, response.request, response.encoding = request.url, request, "utf-8"
        return response

    through_us.is_ours = True  # type: ignore[attr-defined]
    HTTPAdapter.send = through_us  # type: ignore[method-assign, assignment]


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
