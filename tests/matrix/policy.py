"""Who may come in where: written by hand, one line per route, so that every change is seen by a reviewer.

A route that is not here makes the test red. `of` names the kind of thing in the address (see world.py); the permission
beside a verb is the one needed on that thing, "" if seeing it is enough, and None if the verb does nothing there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PUBLIC, SIGNED_IN, ITSELF = "public", "signed in", "itself"


@dataclass(frozen=True)
class Rule:
    entry: str  # PUBLIC, SIGNED_IN, or the permission the screen declares
    of: str = ""
    get: str | None = ""
    post: str | None = None
    query: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    args: dict[str, Any] = field(default_factory=dict)  # other parts of the address; names of things are looked up
    key: str = "pk"  # which part of the address the thing is
    with_token: bool = False  # asked with the person's API token, in JSON


def own(**more: Any) -> Rule:
    return Rule(SIGNED_IN, **more)


def desk(get: str | None = None, post: str | None = None, **more: Any) -> Rule:
    """A page of one ticket on the desk."""
    return Rule("desk.enter", of="ticket", get=get, post=post, **more)


def shaped(get: str | None = None, post: str | None = None, **more: Any) -> Rule:
    """A page of one form, for who may shape it."""
    return Rule(SIGNED_IN, of="form", get=get, post=post, **more)


def asked(get: str | None = None, post: str | None = None, **more: Any) -> Rule:
    """A page of one's own request in the portal."""
    return Rule("ticket.ask", of="request", get=get, post=post, **more)


def shaping(need: str, **args: Any) -> Rule:
    """A verb on an automation, a macro or a canned reply, for who may shape it."""
    return Rule("automation.view", get=None, post=need, args=args)


def api(get: str | None = None, post: str | None = None, **more: Any) -> Rule:
    return Rule(ITSELF, get=get, post=post, with_token=True, **more)


def verb(need: str | None, **data: Any) -> Rule:
    """A verb of one ticket in the API; the values are such that it could be done."""
    return api(of="ticket", key="number", post=need, data=data)


ROUTES: dict[str, Rule] = {
    "ui:asset": Rule(PUBLIC, args={"name": "no-such.css"}, get=None),
    "ui:theme": Rule(PUBLIC, get=None, post="", data={"theme": "dark"}),
    "ui:gallery": Rule(PUBLIC, get=None),
    # Signing in.
    "account_login": Rule(PUBLIC, post=""),
    "account_logout": Rule(PUBLIC, post=""),
    "account_inactive": Rule(PUBLIC),
    "account_signup": Rule(PUBLIC, post=""),
    "account_request_login_code": Rule(PUBLIC, post=""),
    "account_confirm_login_code": Rule(PUBLIC, get=None),
    "account_email_verification_sent": Rule(PUBLIC, get=None),
    "account_reset_password": Rule(PUBLIC, post=""),
    "account_reset_password_done": Rule(PUBLIC),
    "account_reset_password_from_key": Rule(PUBLIC, args={"uidb36": "1", "key": "no-key"}),
    "account_reset_password_from_key_done": Rule(PUBLIC),
    "mfa_authenticate": Rule(PUBLIC, get=None),
    # One's own account.
    "accounts:profile": own(post="", data={"name": "Me", "theme": "dark"}),
    "accounts:theme": own(get=None, post="", data={"theme": "dark"}),
    "accounts:language": own(get=None, post="", data={"language": "de"}),
    "accounts:security": own(),
    "accounts:again": own(post=""),
    "account_reauthenticate": own(),
    "account_email": own(),
    "account_change_password": own(),
    "account_set_password": own(),
    "mfa_index": own(),
    "mfa_reauthenticate": own(get=None),
    "mfa_activate_totp": own(),
    "mfa_deactivate_totp": own(get=None),
    "mfa_view_recovery_codes": own(get=None),
    "mfa_generate_recovery_codes": own(),
    "usersessions_list": own(post=""),
    # Organisations, teams, people, roles.
    "organisations:organisations": Rule("organisation.view"),
    "organisations:new": Rule("organisation.edit", post="", data={"name": "Another"}),
    "organisations:organisation": Rule(
        "organisation.view", of="organisation", post="organisation.edit", data={"name": "Renamed"}
    ),
    "organisations:archive": Rule("organisation.edit", of="organisation", get=None, post="organisation.edit"),
    "organisations:new_department": Rule(
        "organisation.edit", of="organisation", key="organisation", post="organisation.edit", data={"name": "Another"}
    ),
    "organisations:department": Rule(
        "organisation.edit",
        args={"organisation": "organisation", "pk": "department"},
        post="",
        data={"name": "Renamed"},
    ),
    "organisations:archive_department": Rule(
        "organisation.edit", args={"organisation": "organisation", "pk": "department"}, get=None, post=""
    ),
    "organisations:membership": Rule(
        "person.edit", of="person", key="person", post="person.edit", data={"title": "Painter"}
    ),
    "teams:teams": Rule("team.view"),
    "teams:new": Rule("team.edit", post="", data={"name": "Another"}),
    "teams:team": Rule("team.view", of="team", post="team.edit", data={"name": "Renamed", "is_private": "on"}),
    "teams:members": Rule(
        "team.view", of="team", get=None, post="team.members", data={"person": "stranger@example.org"}
    ),
    "teams:leaving": Rule("team.view", of="team", get=None, post="team.members", args={"person": "helper"}),
    "teams:archive": Rule("team.view", of="team", get=None, post="team.edit"),
    "teams:absences": Rule(
        SIGNED_IN,
        of="person",
        key="person",
        post="absence.edit",
        data={"first_day": "2031-01-01", "last_day": "2031-01-02"},
    ),
    "teams:removal": Rule(SIGNED_IN, args={"person": "stranger", "pk": "absence"}, get=None, post="absence.edit"),
    # The rota.
    "teams:skills": Rule("skill.edit", post="", data={"name": "Another"}),
    "teams:skill": Rule("skill.edit", args={"pk": "1"}, get=None),
    "teams:person_skills": Rule("person.view", of="person", key="person", post="skill.assign", data={"tickets": "7"}),
    "teams:my_shifts": Rule("rota.view"),
    "teams:swap": Rule("rota.view", args={"shift": "1", "day": "2031-01-01"}, get=None),
    "teams:swap_answer": Rule("rota.view", args={"pk": "1"}, get=None),
    "teams:swap_withdrawal": Rule("rota.view", args={"pk": "1"}, get=None),
    "teams:feeds": Rule("rota.view", get=None, post=""),
    "teams:feed_revocation": Rule("rota.view", args={"pk": "1"}, get=None),
    "teams:calendar": Rule(ITSELF, args={"token": "no-such"}, get=None),
    "teams:rota": Rule("rota.view", of="team", get="rota.view"),
    "teams:plan": Rule("rota.view", of="team", get="rota.view", post="rota.edit", data={"region": "DE"}),
    "teams:new_shift": Rule("rota.view", of="team", get="rota.view"),
    "teams:shift": Rule("rota.view", of="team", args={"shift": "1"}, get=None),
    "teams:shift_removal": Rule("rota.view", of="team", args={"shift": "1"}, get=None),
    "teams:overrides": Rule("rota.view", of="team", get=None),
    "teams:override_removal": Rule("rota.view", of="team", args={"override": "1"}, get=None),
    "access:people": Rule("person.view", query={"q": "zebra"}),
    "access:new": Rule("person.open", post="", data={"name": "Another"}),
    "access:person": Rule("person.view", of="person"),
    "access:facts": Rule("person.edit", of="person", post="person.edit", data={"name": "Renamed"}),
    "access:deactivation": Rule("person.deactivate", of="person", get=None, post="person.deactivate"),
    "access:sessions": Rule("person.deactivate", of="person", get=None, post="person.deactivate"),
    "access:grants": Rule("access.view", post="access.edit", data={"person": "stranger@example.org", "role": "agent"}),
    "access:tester": Rule("access.view", query={"person": "stranger@example.org"}),
    "access:revocation": Rule("access.edit", args={"pk": "grant"}, get=None, post=""),
    # One's own notices.
    "notifications:inbox": own(),
    "notifications:bell": own(),
    "notifications:notice": own(args={"pk": "1"}, get=None),
    "notifications:read": own(args={"pk": "1"}, get=None),
    "notifications:read_all": own(get=None, post=""),
    "notifications:choices": own(),
    "notifications:kinds": own(get=None, post=""),
    "notifications:rhythm": own(get=None, post="", data={"daily_at": "08:00"}),
    "notifications:devices": own(get=None),
    "notifications:device_removal": own(args={"pk": "1"}, get=None),
    "notifications:device_trial": own(args={"pk": "1"}, get=None),
    "notifications:worker": Rule(PUBLIC),
    # Texts of notices, and chats.
    "notifications:targets": Rule("settings.view"),
    "notifications:new_target": Rule("settings.edit"),
    "notifications:target": Rule("settings.edit", args={"pk": "1"}, get=None),
    "notifications:target_trial": Rule("settings.edit", args={"pk": "1"}, get=None),
    "notifications:target_removal": Rule("settings.edit", args={"pk": "1"}, get=None),
    "notifications:wordings": Rule("settings.view"),
    "notifications:wording": Rule("settings.edit", args={"kind": "ticket.assigned", "language": "en"}),
    "notifications:original": Rule(
        "settings.edit", args={"kind": "ticket.assigned", "language": "en"}, get=None, post=""
    ),
    # The desk.
    "desk:home": Rule("desk.enter"),
    "desk:queue": Rule("desk.enter"),
    "desk:bulk": Rule("desk.enter", get=None),
    "desk:bulk_undo": Rule("desk.enter", args={"change": "no-such-change"}, get=None),
    "desk:search": Rule("desk.enter", query={"q": "zebra"}),
    "desk:palette": Rule("desk.enter", query={"q": "zebra"}),
    "desk:settings": Rule("settings.view"),
    "desk:statuses": Rule("ticket.settings"),
    "desk:status": Rule("ticket.settings", args={"pk": "status"}),
    "desk:new_status": Rule("ticket.settings", args={"kind": "incident"}),
    "desk:categories": Rule("ticket.settings"),
    "desk:category": Rule("ticket.settings", args={"pk": "category"}),
    "desk:custom_fields": Rule("ticket.settings"),
    "desk:new_custom_field": Rule("ticket.settings"),
    "desk:custom_field": Rule("ticket.settings", args={"pk": "custom_field"}),
    "desk:suggest_people": Rule("person.view", query={"q": "zebra"}),
    "desk:suggest_tickets": Rule("desk.enter", query={"q": "zebra"}),
    "desk:new": Rule("ticket.open"),
    "desk:ticket": desk(get="ticket.view"),
    "desk:messages": desk(post="ticket.note", data={"kind": "note", "body": "A note."}),
    "desk:draft": desk(post="ticket.reply", data={"kind": "reply", "body": "A draft."}),
    "desk:fact": desk(get="ticket.view", post="ticket.edit", args={"name": "subject"}, data={"value": "Renamed"}),
    "desk:take": desk(post="ticket.take"),
    "desk:set_status": desk(post="ticket.status", args={"status": "status"}),
    "desk:watch": desk(post="ticket.watch"),
    "desk:participants": desk(
        get="ticket.view", post="ticket.edit", data={"person": "stranger@example.org", "role": "affected"}
    ),
    "desk:links": desk(get="ticket.view"),
    "desk:merge": desk(get="ticket.view"),
    "desk:facets": Rule("desk.enter"),
    "desk:supervision": Rule("report.view"),
    "desk:beside": Rule("desk.enter"),
    "desk:presence": desk(get="ticket.view"),
    "desk:split": desk(get="ticket.view"),
    "desk:undo": desk(args={"event": 1}),
    "desk:panels": desk(get="ticket.view"),
    # Escalation.
    "reports:reports": Rule("report.view"),
    "escalation:escalations": Rule("desk.enter"),
    "escalation:lessons": Rule("desk.enter"),
    "escalation:acceptance": Rule("desk.enter", of="escalation", get=None, post="ticket.take"),
    "escalation:end": Rule(
        "desk.enter", of="escalation", get="ticket.escalate", post="ticket.escalate", data={"outcome": "solved"}
    ),
    "escalation:vendor_answer": Rule("desk.enter", of="escalation", get=None, post=None),  # no supplier was asked
    "escalation:escalate": desk(
        get="ticket.escalate",
        post="ticket.escalate",
        data={"whom": "person", "person": "helper@example.org", "reason": "Beyond me."},
    ),
    "escalation:obstacle": desk(get="ticket.edit", post="ticket.edit", data={"reason": "No key."}),
    "escalation:free_way": desk(post="ticket.edit"),
    "escalation:news": desk(get="ticket.reply", post="ticket.reply", data={"state": "We look."}),
    "escalation:declare_major": desk(get="ticket.major", post="ticket.major"),
    "escalation:major": desk(get="ticket.view", post="ticket.major", data={"notice": "We know."}),
    "escalation:stakeholders": desk(post="ticket.major", data={"person": "helper@example.org"}),
    "escalation:end_major": desk(post="ticket.major"),
    "escalation:report": desk(get="ticket.view", post="ticket.major", data={"root_cause": "A cable."}),
    "escalation:hand_overs": Rule("escalation.hand_over"),
    "escalation:new_hand_over": Rule("escalation.hand_over"),
    "escalation:hand_over": Rule("escalation.hand_over", args={"pk": "hand over"}, get=None),
    "escalation:accept_hand_over": Rule("escalation.hand_over", args={"pk": "hand over"}, get=None),
    "escalation:settings": Rule("escalation.settings"),
    "escalation:new_path": Rule("escalation.settings", post="", data={"name": "Another", "position": "1"}),
    "escalation:path": Rule("escalation.settings", args={"pk": "path"}),
    "escalation:path_trial": Rule("escalation.settings", args={"pk": "path"}),
    "escalation:new_level": Rule("escalation.settings", args={"pk": "path"}),
    "escalation:level": Rule("escalation.settings", args={"pk": "path", "level": "level"}),
    "escalation:remove_level": Rule("escalation.settings", args={"pk": "path", "level": "level"}, get=None, post=""),
    "escalation:new_vendor": Rule("escalation.settings", post="", data={"name": "Another"}),
    "escalation:vendor": Rule("escalation.settings", args={"pk": "vendor"}),
    "escalation:new_relay": Rule("escalation.settings"),
    "escalation:relay": Rule("escalation.settings", args={"pk": "relay"}),
    "escalation:protocol": Rule("escalation.settings", args={"priority": 1}),
    # Triage.
    "triage:rules": Rule("ticket.settings"),
    "triage:new_rule": Rule("ticket.settings"),
    "triage:rule": Rule("ticket.settings", args={"pk": "triage rule"}),
    "triage:place": Rule("ticket.settings", args={"pk": "triage rule"}, get=None, post="", data={"to": "up"}),
    "triage:removal": Rule("ticket.settings", args={"pk": "triage rule"}, get=None, post=""),
    "triage:priorities": Rule("ticket.settings"),
    "triage:routing": Rule("ticket.settings"),
    "triage:mode": Rule("ticket.settings", of="team"),
    "triage:picks": Rule("team.view", of="team"),
    "triage:next": Rule("team.view", of="team", get=None, post="ticket.take"),
    "triage:why": desk(get="ticket.view"),
    "triage:run": desk(post="ticket.edit"),
    "triage:pick": desk(),
    "conversations:attachment": Rule(SIGNED_IN, of="attachment"),
    # The portal.
    "portal:home": Rule(PUBLIC),
    "portal:ask": Rule("ticket.ask"),
    "portal:services": Rule("ticket.ask"),
    "portal:service": Rule("ticket.ask", of="service", key="key"),
    "portal:begun": Rule("ticket.ask", of="service", key="key", get=None, post=""),
    "portal:draft": Rule("ticket.ask", of="draft", post=""),
    "portal:answers": Rule("ticket.ask", of="draft", get=None, post=""),
    "portal:review": Rule("ticket.ask", of="draft", post=""),
    "portal:removal": Rule("ticket.ask", of="draft", get=None, post=""),
    "portal:sent": Rule("ticket.ask", of="submission"),
    "portal:requests": Rule("ticket.ask"),
    "portal:request": asked(get="ticket.view"),
    "portal:messages": asked(post="ticket.reply", data={"body": "More."}),
    "portal:confirmation": asked(),
    "portal:reopening": asked(),
    "portal:chase": asked(post="ticket.chase"),
    "portal:rating": asked(),
    "portal:withdrawal": asked(post="ticket.withdraw"),
    # Forms and the catalog, as those shape them who own them or hold the right.
    "intake:file": Rule(SIGNED_IN, of="answer file"),
    "intake:forms": own(),
    "intake:new": Rule("catalog.add", post="", data={"name": "Another", "languages": "en"}),
    "intake:form": shaped(get="catalog.edit"),
    "intake:facts": shaped(get="catalog.edit", post="catalog.edit", data={"name": "Renamed", "languages": "en"}),
    "intake:preview": shaped(get="catalog.edit"),
    "intake:step_back": shaped(post="catalog.edit"),
    "intake:publication": shaped(post="catalog.edit"),
    "intake:versions": shaped(get="catalog.edit"),
    "intake:report": shaped(get="catalog.edit"),
    "intake:questions": shaped(post="catalog.edit", data={"type": "short"}),
    "intake:question": shaped(get="catalog.edit", post="catalog.edit", args={"key": "what"}, data={"label_en": "How?"}),
    "intake:place": shaped(post="catalog.edit", args={"key": "what"}, data={"to": "0"}),
    "intake:duplicate": shaped(post="catalog.edit", args={"key": "what"}),
    "intake:removal": shaped(post="catalog.edit", args={"key": "what"}),
    "catalog:offerings": own(),
    "catalog:new": Rule("catalog.add", post="", data={"name": "Another"}),
    "catalog:ready": Rule("catalog.edit", post="", data={"key": "printer"}),
    "catalog:categories": Rule("catalog.edit"),
    "catalog:new_category": Rule("catalog.edit"),
    "catalog:category": Rule("catalog.edit", args={"pk": "service category"}),
    "catalog:offering": Rule(SIGNED_IN, of="offering", get="catalog.edit"),
    "catalog:publication": Rule(SIGNED_IN, of="offering", get=None, post="catalog.edit"),
    "catalog:review": Rule(SIGNED_IN, of="offering", get=None, post="catalog.edit"),
    "catalog:duplicate": Rule("catalog.add", of="offering", get=None, post="catalog.edit"),
    # Links of mails, which are their own proof; a forged one says nothing.
    "surveys:feedback": Rule(ITSELF, args={"token": "1.forged"}, get=None),
    "surveys:pulse_answer": Rule(ITSELF, args={"token": "1.forged"}, get=None),
    "approvals:decision": Rule(ITSELF, args={"token": "1-1-1.forged"}, get=None),
    # Automations, macros, canned replies.
    "automations:automations": Rule("automation.view"),
    "automations:hours": Rule("automation.view"),
    "automations:new": Rule("automation.view", get="automation.add", post="automation.add"),
    "automations:suggestions": Rule("automation.view"),
    "automations:suggestion_making": shaping("automation.edit", pk="suggestion"),
    "automations:suggestion_dismissal": shaping("automation.edit", pk="suggestion"),
    "automations:automation": Rule("automation.view", args={"pk": "automation"}),
    "automations:edit": Rule(
        "automation.view", get="automation.edit", post="automation.edit", args={"pk": "automation"}
    ),
    "automations:trial": Rule("automation.view", args={"pk": "automation"}),
    "automations:publication": shaping("automation.edit", pk="automation"),
    "automations:restoration": shaping("automation.edit", pk="automation", number=1),
    "automations:discarding": shaping("automation.edit", pk="automation"),
    "automations:switching": shaping("automation.edit", pk="automation"),
    "automations:place": shaping("automation.edit", pk="automation"),
    "automations:removal": shaping("automation.edit", pk="automation"),
    "automations:macros": Rule("automation.view"),
    "automations:new_macro": Rule("automation.view", get="automation.add", post="automation.add"),
    "automations:macro": Rule("automation.view", get="macro.edit", post="macro.edit", args={"pk": "macro"}),
    "automations:macro_removal": shaping("macro.edit", pk="macro"),
    "automations:many": Rule("desk.enter"),
    "automations:canned_replies": Rule("automation.view"),
    "automations:new_canned_reply": Rule("automation.view", get="automation.add", post="automation.add"),
    "automations:canned_reply": Rule(
        "automation.view", get="macro.edit", post="macro.edit", args={"pk": "canned reply"}
    ),
    "automations:canned_removal": shaping("macro.edit", pk="canned reply"),
    "automations:why": desk(get="ticket.view"),
    "automations:ticket_macros": desk(get="ticket.view"),
    "automations:ticket_canned": desk(get="ticket.view"),
    "automations:insertion": desk(post="ticket.reply", args={"reply": "canned reply"}),
    # Workflows.
    "workflows:workflows": Rule("workflow.view"),
    "workflows:changes": Rule("workflow.view"),
    "workflows:filing": Rule("ticket.ask", args={"key": "nobody"}, get=None, post=None),
    "workflows:sheet": Rule("ticket.ask", args={"key": "nobody"}, get=None),
    "workflows:sheets": Rule("ticket.ask", args={"key": "nobody"}, get=None, post=None),
    "workflows:plan": own(of="workflow task", get=None, post=None),
    "workflows:new": Rule("workflow.edit", post="", data={"text": "workflow: another"}),
    "workflows:stuck": Rule("workflow.repair"),
    "workflows:workflow": Rule("workflow.view", args={"key": "matrix"}),
    "workflows:draft": Rule("workflow.edit", post="", args={"key": "matrix"}, data={"text": "workflow: matrix"}),
    "workflows:publication": Rule("workflow.edit", get=None, post="", args={"key": "matrix"}),
    "workflows:retirement": Rule("workflow.edit", get=None, post="", args={"key": "matrix"}),
    "workflows:templates": Rule("workflow.edit"),
    "workflows:template": Rule("workflow.edit", post="", args={"key": "incident"}),
    "workflows:sample": Rule("workflow.edit", get=None, post="", args={"key": "matrix"}),
    "workflows:moves": Rule("workflow.edit", post="", args={"key": "matrix"}),
    "workflows:care": Rule("workflow.edit", get=None, args={"key": "matrix"}),
    "workflows:systems": Rule("workflow.edit"),
    "workflows:new_system": Rule("workflow.edit", post="", data={"key": ""}),
    "workflows:system": Rule("workflow.edit", args={"pk": "1"}, get=None),
    "workflows:check_system": Rule("workflow.edit", args={"pk": "1"}, get=None),
    "workflows:once": own(args={"key": "nobody"}, get=None),
    "workflows:run": Rule("workflow.view", of="run"),
    "workflows:cancellation": Rule("workflow.view", of="run", get=None, post="workflow.repair", data={"reason": "No."}),
    "workflows:retrial": Rule("workflow.view", of="run", get=None, post="workflow.repair"),
    "workflows:leap": Rule("workflow.view", of="run", get=None, post="workflow.repair", data={"number": "2"}),
    "workflows:appointment": Rule(
        "workflow.view",
        of="run",
        get=None,
        post="workflow.repair",
        args={"invitation": "1"},
        data={"begins_at": "2030-01-07T10:00"},
    ),
    "workflows:task": own(of="workflow task", post=None),
    "workflows:start": desk(get="workflow.start", post=None),
    # Tasks.
    "tasks:mine": own(),
    "tasks:changes": own(get=None, post=""),
    "tasks:task": own(of="task"),
    "tasks:file": own(of="task file"),
    "tasks:edit": own(of="task", get="task.edit", post="task.edit", data={"title": "Another"}),
    "tasks:progress": own(of="task", get=None, post="task.work", data={"to": "begin"}),
    "tasks:place": own(of="task", get=None, post="task.edit"),
    "tasks:remarks": own(of="task", get=None, post="task.work", data={"text": "Look."}),
    "tasks:files": own(of="task", get=None),
    "tasks:keys": own(of="task", get=None),
    "tasks:show_key": own(of="task", get=None, args={"key": 1}),
    "tasks:remove_key": own(of="task", get=None, args={"key": 1}),
    "tasks:remove_file": own(of="task", get=None, args={"file": 1}),
    "tasks:time": own(of="task", get=None, post="task.work", data={"minutes": "5"}),
    "tasks:remove_time": own(of="task", get=None, args={"spent": 1}),
    "tasks:of_ticket": desk(get="task.view", post="task.edit", data={"title": "Another"}),
    "tasks:new": desk(get="task.edit", post="task.edit", data={"title": "Another"}),
    "tasks:removal": desk(post="task.edit"),
    "tasks:put": desk(),
    "tasks:checklists": Rule("checklist.edit"),
    "tasks:new_checklist": Rule("checklist.edit", post="", data={"name": "Another"}),
    "tasks:checklist": Rule("checklist.edit", args={"pk": "checklist"}, post="", data={"name": "Another"}),
    "tasks:new_item": Rule("checklist.edit", args={"pk": "checklist"}, post="", data={"title": "Another"}),
    "tasks:item": Rule("checklist.edit", args={"pk": "checklist", "item": "checklist item"}),
    "tasks:remove_item": Rule("checklist.edit", args={"pk": "checklist", "item": "checklist item"}, get=None, post=""),
    "tasks:place_item": Rule("checklist.edit", args={"pk": "checklist", "item": "checklist item"}, get=None, post=""),
    # Approvals.
    "approvals:mine": own(),
    "approvals:decisions": own(get=None, post=""),
    "approvals:stand_ins": own(),
    "approvals:remove_stand_in": own(get=None, args={"pk": 1}),
    "approvals:waiting": Rule("report.view"),
    "approvals:value": Rule("report.view"),
    "approvals:meetings": own(),
    "approvals:meeting": own(get=None, args={"pk": 1}),
    "approvals:approval": own(of="approval"),
    "approvals:decide": own(of="approval", get=None),  # nobody of these is asked
    "approvals:question": own(of="approval", get=None),
    "approvals:answer": own(of="approval", get=None),
    "approvals:delegate": own(of="approval", get=None),
    "approvals:remind": own(of="approval", get=None, post="approval.remind"),
    "approvals:withdraw": own(of="approval", get=None, post="approval.withdraw"),
    "approvals:name_approver": own(of="approval", get=None),
    "approvals:ask": desk(
        get="approval.ask", post="approval.ask", data={"title": "A licence", "who": "manager", "quorum": "any"}
    ),
    "approvals:rules": Rule("approval.settings"),
    "approvals:new_rule": Rule(
        "approval.settings", post="", data={"name": "Another", "position": "1", "on_refusal": "stay"}
    ),
    "approvals:owner": Rule("approval.settings", get=None),
    "approvals:rule": Rule("approval.settings", args={"pk": "approval rule"}),
    "approvals:sign_off": Rule(
        "approval.settings", args={"pk": "approval rule"}, get=None, post="", data={"until": "2099-01-01"}
    ),
    "approvals:new_stage": Rule("approval.settings", args={"pk": "approval rule"}),
    "approvals:stage": Rule("approval.settings", args={"pk": "approval rule", "stage": "approval rule stage"}),
    "approvals:remove_stage": Rule(
        "approval.settings", args={"pk": "approval rule", "stage": "approval rule stage"}, get=None, post=""
    ),
    # Satisfaction.
    "surveys:satisfaction": Rule("report.view"),
    "surveys:answers": Rule("report.view"),
    "surveys:report": Rule("report.view"),
    "surveys:improvements": Rule("report.view"),
    "surveys:new_improvement": Rule("improvement.edit", post="", data={"title": "Faster", "state": "planned"}),
    "surveys:improvement": Rule(
        "report.view", args={"pk": "improvement"}, post="improvement.edit", data={"title": "Faster", "state": "done"}
    ),
    "surveys:rounds": Rule("desk.enter"),
    "surveys:round": Rule("desk.enter", args={"pk": "1"}, get=None),
    "surveys:settings": Rule("survey.edit"),
    "surveys:new_survey": Rule("survey.edit", args={"occasion": "ticket"}),
    "surveys:survey": Rule("survey.edit", args={"pk": "survey"}),
    "surveys:beginning": Rule("survey.edit", args={"pk": "survey"}, get=None),
    "surveys:new_question": Rule("survey.edit", args={"survey": "survey"}),
    "surveys:question": Rule("survey.edit", args={"survey": "survey", "pk": "survey question"}),
    "surveys:wording": Rule("survey.edit", args={"key": "solved", "language": "en"}),
    # Calendars, agreements, clocks.
    "calendars:calendars": Rule("calendar.edit"),
    "calendars:new": Rule("calendar.edit", post="", data={"name": "Another", "zone": "UTC", "mon": "09:00–17:00"}),
    "calendars:calendar": Rule("calendar.edit", args={"pk": "calendar"}),
    "calendars:days": Rule("calendar.edit", args={"pk": "calendar"}, get=None, post="", data={"day": "2031-01-01"}),
    "calendars:removal": Rule("calendar.edit", args={"pk": "calendar", "day": "calendar day"}, get=None, post=""),
    "sla:agreements": Rule("sla.edit"),
    "sla:begin": Rule("sla.edit", get=None, post=""),
    "sla:new": Rule("sla.edit", post="", data={"name": "Another", "audience": "customer", "position": "5"}),
    "sla:agreement": Rule("sla.edit", args={"pk": "agreement"}),
    "sla:clocks": desk(get="ticket.view"),
    # Mail.
    "email:outbox": Rule("mail.view"),
    "email:mail": Rule("mail.view", of="mail"),
    "email:body": Rule("mail.view", of="mail"),
    "email:sending": Rule("mail.view", of="mail", get=None),
    "email:settings": Rule("mail.release"),
    "email:held": Rule("mail.release", args={"pk": "held mail"}),
    "email:release": Rule("mail.release", args={"pk": "held mail"}, get=None),
    "email:discard": Rule("mail.release", args={"pk": "held mail"}, get=None, post=""),
    "email:mailboxes": Rule("mail.manage"),
    "email:new_mailbox": Rule("mail.manage"),
    "email:mailbox": Rule("mail.manage", args={"pk": "1"}, get=None),
    "email:connection": Rule("mail.manage", args={"pk": "1"}, get=None),
    "email:skipped": Rule("mail.manage", args={"pk": "1"}, get=None),
    "email:raw": Rule("mail.release", of="raw mail"),
    # Alerts.
    "alerts:intake_by_header": Rule(ITSELF, get=None),
    "alerts:intake": Rule(ITSELF, args={"token": "no-such"}, get=None),
    "alerts:intake_short": Rule(ITSELF, args={"token": "no-such"}, get=None),
    "alerts:sources": Rule("alert.manage"),
    "alerts:new": Rule("alert.manage"),
    "alerts:source": Rule("alert.manage", args={"pk": "alert source"}),
    "alerts:address": Rule("alert.manage", args={"pk": "alert source"}, get=None, post=""),
    "alerts:sample": Rule("alert.manage", args={"pk": "alert source"}, get=None, post=""),
    "alerts:message": Rule("alert.manage", args={"pk": "alert source", "message": "alert message"}),
    # The API.
    "api:openapi-json": Rule(PUBLIC),
    "api_nothing": Rule(PUBLIC, args={"rest": "v1/nothing"}, get=None),
    "api:api-root": Rule(PUBLIC, get=None),
    "api:me": api(get=""),
    "api:people": api(get="", query={"q": "zebra"}),
    "api:tickets": api(get=""),
    "api:open_one": api(post="", data={"subject": "Another"}),
    "api:services": api(get=""),
    "api:service": api(get="", of="service", key="key"),
    "api:ask_for": api(post="", data={"service": "for-everybody", "answers": {"what": "x"}}),
    "api:ticket": api(get="ticket.view", of="ticket", key="number"),
    "api:clocks": api(get="ticket.view", of="ticket", key="number"),
    "api:messages": api(get="ticket.view", of="ticket", key="number"),
    "api:say": api(post="ticket.note", of="ticket", key="number", data={"text": "A note.", "visibility": "internal"}),
    "api:approvals": api(get=""),
    "api:approval": api(get="", of="approval", key="number"),
    "api:decide_one": api(of="approval", key="number"),  # nobody of these is asked
    "api:ask_about_one": api(of="approval", key="number"),
    "api:answer_one": api(of="approval", key="number"),
    "api:my_tasks": api(get=""),
    "api:tasks": api(get="task.view", of="ticket", key="number"),
    "api:add_one": api(post="task.edit", of="ticket", key="number", data={"title": "Another"}),
    "api:task": api(get="", of="task", key="number"),
    "api:move_one": api(post="task.work", of="task", key="number", data={"to": "begin"}),
    "api:give_one": api(post="task.edit", of="task", key="number", data={"people": []}),
    "api:date_one": api(post="task.edit", of="task", key="number", data={"due_at": "2031-01-01T10:00:00Z"}),
    "api:remark_on_one": api(post="task.work", of="task", key="number", data={"text": "Look."}),
    "api:spend_on_one": api(post="task.work", of="task", key="number", data={"minutes": 5}),
    "api:events": api(get="ticket.view", of="ticket", key="number"),
    "api:verb_add-participant": verb("ticket.edit", person="stranger@example.org", role="affected"),
    "api:verb_assess": verb("ticket.edit", impact=1, urgency=1),
    "api:verb_assign": verb("ticket.assign", to=None),
    "api:verb_categorise": verb("ticket.edit", category=None),
    "api:verb_chase": verb("ticket.chase"),
    "api:verb_clear-obstacle": verb("ticket.edit"),
    "api:verb_close": verb("ticket.close"),
    "api:verb_confirm": verb("ticket.confirm", is_solved=True),
    "api:verb_convert": verb("ticket.convert", to="request"),
    "api:verb_escalate": verb("ticket.escalate", person="helper@example.org", reason="Beyond me."),
    "api:verb_flag-obstacle": verb("ticket.edit", reason="No key."),
    "api:verb_follow-up": verb("ticket.reopen"),
    "api:verb_judge": verb("ticket.edit"),
    "api:verb_link": verb(None),  # two tickets: test_two_tickets.py
    "api:verb_merge": verb(None),
    "api:verb_pick": verb(None),  # of a team that hands out its work
    "api:verb_prioritise": verb("ticket.edit", priority=1),
    "api:verb_rate": verb(None),
    "api:verb_remove-participant": verb("ticket.edit", person="stranger@example.org", role="affected"),
    "api:verb_put-checklist": verb(None),
    "api:verb_reopen": verb("ticket.reopen"),
    "api:verb_resolve": verb("ticket.close"),
    "api:verb_retitle": verb("ticket.edit", subject="Another"),
    "api:verb_route": verb("ticket.assign", to=None),
    "api:verb_set-custom": verb(None),
    "api:verb_set-due": verb("ticket.edit", due_at=None),
    "api:verb_set-people-affected": verb("ticket.edit", people_affected=3),
    "api:verb_set-requester": verb("ticket.edit", requester="stranger@example.org"),
    "api:verb_status": verb(None),
    "api:verb_tag": verb("ticket.tag", tags=["x"]),
    "api:verb_tell-news": verb("ticket.reply", state="We look."),
    "api:verb_take": verb("ticket.take"),
    "api:verb_triage": verb("ticket.edit"),
    "api:verb_unlink": verb(None),
    "api:verb_unmerge": verb("ticket.merge"),
    "api:verb_unsplit": verb("ticket.split"),
    "api:verb_unwatch": verb("ticket.watch"),
    "api:verb_watch": verb("ticket.watch"),
    "api:verb_withdraw": verb("ticket.withdraw"),
    "api_tokens": Rule("token.manage"),
    "api_token_revoke": Rule("token.manage", args={"pk": 1}, get=None),
    # Background work and settings of the organisation.
    "jobs:jobs": Rule("job.view"),
    "jobs:attempts": Rule("job.repair", get=None),
    "jobs:attempt": Rule("job.repair", args={"job": "00000000-0000-4000-8000-000000000000"}, get=None),
    "jobs:disposal": Rule("job.repair", args={"job": "00000000-0000-4000-8000-000000000000"}, get=None),
    "preferences:index": Rule("settings.view"),
    "preferences:section": Rule("settings.view", args={"section": "no-such"}, get=None),
    # Live pages.
    "live:presence": own(get=None),
}

# What each role may do, repeated on purpose: a permission given away by a slip of the hand shows up as a red test.
_REQUESTER = "own.edit ticket.ask token.manage"
_AGENT = f"""{_REQUESTER} escalation.hand_over ticket.escalate
    approval.ask approval.remind approval.view workflow.start workflow.view task.edit task.view task.work
    automation.view
    desk.enter mail.view organisation.view person.open person.view rota.view team.view
    ticket.assign ticket.close ticket.confirm ticket.convert ticket.edit ticket.link ticket.merge ticket.message.edit
    ticket.note ticket.open ticket.reopen ticket.reply ticket.split ticket.status ticket.tag ticket.take ticket.view
    ticket.watch ticket.withdraw"""
_LEAD = f"""{_AGENT} absence.edit feedback.remark improvement.edit mail.release person.edit report.view rota.edit
    skill.assign catalog.add ticket.bulk ticket.major ticket.override
    approval.answer approval.manage approval.withdraw workflow.answer workflow.repair checklist.edit
    automation.edit macro.edit"""
PERMISSIONS: dict[str, frozenset[str]] = {
    role: frozenset(words.split())
    for role, words in {
        "requester": _REQUESTER,
        "approver": f"{_REQUESTER} approval.decide approval.view",
        "agent": _AGENT,
        "lead": _LEAD,
        "author": f"{_REQUESTER} article.edit article.view desk.enter",
        "auditor": f"""{_REQUESTER} access.view audit.view desk.enter mail.view organisation.view person.view
            feedback.remark report.view rota.view settings.view team.view ticket.view
            approval.view workflow.view task.view automation.view""",
        "privacy_officer": f"{_REQUESTER} audit.view desk.enter person.export person.forget person.view",
        "admin": f"""{_LEAD} access.edit access.view alert.manage audit.view gallery.view import.run job.repair job.view
            mail.manage
            organisation.edit person.deactivate settings.edit settings.view skill.edit team.edit team.members
            ticket.settings escalation.settings survey.edit calendar.edit sla.edit catalog.edit
            approval.settings workflow.edit""",
    }.items()
}

# Who sees which ticket (see world.py). Nobody but its members sees a private team's ticket, not even an admin.
EVERYWHERE = frozenset({"own", "team", "other team", "nobody's"})
SEES: dict[str, frozenset[str]] = {
    "anonymous": frozenset(),
    "deactivated": frozenset(),
    "requester": frozenset({"own"}),
    "approver": frozenset({"own"}),
    "author": frozenset({"own"}),
    "privacy officer": frozenset({"own"}),
    "agent of one team": frozenset({"own", "team"}),
    "agent": EVERYWHERE,
    "lead": EVERYWHERE,
    "auditor": EVERYWHERE,
    "admin": EVERYWHERE,
    "member of the private team": EVERYWHERE | {"private"},
}
# What one may do with an approval one has asked for.
OWN_APPROVAL = frozenset({"approval.view", "approval.answer", "approval.withdraw", "approval.remind"})
# What one's part in a ticket gives, whatever the role.
OWN_TICKET = frozenset(
    {"ticket.view", "ticket.reply", "ticket.confirm", "ticket.reopen", "ticket.withdraw", "ticket.chase", "ticket.rate"}
)
ROLE_OF = {"agent of one team": "agent", "member of the private team": "agent", "privacy officer": "privacy_officer"}
