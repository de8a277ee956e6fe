"""Prometheus Alertmanager, webhook versions 3 and 4; Grafana's unified alerting sends the same, with a title.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .report import FIRING, RESOLVED, Part, Report, Unreadable, labels_of, mapping_of, severity_of, text_of

ZERO = "0001-01-01"


def fits(payload: Any) -> bool:
    return isinstance(payload, dict) and isinstance(payload.get("alerts"), list)


def read(payload: Any) -> list[Report]:
    if not fits(payload):
        raise Unreadable("An Alertmanager webhook has a list called “alerts”.")
    alerts = [alert for alert in payload["alerts"] if isinstance(alert, dict)]
    if not alerts:
        raise Unreadable("The list “alerts” is empty.")
    common, group = labels_of(payload.get("commonLabels")), labels_of(payload.get("groupLabels"))
    notes = mapping_of(payload.get("commonAnnotations"))
    parts = tuple(_part(alert) for alert in alerts)
    is_firing = any(part.state == FIRING for part in parts)
    # Where alerts were left out, only the sender knows whether all of them are over.
    if payload.get("truncatedAlerts") and text_of(payload.get("status")).lower() == FIRING:
        is_firing = True
    key = payload.get("groupKey")
    first = labels_of(alerts[0].get("labels"))
    labels = common or group or (first if len(alerts) == 1 else {"alertname": first.get("alertname", "")})
    is_keyed = bool(key) and key != "{}:{}"
    return [
        Report(
            key=f"{key}" if is_keyed else _key_of(labels),
            title=_title(payload, alerts, labels, group),
            state=FIRING if is_firing else RESOLVED,
            severity=severity_of(
                *(labels_of(alert.get("labels")).get("severity", "") for alert in alerts), common.get("severity", "")
            ),
            text=_text(alerts, notes, payload),
            url=text_of(payload.get("externalURL") or alerts[0].get("generatorURL")),
            labels=labels,
            parts=parts,
            truncated=payload["truncatedAlerts"] if isinstance(payload.get("truncatedAlerts"), int) else 0,
        )
    ]


def _part(alert: dict[str, Any]) -> Part:
    labels = labels_of(alert.get("labels"))
    ends = text_of(alert.get("endsAt"))
    state = text_of(alert.get("status")).lower() or (FIRING if not ends or ends.startswith(ZERO) else RESOLVED)
    return Part(
        key=text_of(alert.get("fingerprint")) or _key_of(labels),
        state=RESOLVED if state in {"resolved", "ok", "normal"} else FIRING,
        label=labels.get("instance") or labels.get("host") or labels.get("alertname", ""),
        since=text_of(alert.get("startsAt")),
    )


def _key_of(labels: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(labels, sort_keys=True).encode()).hexdigest()[:16]


def _title(payload: dict[str, Any], alerts: list[Any], labels: dict[str, str], group: dict[str, str]) -> str:
    name = labels.get("alertname") or labels_of(alerts[0].get("labels")).get("alertname", "")
    notes = mapping_of(payload.get("commonAnnotations")) or mapping_of(alerts[0].get("annotations"))
    said = text_of(notes.get("summary") or notes.get("title"))
    places = [value for key, value in group.items() if key != "alertname"]
    place = ", ".join(places) or labels.get("instance", "")
    title = ": ".join(part for part in (name, said) if part) or text_of(payload.get("title")) or "Alert"
    return f"{title} ({place})" if place and place not in title else title


def _text(alerts: list[Any], notes: dict[str, Any], payload: dict[str, Any]) -> str:
    lines = [text_of(notes.get(key)) for key in ("description", "message") if text_of(notes.get(key))]
    if text_of(payload.get("message")) and not notes:
        lines.append(f"{payload['message']}"[:4000])
    for alert in alerts[:20]:
        labels, own = labels_of(alert.get("labels")), mapping_of(alert.get("annotations"))
        said = text_of(own.get("description") or own.get("message") or own.get("summary") or own.get("title"))
        where = ", ".join(f"{key}={value}" for key, value in labels.items() if key != "alertname")
        lines.append(f"• {_part(alert).state}: {where}{' – ' + said if said and said not in lines else ''}")
        if runbook := text_of(own.get("runbook_url")):
            lines.append(f"  {runbook}")
    return "\n".join(lines)
