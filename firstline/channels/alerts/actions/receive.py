from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.channels.alerts.engine.reading import decoded, read
from firstline.channels.alerts.engine.report import FIRING, RESOLVED, Part, Report, Unreadable
from firstline.channels.alerts.events import AlertFlaps, AlertJoined, AlertOver, AlertReceived
from firstline.channels.alerts.models import AlertGroup, AlertMessage, AlertSource, WhenOver
from firstline.core import clock
from firstline.core.actions import Refused, action, via
from firstline.core.events.record import record
from firstline.work.conversations.actions.say import note, reply
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.status import close, reopen, resolve
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import going_on_in

State = AlertMessage.State
FLAPS = 3  # so many times back within the minutes of calm …
LONGEST_BODY = 1_000_000
KEPT_TURNS = 10
MOST_PARTS = 500
# A retry may arrive after the end. Later than this it is true: Alertmanager ends what it does not hear of any more, and
# Prometheus, once back, reports it with its old beginning.
LATE_RETRY = timedelta(seconds=60)


@action("alert.receive", permission="alert.manage")
def receive(
    source: AlertSource,
    body: str,
    *,
    content_type: str = "",
    is_sample: bool = False,
    counts_once: bool = False,
    by: Any,
) -> AlertMessage:
    """Keep a message of a monitoring system as it came. `counts_once`: the same words again will have no effect."""
    message = AlertMessage(
        source=source, body=body[:LONGEST_BODY].replace("\x00", ""), content_type=content_type[:100], at=clock.now(),
        is_sample=is_sample, digest=hashlib.sha256(body.encode()).hexdigest() if counts_once else "",
    )  # fmt: skip
    message.save()
    source.last_received_at = message.at
    source.save(update_fields=["last_received_at"])
    record(message, AlertReceived, by=by, source=source.pk)
    return message


@action("alert.take", permission="alert.manage")
def take_message(message: AlertMessage, *, by: Any) -> AlertMessage:
    """Let a kept message take effect, once: a ticket for each trouble, joined by its repeats, ended by its end."""
    message.refresh_from_db(from_queryset=AlertMessage.objects.select_for_update(of=("self",)))
    if message.state != State.RECEIVED:
        return message
    source = message.source
    if message.digest and _came_before(message):
        return _end(message, State.REPEATED, _("Exactly this message has come before."))
    try:
        reports = read(source.kind, decoded(message.body.encode(), message.content_type), source.mapping)
    except Unreadable as error:
        source.last_error = str(error)[:300]
        source.save(update_fields=["last_error"])
        return _end(message, State.UNREADABLE, str(error))
    with via("alert"):
        outcomes = [_take(source, report) for report in reports]
    source.last_good_at, source.last_error = clock.now(), ""
    source.save(update_fields=["last_good_at", "last_error"])
    message.ticket = next((ticket for _state, ticket, _why in outcomes if ticket is not None), None)
    states = [state for state, _ticket, _why in outcomes]
    order = (State.TAKEN, State.REPEATED, State.IGNORED)
    best = next(state for state in order if state in states)
    return _end(message, best, next(why for state, _ticket, why in outcomes if state == best))


@action("alert.calm", permission="alert.manage")
def calm_down(group: AlertGroup, *, by: Any) -> None:
    """What came and went has been calm for long enough: now it is over."""
    group.refresh_from_db(from_queryset=AlertGroup.objects.select_for_update(of=("self",)))
    if group.is_flapping and not group.is_firing:
        group.is_flapping, group.turns = False, []
        group.save(update_fields=["is_flapping", "turns"])
        if (ticket := _ticket_of(group)) is not None:
            with via("alert"):
                _finish(group.source, ticket)


def _came_before(message: AlertMessage) -> bool:
    """What nobody understood may be sent again, once its fields are mapped."""
    same = AlertMessage.objects.filter(source=message.source_id, digest=message.digest, pk__lt=message.pk)
    return same.exclude(state=State.UNREADABLE).exists()


def _take(source: AlertSource, report: Report) -> tuple[str, Ticket | None, str]:
    """One report under the lock of its group, so that retries which arrive at once follow one another."""
    key = hashlib.sha256(report.key.encode()).hexdigest()
    now = clock.now()
    known = AlertGroup.objects.filter(source=source, key=key).exists()
    if not known and report.state == RESOLVED:
        return State.IGNORED, None, _("It is over, and we had not heard that it had begun.")
    group, _is_new = AlertGroup.objects.get_or_create(
        source=source, key=key, defaults={"title": report.title[:300], "is_firing": False, "first_at": now}
    )
    group = AlertGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    is_just_over = group.over_at is not None and now - group.over_at < LATE_RETRY
    parts, changed, stale = _merged(group.parts, report, is_just_over=is_just_over)
    group.count += 1
    if stale and not changed:
        group.save(update_fields=["count"])
        return State.IGNORED, group.ticket, _("It is older than what we know.")
    was_firing = group.is_firing
    group.parts, group.title, group.last_at = parts, report.title[:300], now
    group.is_firing = report.state == FIRING
    if group.is_firing and not was_firing:
        outcome = _begins(source, group, report)
    elif was_firing and not group.is_firing:
        outcome = _ends(source, group, report)
    elif changed and group.is_firing:
        outcome = _goes_on(source, group, report)
    else:
        outcome = State.REPEATED, _ticket_of(group), _("The same was reported before.")
    group.save()
    return outcome


def _merged(known: dict[str, Any], report: Report, *, is_just_over: bool) -> tuple[dict[str, Any], bool, bool]:
    """What is known of its parts now, whether anything is new, and whether what came is older than that."""
    parts = {key: dict(part) for key, part in known.items()}
    changed = stale = False
    for part in report.parts or (Part(report.key[:64], report.state),):
        before = parts.get(part.key[:64])
        if before and before["since"] and part.since and part.since < before["since"]:
            stale = True  # sent before what we have heard since, and arrived after it
            continue
        if is_just_over and before and part.state == FIRING and part.since and part.since == before["since"]:
            stale = True  # the very trouble whose end we have just heard of: a late retry
            continue
        if before is None or before["state"] != part.state:
            changed = True
        parts[part.key[:64]] = {"state": part.state, "since": part.since, "label": part.label[:120]}
    if len(parts) > MOST_PARTS:
        parts = dict([item for item in parts.items() if item[1]["state"] == FIRING][:MOST_PARTS])
    return parts, changed, stale


def _begins(source: AlertSource, group: AlertGroup, report: Report) -> tuple[str, Ticket | None, str]:
    now = clock.now()
    ticket, last_over = _ticket_of(group), group.over_at
    group.over_at = None
    group.turns = [*group.turns, now.isoformat()][-KEPT_TURNS:]
    is_same = last_over is not None and now - last_over <= timedelta(hours=source.rejoin_hours)
    if ticket is not None and (is_same or ticket.is_unsolved):
        if not ticket.is_unsolved:
            reopen(ticket, by=None)
        if _flaps(group, source) and not group.is_flapping:
            group.is_flapping = True
            record(ticket, AlertFlaps)
        elif not group.is_flapping:
            _say(ticket, _("It fires again."), report)
        return State.TAKEN, ticket, ""
    group.turns, group.is_flapping, group.first_at = [now.isoformat()], False, now
    impact, urgency = source.severities.get(report.severity, [2, 2])
    text = _told(report)
    ticket = open_ticket(
        source.person, report.title, category=source.category, team=source.team, impact=impact, urgency=urgency,
        words=text, source="alert", external_reference=report.key[:120], by=None,
    )  # fmt: skip
    reply(ticket, text or report.title, author=source.person, by=None)
    group.ticket = ticket
    return State.TAKEN, ticket, ""


def _goes_on(source: AlertSource, group: AlertGroup, report: Report) -> tuple[str, Ticket | None, str]:
    ticket = _ticket_of(group)
    if ticket is None:
        return State.IGNORED, None, _("Its ticket is no more.")
    firing = sum(part["state"] == FIRING for part in group.parts.values())
    record(ticket, AlertJoined, firing=firing, over=len(group.parts) - firing)
    if not group.is_flapping:
        _say(ticket, _("It has changed."), report)
    return State.TAKEN, ticket, ""


def _ends(source: AlertSource, group: AlertGroup, report: Report) -> tuple[str, Ticket | None, str]:
    ticket = _ticket_of(group)
    group.over_at = clock.now()
    for part in group.parts.values():
        part["state"] = RESOLVED
    if ticket is None:
        return State.IGNORED, None, _("Its ticket is no more.")
    if group.is_flapping:
        return State.TAKEN, ticket, _("It comes and goes; the ticket stays open until it is calm.")
    record(ticket, AlertOver)
    _finish(source, ticket)
    return State.TAKEN, ticket, ""


def _finish(source: AlertSource, ticket: Ticket) -> None:
    note(ticket, _("Monitoring says that it is over."), author=source.person, by=None)
    if not ticket.is_unsolved:
        return
    try:
        with transaction.atomic():
            if source.when_over == WhenOver.RESOLVE:
                resolve(ticket, by=None)
            elif source.when_over == WhenOver.CLOSE:
                close(ticket, by=None)
    except Refused as refusal:  # open children, for one: people decide then
        note(ticket, str(refusal), author=source.person, by=None)


def _flaps(group: AlertGroup, source: AlertSource) -> bool:
    since = (clock.now() - timedelta(minutes=source.calm_minutes)).isoformat()
    return len([turn for turn in group.turns if turn >= since]) >= FLAPS


def _ticket_of(group: AlertGroup) -> Ticket | None:
    return going_on_in(group.ticket) if group.ticket is not None else None


def _say(ticket: Ticket, what: str, report: Report) -> None:
    note(ticket, f"{what}\n\n{_told(report)}".strip(), by=None)


def _told(report: Report) -> str:
    lines = [report.text]
    if report.labels:
        lines.append(", ".join(f"{key}={value}" for key, value in sorted(report.labels.items()) if value))
    if report.truncated:
        lines.append(_("… and %(n)d more that the sender left out.") % {"n": report.truncated})
    if report.url:
        lines.append(report.url)
    return "\n".join(filter(None, lines))[:20_000]


def _end(message: AlertMessage, state: str, reason: str = "") -> AlertMessage:
    message.state, message.reason = State(state), reason[:300]
    message.save()
    return message
