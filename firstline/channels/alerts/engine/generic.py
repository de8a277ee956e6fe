"""Any other JSON: by paths that somebody mapped, else by the names that most systems use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from .report import FIRING, Report, Unreadable, labels_of, mapping_of, severity_of, text_of
from .senders import state_of

# In the order in which they are tried; the first that has a value counts. Dots go down.
GUESSES: dict[str, tuple[str, ...]] = {
    "title": (
        "title", "subject", "alert_name", "AlarmName", "alertname", "name", "summary", "ruleName", "condition_name",
        "check_name", "incident.summary", "issue.summary", "alert.ruleName", "monitor.name", "rule.name", "policy_name",
        "incident.policy_name", "labels.alertname", "annotations.summary", "trigger", "service", "message", "text",
        "detector", "id",
    ),
    "key": (
        "key", "dedup_key", "dedup", "incident_key", "fingerprint", "alert_uid", "AlarmArn", "incident.incident_id",
        "incident_id", "incidentId", "issue.issueIdentifier", "issue.id", "alert.alertId", "alert_id", "alertId",
        "check_id", "monitor.id", "event_definition_id", "detectorId", "rule.id", "AlarmName", "id",
    ),
    "state": (
        "state", "status", "NewStateValue", "current_state", "incident.state", "issue.status", "eventType", "action",
        "heartbeat.status", "level_state", "alert_state", "type",
    ),
    "severity": (
        "severity", "priority", "level", "labels.severity", "alert.severity", "incident.severity", "Priority",
        "importance_level", "incident.metadata.system_labels.severity",
    ),
    "text": (
        "description", "message", "body", "text", "details", "NewStateReason", "AlarmDescription", "long_description",
        "issue.description", "incident.summary", "annotations.description", "alert.ruleExpression", "msg", "summary",
        "condition_name",
    ),
    "url": (
        "url", "link", "link_to_upstream_details", "incident_url", "incident.url", "alert.permalink", "html_url",
        "permalink", "issue.url",
    ),
}  # fmt: skip
NOT_OVER = {"trigger", "triggered"}


def read(payload: Any, mapping: Mapping[str, str] | None = None) -> list[Report]:
    """One report from one object, or one from each of a list."""
    if isinstance(payload, list) and payload and all(isinstance(one, dict) for one in payload):
        if all(set(one) <= {"key", "value", "name"} for one in payload):  # pairs, as Coralogix sends them
            return [_one({text_of(one.get("key") or one.get("name")): one.get("value") for one in payload}, mapping)]
        return [_one(one, mapping) for one in payload[:100]]
    if not isinstance(payload, dict) or not payload:
        raise Unreadable("A message is a JSON object with at least a title.")
    return [_one(_unwrapped(payload), mapping)]


def at(payload: Any, path: str) -> Any:
    """The value at a path such as `incident.policy.name` or `alerts.0.title`; None where there is nothing."""
    for step in filter(None, path.split(".")):
        if isinstance(payload, dict):
            payload = payload.get(step)
        elif isinstance(payload, list) and step.isdecimal() and int(step) < len(payload):
            payload = payload[int(step)]
        else:
            return None
    return payload


def _unwrapped(payload: dict[str, Any]) -> dict[str, Any]:
    """The message of an Amazon SNS notification is JSON in a text; others hold it as an object."""
    inner = payload.get("Message", payload.get("payload"))
    if isinstance(inner, str) and payload.get("Type") in {None, "Notification"}:
        try:
            inner = json.loads(inner)
        except ValueError:
            inner = {"message": inner, "title": payload.get("Subject")} if "Type" in payload else None
    if payload.get("Type") in {"SubscriptionConfirmation", "UnsubscribeConfirmation"}:
        return {**payload, "title": f"Amazon SNS: {payload['Type']}", "description": payload.get("Message"),
                "url": payload.get("SubscribeURL"), "severity": "info", "key": payload.get("TopicArn")}  # fmt: skip
    messages = payload.get("messages")
    if isinstance(messages, list) and messages and isinstance(messages[0], dict):  # PagerDuty, version 2
        incident = mapping_of(mapping_of(messages[0].get("data")).get("incident"))
        if incident:
            told = text_of(mapping_of(incident.get("trigger_summary_data")).get("subject"))
            return {**incident, "title": told, "state": text_of(messages[0].get("type")).rpartition(".")[2],
                    "key": incident.get("id")}  # fmt: skip
    return inner if isinstance(inner, dict) else payload


def _one(payload: dict[str, Any], mapping: Mapping[str, str] | None) -> Report:
    wanted = {name: path for name, path in (mapping or {}).items() if path}
    found = {name: _found(payload, name, wanted) for name in GUESSES}
    if not found["title"]:
        raise Unreadable(f"There is no title at “{wanted['title']}”." if "title" in wanted else "It has no title.")
    word = text_of(found["state"]).lower().replace("alert_notification_", "").replace("incident.", "")
    state = FIRING if word in NOT_OVER else state_of(word)
    title = text_of(found["title"], 250)
    labels = labels_of(payload.get("labels")) or labels_of(
        {key: value for key, value in payload.items() if key in {"host", "hostname", "service", "source", "team"}}
    )
    key = text_of(found["key"]) or hashlib.sha256(json.dumps([title, labels], sort_keys=True).encode()).hexdigest()[:16]
    return Report(
        key=key,
        title=title,
        state=state,
        severity=severity_of(found["severity"]) if found["severity"] else severity_of(word),
        text=text_of(found["text"], 4000),
        url=text_of(found["url"]),
        labels=labels,
    )


def _found(payload: dict[str, Any], name: str, wanted: Mapping[str, str]) -> Any:
    for path in (wanted[name],) if name in wanted else GUESSES[name]:
        value = at(payload, path)
        if isinstance(value, dict):
            value = value.get("label") or value.get("value") or value.get("name")
        if text_of(value):
            return value
    return None
