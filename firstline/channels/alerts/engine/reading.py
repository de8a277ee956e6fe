"""From the raw message to reports. Adding a sender: one line here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from . import alertmanager, generic, senders
from .report import Report, Unreadable

Reader = tuple[Callable[[Any], bool], Callable[[Any], list[Report]]]

READERS: dict[str, Reader] = {
    "alertmanager": (alertmanager.fits, alertmanager.read),
    "grafana": (senders.grafana_fits, senders.grafana),
    "sentry": (senders.sentry_fits, senders.sentry),
    "datadog": (senders.datadog_fits, senders.datadog),
    "zabbix": (senders.zabbix_fits, senders.zabbix),
    "nagios": (senders.nagios_fits, senders.nagios),
}
DEEPEST = 60


def decoded(body: bytes, content_type: str = "") -> Any:
    """JSON, or the fields of a form (Nagios' curl). Raises Unreadable."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("It is not text in UTF-8.") from None
    if "x-www-form-urlencoded" in content_type and not text.lstrip().startswith(("{", "[")):
        fields = dict(parse_qsl(text))
        return decoded(fields["payload"].encode()) if set(fields) == {"payload"} else fields
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"It is not JSON: {error}"[:200]) from None
    _must_be_shallow(found)
    return found


def read(kind: str, payload: Any, mapping: Mapping[str, str] | None = None) -> list[Report]:
    """What it reports. A sender that is not the one expected is known by its shape; Unreadable if by none."""
    if kind == "generic":
        return generic.read(payload, mapping)
    inner = payload.get("payload") if isinstance(payload, dict) else None
    expected = READERS.get(kind)
    if kind == "grafana" and alertmanager.fits(payload):
        return alertmanager.read(payload)
    if expected and expected[0](payload):
        return expected[1](payload)
    for fits, reader in READERS.values():
        if fits(payload):
            return reader(payload)
    if isinstance(inner, dict) and inner.get("labels"):  # one alert of Alertmanager, wrapped
        return alertmanager.read({"alerts": [inner]})
    if kind == "alertmanager" and isinstance(payload, list) and payload and all(isinstance(o, dict) for o in payload):
        return alertmanager.read({"alerts": payload})
    return generic.read(payload, mapping)


def _must_be_shallow(value: Any, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise Unreadable("It is nested too deeply.")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _must_be_shallow(inner, depth + 1)
