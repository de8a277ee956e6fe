"""Which pages there are, and who looks at which. Every route of the URL conf is here, or a test is red.

A page has a Visit (better several: empty, full, with mistakes), a route without a page is in NO_PAGE, and a piece of
other pages in PIECES. `{long}` and the like are ids that tests.journeys.world prints.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from firstline.core.preferences.declaring import all_preferences, all_sections
from tests.matrix.policy import ROUTES

SECTIONS = [section.key for section in all_sections() if all_preferences(section.key)]


@dataclass(frozen=True)
class Visit:
    """One look at one page."""

    route: str
    who: str = "ada"  # a name of the demo's cast; empty: nobody is signed in
    args: dict[str, str] = field(default_factory=dict)  # parts of the address; {names} are looked up in the world
    query: str = ""
    send: dict[str, str] | None = None  # filled in and sent: the page shown is the one with the mistakes
    first: str = ""  # another address that has to be seen before
    is_refused: bool = False


def of(page: str, who: str, **args: str) -> Visit:
    return Visit(page, who, args)


def ticket(page: str, which: str = "{long}", **args: str) -> Visit:
    return Visit(f"desk:{page}", "ada", {"pk": which, **args})


VISITS: tuple[Visit, ...] = (
    # Before signing in.
    Visit("portal:home", ""),
    Visit("account_login", ""),
    Visit("account_login", "", send={"login": "nobody@firstline.example", "password": "wrong"}),
    Visit("account_inactive", ""),
    Visit("account_signup", ""),
    Visit("account_request_login_code", ""),
    Visit("account_request_login_code", "", send={"email": ""}),
    Visit("account_reset_password", ""),
    Visit("account_reset_password_done", ""),
    Visit("account_reset_password_from_key", "", {"uidb36": "1", "key": "no-key"}),
    Visit("account_reset_password_from_key_done", ""),
    Visit("account_confirm_login_code", "", first="code"),
    # Who asks.
    Visit("portal:home", "rosa"),
    Visit("portal:home", "omar"),
    Visit("portal:ask", "rosa"),
    Visit("portal:ask", "rosa", query="?kind=request"),
    Visit("portal:ask", "rosa", send={"subject": ""}),
    Visit("portal:requests", "rosa"),
    Visit("portal:requests", "rosa", query="?show=done"),
    of("portal:request", "rosa", pk="{long}"),
    of("portal:request", "rosa", pk="{resolved}"),
    of("portal:request", "rosa", pk="{closed}"),
    of("surveys:feedback", "rosa", token="{feedback}"),
    Visit("surveys:feedback", "rosa", {"token": "1.forged"}, is_refused=True),
    of("surveys:pulse_answer", "rosa", token="{pulse}"),
    Visit("desk:queue", "rosa", is_refused=True),
    Visit("portal:request", "rosa", {"pk": "999999"}, is_refused=True),
    # The desk.
    Visit("desk:home"),
    Visit("desk:queue"),
    Visit("desk:queue", query="?view=all&q=printer"),
    Visit("desk:queue", query="?q=subject:nothing-like-it"),
    Visit("desk:queue", query="?q=nofield:3"),
    Visit("desk:search"),
    Visit("desk:search", query="?q=printer"),
    Visit("desk:search", query="?q=rosa"),
    Visit("desk:palette", query="?q=pr"),
    Visit("desk:beside"),
    Visit("desk:new"),
    Visit("desk:new", send={"requester": "", "subject": ""}),
    ticket("ticket"),
    ticket("ticket", "{merged}"),
    ticket("ticket", "{closed}"),
    ticket("ticket", "{bare}"),
    Visit("desk:ticket", "ada", {"pk": "999999"}, is_refused=True),
    ticket("participants"),
    ticket("links"),
    ticket("merge"),
    ticket("merge", "{bare}"),
    ticket("split"),
    *(
        ticket("fact", name=name)
        for name in (
            "subject", "status", "assessment", "tags", "due", "requester", "people_affected", "custom.building",
        )
    ),
    Visit("email:outbox"),
    Visit("email:outbox", query="?state=failed"),
    of("email:mail", "ada", pk="{mail}"),
    of("email:body", "ada", pk="{mail}"),
    Visit("access:people"),
    Visit("access:people", query="?q=nobody-like-that"),
    Visit("access:new", "lin"),
    of("access:person", "lin", pk="{rosa}"),
    of("access:facts", "lin", pk="{rosa}"),
    of("organisations:membership", "lin", person="{rosa}"),
    of("teams:absences", "lin", person="{ada}"),
    Visit("organisations:organisations"),
    of("organisations:organisation", "ada", pk="{organisation}"),
    Visit("teams:teams"),
    of("teams:team", "ada", pk="{team}"),
    Visit("escalation:escalations", "lin"),
    Visit("escalation:lessons", "lin"),
    of("escalation:end", "lin", pk="{escalation}"),
    *(of(f"escalation:{page}", "lin", pk="{long}") for page in ("escalate", "obstacle", "news")),
    of("escalation:declare_major", "lin", pk="{kept}"),
    of("escalation:major", "lin", pk="{major}"),
    of("escalation:report", "lin", pk="{major}"),
    of("desk:ticket", "lin", pk="{major}"),
    Visit("escalation:escalate", "lin", {"pk": "{long}"}, send={"reason": ""}),
    Visit("escalation:hand_overs", "lin"),
    Visit("escalation:new_hand_over", "lin"),
    of("escalation:hand_over", "lin", pk="{hand_over}"),
    *(Visit(f"surveys:{page}", "lin") for page in ("satisfaction", "answers", "report", "improvements", "rounds")),
    Visit("surveys:new_improvement", "lin"),
    of("surveys:improvement", "lin", pk="{improvement}"),
    of("surveys:round", "lin", pk="{round}"),
    of("sla:clocks", "lin", pk="{long}"),
    of("sla:clocks", "lin", pk="{promised}"),
    of("desk:ticket", "lin", pk="{promised}"),
    Visit("notifications:inbox"),
    Visit("notifications:inbox", "rosa"),
    Visit("notifications:inbox", "kim"),
    Visit("notifications:choices"),
    # One's own account.
    Visit("accounts:profile"),
    Visit("accounts:security"),
    Visit("accounts:again"),
    Visit("account_reauthenticate"),
    Visit("account_email"),
    Visit("account_change_password"),
    Visit("account_change_password", send={"oldpassword": "wrong", "password1": "a", "password2": "b"}),
    Visit("account_set_password", "kim"),
    Visit("account_email_verification_sent", "kim", first="new address"),
    Visit("account_logout"),
    Visit("mfa_index"),
    Visit("mfa_activate_totp"),
    Visit("mfa_generate_recovery_codes", "tia"),
    Visit("mfa_view_recovery_codes", "tia"),
    Visit("mfa_deactivate_totp", "tia"),
    Visit("mfa_reauthenticate", "tia"),
    Visit("mfa_index", "tia"),
    Visit("mfa_authenticate", "", first="second step"),
    Visit("usersessions_list"),
    Visit("api_tokens"),
    # Who sets it up.
    Visit("ui:gallery", "bea"),
    Visit("desk:settings", "bea"),
    Visit("desk:statuses", "bea"),
    of("desk:status", "bea", pk="1"),
    of("desk:new_status", "bea", kind="incident"),
    Visit("desk:new_status", "bea", {"kind": "incident"}, send={"name": ""}),
    Visit("desk:categories", "bea"),
    of("desk:category", "bea", pk="{category}"),
    Visit("desk:custom_fields", "bea"),
    Visit("desk:new_custom_field", "bea"),
    of("desk:custom_field", "bea", pk="{field}"),
    Visit("organisations:organisations", "bea"),
    Visit("organisations:new", "bea"),
    of("organisations:organisation", "bea", pk="{organisation}"),
    of("organisations:new_department", "bea", organisation="{organisation}"),
    of("organisations:department", "bea", organisation="{organisation}", pk="{department}"),
    Visit("teams:teams", "bea"),
    Visit("teams:new", "bea"),
    of("teams:team", "bea", pk="{team}"),
    Visit("access:people", "bea"),
    of("access:person", "bea", pk="{ada}"),
    Visit("access:grants", "bea"),
    Visit("access:tester", "bea"),
    Visit("access:tester", "bea", query="?person=ada@firstline.example"),
    Visit("email:settings", "bea"),
    of("email:held", "bea", pk="{held}"),
    Visit("email:mailboxes", "bea"),
    Visit("email:new_mailbox", "bea"),
    Visit("email:new_mailbox", "bea", send={"name": ""}),
    of("email:mailbox", "bea", pk="{mailbox}"),
    Visit("escalation:settings", "bea"),
    Visit("escalation:new_path", "bea"),
    of("escalation:path", "bea", pk="{path}"),
    of("escalation:new_level", "bea", pk="{path}"),
    of("escalation:level", "bea", pk="{path}", level="{level}"),
    Visit("escalation:new_vendor", "bea"),
    of("escalation:vendor", "bea", pk="{vendor}"),
    of("escalation:protocol", "bea", priority="1"),
    Visit("escalation:new_relay", "bea"),
    of("escalation:relay", "bea", pk="{relay}"),
    Visit("notifications:targets", "bea"),
    Visit("notifications:new_target", "bea"),
    Visit("notifications:new_target", "bea", send={"name": ""}),
    of("notifications:target", "bea", pk="{target}"),
    Visit("notifications:wordings", "bea"),
    of("notifications:wording", "bea", kind="ticket.assigned", language="en"),
    Visit("surveys:settings", "bea"),
    of("surveys:new_survey", "bea", occasion="ticket"),
    of("surveys:survey", "bea", pk="{survey}"),
    of("surveys:new_question", "bea", survey="{survey}"),
    of("surveys:question", "bea", survey="{survey}", pk="{question}"),
    of("surveys:wording", "bea", key="solved", language="en"),
    Visit("calendars:calendars", "bea"),
    Visit("calendars:new", "bea"),
    Visit("calendars:new", "bea", send={"name": ""}),
    of("calendars:calendar", "bea", pk="{calendar}"),
    Visit("sla:agreements", "bea"),
    Visit("sla:new", "bea"),
    of("sla:agreement", "bea", pk="{agreement}"),
    Visit("desk:supervision", "lin"),
    Visit("teams:my_shifts"),
    Visit("teams:skills", "bea"),
    of("teams:person_skills", "lin", person="{ada}"),
    *(of(f"teams:{page}", "lin", pk="{team}") for page in ("rota", "plan", "new_shift")),
    Visit("triage:rules", "bea"),
    Visit("triage:new_rule", "bea"),
    Visit("triage:priorities", "bea"),
    Visit("triage:routing", "bea"),
    *(of(f"triage:{page}", "bea", pk="{team}") for page in ("mode", "picks")),
    of("triage:why", "ada", pk="{long}"),
    Visit("alerts:sources", "bea"),
    Visit("alerts:new", "bea"),
    Visit("jobs:jobs", "bea"),
    Visit("jobs:jobs", "bea", query="?state=done"),
    *(of("preferences:section", "bea", section=key) for key in SECTIONS),
)  # fmt: skip

# Routes that show no page of their own. A test asks them all: none answers with a page.
NO_PAGE = (
    *(name for name in ROUTES if name.startswith("api")and name != "api_tokens"),
    "ui:asset", "ui:theme", "accounts:theme", "accounts:language", "preferences:index",
    "organisations:archive", "organisations:archive_department",
    "teams:members", "teams:leaving", "teams:archive", "teams:removal",
    "access:deactivation", "access:sessions", "access:revocation",
    "desk:bulk", "desk:bulk_undo", "desk:messages", "desk:draft", "desk:take", "desk:set_status", "desk:watch",
    "desk:undo", "conversations:attachment", "email:sending", "email:release", "email:discard", "email:connection",
    "email:skipped", "email:raw",
    "escalation:acceptance", "escalation:vendor_answer", "escalation:free_way", "escalation:stakeholders",
    "escalation:end_major", "escalation:accept_hand_over", "escalation:remove_level",
    "notifications:devices", "notifications:device_removal", "notifications:device_trial", "notifications:worker",
    "notifications:target_trial", "notifications:target_removal", "notifications:original", "portal:chase",
    "alerts:address", "alerts:intake", "alerts:intake_by_header", "alerts:intake_short", "alerts:sample",
    "teams:calendar", "teams:feed_revocation", "teams:feeds", "teams:override_removal", "teams:overrides",
    "teams:shift_removal", "teams:swap_answer", "teams:swap_withdrawal",
    "triage:next", "triage:pick", "triage:place", "triage:removal", "triage:run",
    "surveys:beginning", "calendars:days", "calendars:removal", "sla:begin", "portal:rating",
    "portal:messages", "portal:confirmation", "portal:reopening", "portal:withdrawal",
    "notifications:notice", "notifications:read", "notifications:read_all", "notifications:kinds",
    "notifications:rhythm", "jobs:attempts", "jobs:attempt", "jobs:disposal", "live:presence",
)  # fmt: skip
# Pieces of other pages: seen there.
PIECES = (
    "desk:suggest_people",
    "desk:suggest_tickets",
    "desk:presence",
    "desk:panels",
    "desk:facets",
    "notifications:bell",
)
# Pages of one thing that the world of the journeys does not have yet: to be visited as soon as it does.
LATER = ("alerts:message", "alerts:source", "teams:shift", "teams:skill", "teams:swap", "triage:rule")
