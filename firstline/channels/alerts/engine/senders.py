"""Grafana's older alerts, Zabbix, Nagios and Icinga, Datadog, Sentry: as each of them documents its webhooks."""

from __future__ import annotations

from typing import Any

from .report import FIRING, RESOLVED, Part, Report, Unreadable, labels_of, mapping_of, severity_of, text_of

OVER = {
    "ok", "up", "resolved", "recovery", "recovered", "closed", "close", "normal", "0", "false", "success", "clear",
    "cleared", "inactive", "passing", "end", "ended", "down_ended", "completed", "archived", "healthy",
}  # fmt: skip


def state_of(*words: Any) -> str:
    """Resolved if any of these words says so."""
    return RESOLVED if any(text_of(word).lower() in OVER for word in words if text_of(word)) else FIRING


def grafana_fits(payload: Any) -> bool:
    return isinstance(payload, dict) and ("ruleId" in payload or "ruleName" in payload or "evalMatches" in payload)


def grafana(payload: Any) -> list[Report]:
    """Before Grafana 9: one rule, `state` alerting, no_data, paused, pending or ok."""
    if not grafana_fits(payload):
        raise Unreadable("A Grafana alert has “alerts”, or “ruleId” and “state”.")
    matches = [mapping_of(match) for match in payload.get("evalMatches") or () if isinstance(match, dict)]
    tags = labels_of(payload.get("tags"))
    told = [f"• {text_of(match.get('metric'))} = {text_of(match.get('value'))}" for match in matches[:20]]
    name = text_of(payload.get("ruleName") or payload.get("title"))
    return [
        Report(
            key=f"rule:{text_of(payload.get('orgId'))}:{text_of(payload.get('ruleId')) or name}",
            title=name or "Grafana",
            state=state_of(payload.get("state")),
            severity=severity_of(tags.get("severity", ""), tags.get("priority", "")),
            text="\n".join([text_of(payload.get("message")), *told]).strip(),
            url=text_of(payload.get("ruleUrl")),
            labels=tags or (labels_of(matches[0].get("tags")) if matches else {}),
        )
    ]


def zabbix_fits(payload: Any) -> bool:
    return isinstance(payload, dict) and ("event_id" in payload or "eventid" in payload or "EVENT.ID" in payload) and (
        any(name in payload for name in ("event_value", "trigger_id", "triggerid", "event_nseverity", "alert_subject",
                                         "event_name", "EVENT.VALUE", "value", "status"))
    )  # fmt: skip


def zabbix(payload: Any) -> list[Report]:
    """A webhook media type: parameters named after macros ({EVENT.ID}, {EVENT.VALUE}, {EVENT.NSEVERITY} …).

    {EVENT.VALUE} is 1 for a problem and 0 for its recovery; {EVENT.ID} stays that of the problem. An update
    ({EVENT.UPDATE.STATUS} 1) is neither.
    """
    if not isinstance(payload, dict):
        raise Unreadable("A Zabbix message is one JSON object.")
    said = {f"{key}".lower().replace(".", "_").strip("{}"): value for key, value in payload.items()}
    event = text_of(said.get("event_id") or said.get("eventid"))
    if not event:
        raise Unreadable("A Zabbix message names its “event_id” ({EVENT.ID}).")
    if "event_value" in said or "value" in said:
        is_over = text_of(said.get("event_value", said.get("value"))) in {"0", "OK"}
    else:
        is_over = state_of(said.get("event_status"), said.get("status"), said.get("trigger_status")) == RESOLVED
    host = text_of(said.get("host_name") or said.get("host") or said.get("hostname"))
    subject = text_of(
        said.get("event_name") or said.get("trigger_name") or said.get("alert_subject") or said.get("subject")
    )
    for prefix in ("Problem: ", "Resolved: ", "PROBLEM: ", "OK: ", "Updated problem: "):
        subject = subject.removeprefix(prefix)
    # The number alone is not enough: 5 is a disaster to Zabbix.
    nseverity = text_of(said.get("event_nseverity") or said.get("nseverity"))
    by_number = {"5": "critical", "4": "high", "3": "medium", "2": "medium", "1": "info", "0": "info"}
    word = text_of(said.get("event_severity") or said.get("severity") or said.get("trigger_severity"))
    severity = by_number.get(nseverity) or (by_number.get(word) if word.isdigit() else None) or severity_of(word)
    message = said.get("alert_message") or said.get("message") or said.get("event_opdata") or ""
    return [
        Report(
            key=f"event:{event}",
            title=f"{subject or 'Zabbix'}{f' ({host})' if host and host not in subject else ''}",
            state=RESOLVED if is_over else FIRING,
            severity=severity,
            text=f"{message}".replace("\x00", "")[:4000],
            url=text_of(said.get("trigger_url") or said.get("event_url") or said.get("zabbix_url")),
            labels={"host": host, "trigger": text_of(said.get("trigger_id") or said.get("triggerid"))},
        )
    ]


NAGIOS = ("notificationtype", "hostname", "hoststate", "servicedesc", "servicestate")


def _macros(payload: Any) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for key, value in mapping_of(payload).items():
        name = f"{key}".strip("$").lower().removeprefix("nagios_").removeprefix("icinga_")
        said[name.replace("_", "").replace(".", "").replace("-", "")] = value
    return said


def nagios_fits(payload: Any) -> bool:
    said = _macros(payload)
    if isinstance(mapping_of(payload).get("check_result"), dict):
        return True
    return ("hostname" in said or "hostdisplayname" in said) and any(
        name in said for name in ("hoststate", "servicestate", "notificationtype")
    )


def nagios(payload: Any) -> list[Report]:
    """The macros of a notification command, as JSON or a form: $NOTIFICATIONTYPE$, $HOSTNAME$, $SERVICEDESC$ …

    Icinga 2 names them host.name, service.name, notification.type; its event stream sends `check_result`.
    """
    said = _macros(payload)
    raw = mapping_of(payload)
    if isinstance(raw.get("check_result"), dict):
        said |= {"hostname": raw.get("host"), "servicedesc": raw.get("service"), "notificationtype": raw.get("type"),
                 "servicestate": _icinga_state(raw), "serviceoutput": raw["check_result"].get("output")}  # fmt: skip
    host = text_of(said.get("hostname") or said.get("hostdisplayname") or said.get("hostalias"))
    if not host:
        raise Unreadable("A Nagios notification names its host ($HOSTNAME$).")
    service = text_of(said.get("servicedesc") or said.get("servicename") or said.get("servicedisplayname"))
    kind = text_of(said.get("notificationtype")).upper()
    state = text_of(said.get("servicestate") if service else said.get("hoststate")).upper() or kind
    output = text_of(said.get("serviceoutput") or said.get("hostoutput") or said.get("output"))
    return [
        Report(
            key=f"{host}!{service}",
            title=f"{host}: {service or 'host'} {state}".strip(),
            state=RESOLVED if kind == "RECOVERY" or state in {"OK", "UP"} else FIRING,
            severity=severity_of(state),
            text="\n".join(
                filter(None, [output, text_of(said.get("longserviceoutput") or said.get("longhostoutput"))])
            ),
            url=text_of(said.get("servicenotesurl") or said.get("hostnotesurl") or said.get("notesurl")),
            labels={"host": host, "service": service, "notification": kind},
        )
    ]


def _icinga_state(raw: dict[str, Any]) -> str:
    words = ("OK", "WARNING", "CRITICAL", "UNKNOWN") if raw.get("service") else ("UP", "DOWN", "DOWN", "DOWN")
    try:
        return words[int(float(raw.get("state", raw["check_result"].get("state", 3))))]
    except (ValueError, TypeError, IndexError):
        return "UNKNOWN"


def datadog_fits(payload: Any) -> bool:
    if not isinstance(payload, dict):
        return False
    names = {
        "alert_transition",
        "alert_id",
        "alertTransition",
        "alert_status",
        "event_type",
        "monitor_id",
        "aggreg_key",
    }
    if "monitor_id" in payload or "alert_transition" in payload or "alertTransition" in payload:
        return True
    return len(names & set(payload)) >= 2


BODIES = ("body", "event_msg", "text_only_msg", "message")


def datadog(payload: Any) -> list[Report]:
    """A webhook body of $-variables ($ALERT_ID, $ALERT_TRANSITION, $AGGREG_KEY, $ALERT_SCOPE, $PRIORITY …)."""
    if not isinstance(payload, dict):
        raise Unreadable("A Datadog webhook is one JSON object.")
    said = {f"{key}".lower().replace("-", "_"): value for key, value in payload.items()}
    monitor = text_of(said.get("alert_id") or said.get("monitor_id") or said.get("alertid") or said.get("id"))
    scope = text_of(
        said.get("aggreg_key") or said.get("alert_cycle_key") or said.get("alert_scope") or said.get("scope")
    )
    title = text_of(said.get("alert_title") or said.get("event_title") or said.get("title") or said.get("monitor_name"))
    if not (monitor or title):
        raise Unreadable("A Datadog webhook names its “alert_id” ($ALERT_ID) and its “title”.")
    transition = text_of(said.get("alert_transition") or said.get("alerttransition") or said.get("transition")).lower()
    words = (transition, said.get("alert_status"), said.get("alert_type"), said.get("status"))
    for prefix in ("[Triggered", "[Recovered", "[Re-Triggered", "[Warn", "[No data"):
        if title.startswith(prefix) and "] " in title:
            title = title.split("] ", 1)[1]
    tags = said.get("tags")
    listed = tags if isinstance(tags, list) else text_of(tags).split(",")
    labels = dict(part.strip().split(":", 1) for part in map(str, listed) if ":" in part)
    return [
        Report(
            key=f"monitor:{monitor or title}:{scope}",
            title=title or f"Monitor {monitor}",
            state=state_of(*words),
            severity=severity_of(said.get("alert_priority") or said.get("priority") or said.get("severity"),
                                 "warning" if transition in {"warn", "warning"} else ""),
            text=f"{next((said[name] for name in BODIES if said.get(name)), '')}"[:4000],
            url=text_of(said.get("link") or said.get("url")),
            labels={key.strip(): value.strip()[:300] for key, value in labels.items()},
        )
    ]  # fmt: skip


def sentry_fits(payload: Any) -> bool:
    if not isinstance(payload, dict):
        return False
    data = mapping_of(payload.get("data"))
    if payload.get("action") and any(name in data for name in ("issue", "event", "error", "metric_alert")):
        return True
    return "culprit" in payload or ("project_slug" in payload and "event" in payload)


def sentry(payload: Any) -> list[Report]:
    """The integration platform (`action` and `data`: issue, event_alert, metric_alert, error) and the older plugin."""
    if not sentry_fits(payload):
        raise Unreadable("A Sentry webhook has “action” and “data”, or the fields of the older plugin.")
    data, action = mapping_of(payload.get("data")), text_of(payload.get("action")).lower()
    if isinstance(data.get("metric_alert"), dict):
        alert = data["metric_alert"]
        rule = mapping_of(alert.get("alert_rule"))
        return [
            Report(
                key=f"metric:{text_of(alert.get('id') or rule.get('id'))}",
                title=text_of(data.get("description_title") or alert.get("title") or rule.get("name")) or "Sentry",
                state=state_of(action),
                severity=severity_of(action),
                text=text_of(data.get("description_text")),
                url=text_of(data.get("web_url")),
                labels={"rule": text_of(rule.get("name"))},
            )
        ]
    event = mapping_of(data.get("issue") or data.get("event") or data.get("error") or payload.get("event"))
    issue = text_of(
        data["issue"].get("id") if isinstance(data.get("issue"), dict) else event.get("issue_id") or payload.get("id")
    )
    if not issue:
        raise Unreadable("The Sentry webhook names no issue.")
    level = text_of(event.get("level") or payload.get("level"))
    project = event.get("project") or payload.get("project_slug") or payload.get("project") or ""
    name = text_of(project.get("slug") if isinstance(project, dict) else project)
    return [
        Report(
            key=f"issue:{issue}",
            title=text_of(event.get("title") or payload.get("message") or event.get("culprit")) or f"Issue {issue}",
            state=state_of(action, event.get("status")),
            severity=severity_of(level),
            text="\n".join(
                filter(None, (text_of(payload.get("message")), text_of(event.get("culprit") or payload.get("culprit"))))
            ),
            url=text_of(event.get("web_url") or event.get("permalink") or payload.get("url") or event.get("url")),
            labels={"project": name, "level": level, "environment": text_of(event.get("environment"))},
            parts=(Part(issue, state_of(action, event.get("status"))),),
        )
    ]
