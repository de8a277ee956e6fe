"""What runs by itself in the demo organisation, and what its agents do with one press or need not write again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from firstline.core import clock
from firstline.core.actions import via
from firstline.core.conditions import Context, parse, to_json
from firstline.flow.automations.actions.automation import publish, save_automation
from firstline.flow.automations.actions.canned import save_canned, use_canned
from firstline.flow.automations.actions.macro import apply_macro, save_macro
from firstline.flow.automations.models import Automation, CannedReply, Macro
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Ticket

DAYS_BEFORE = 40
# Name, goal, when, if, what, minutes a person would need.
AUTOMATIONS: tuple[tuple[str, str, dict[str, Any], str, dict[str, Any], int], ...] = (
    ("Say that it is here", "Nobody wonders whether their message arrived.", {"whens": ["opened"]},
     "source:mail,portal", {"reply": "Hello {person}, we have your request #{number} “{subject}”."}, 3),
    ("Somebody important asks", "Leads know before anybody calls them.", {"whens": ["opened"]}, "vip:yes",
     {"add_tags": ["vip"], "notify": {"whom": "leads", "text": "{requester} needs us: {subject}"}}, 4),
    ("Security: what to do first", "Nobody looks for the list while it burns.", {"whens": ["opened", "edited"]},
     "risk:security", {"note": "1. Ask not to delete anything. 2. Take it off the network. 3. Tell the leads.",
                       "add_tags": ["security-list"]}, 10),
    ("Reopened goes to the top", "Twice is once too often.", {"whens": ["reopened"]}, "",
     {"add_tags": ["again"], "priority": 2}, 2),
    ("Ask again after three days", "What waits for an answer is not forgotten.",
     {"whens": ["time"], "time": {"of": "status", "side": "after", "amount": 3, "unit": "working_days"}},
     "state:waiting", {"reply": "Hello {person}, do you still need us with #{number}? A short answer is enough."}, 4),
    ("Large outages get a watcher", "The lead sees what many people feel.", {"whens": ["opened", "edited"]},
     "affected:>50", {"watch": "lin"}, 2),
)  # fmt: skip
MACROS: tuple[tuple[str, str, dict[str, Any], str, int], ...] = (
    ("Ask for details", "The usual questions, and it waits for the requester.",
     {"answer": "Which device is it?", "status": "type:waiting"}, "", 4),
    ("Solved by a restart", "Says how, and asks whether it is solved.",
     {"answer": "Please restart it once", "status": "type:resolved", "add_tags": ["restart"]}, "", 5),
    ("Line fault to the provider", "Our line is fine, theirs is not.",
     {"add_tags": ["provider"], "note": "Reported to the provider. Their number: ", "status": "type:waiting"},
     "Network", 6),
)  # fmt: skip
CANNED: tuple[tuple[str, str, dict[str, tuple[str, str]]], ...] = (
    ("Which device is it?", "device", {
        "en": ("Hello {person},\n\nwhich device is it, and what is the number on its sticker?\n\n{agent}",
               "Short; no jargon."),
        "vi": ("Chào {person},\n\nĐó là thiết bị nào và số trên nhãn dán là bao nhiêu ạ?\n\n{agent}",
               "Lịch sự, dùng “ạ”."),
        "pl": ("Dzień dobry, {person},\n\njakie to urządzenie i jaki numer ma na naklejce?\n\n{agent}", "Formalnie."),
    }),
    ("Please restart it once", "restart", {
        "en": (("Hello {person},\n\nplease switch it off, wait ten seconds and switch it on again. Does it work now?"
               "\n\n{agent}"), "Friendly: nobody likes to hear it."),
        "vi": ("Chào {person},\n\nVui lòng tắt máy, đợi mười giây rồi bật lại. Bây giờ đã dùng được chưa ạ?\n\n{agent}",
               "Nhẹ nhàng."),
    }),
    ("How to set a new password", "password", {
        "en": (("Hello {person},\n\nopen the sign-in page, choose “Forgotten” and follow the mail. It takes a minute."
               "\n\n{agent}"), "Never ask for the password itself."),
    }),
)  # fmt: skip


def make_automations() -> None:
    """Before the first ticket, so that a month of them shows what was done by itself."""
    if Automation.objects.exists():
        return
    lin = Person.objects.get(email="lin@firstline.example")
    with clock.set_to(clock.now() - timedelta(days=DAYS_BEFORE)):
        for name, shortcut, texts in CANNED:
            said = {code: {"text": text, "tone": tone} for code, (text, tone) in texts.items()}
            save_canned(CannedReply(name=name, shortcut=shortcut, texts=said), by=None)
        for name, goal, when, condition, what, minutes in AUTOMATIONS:
            document = {
                **when, "condition": to_json(parse(condition, catalogue, Context(trusted=True))),
                "deeds": _meant(what), "minutes": minutes,
            }  # fmt: skip
            review = (clock.now() + timedelta(days=DAYS_BEFORE + 50)).date()
            made = Automation(name=name, goal=goal, owner=lin, review_on=review)
            save_automation(made, document, by=None)
            publish(made, by=None)
        for name, purpose, what, team, minutes in MACROS:
            teams = [Team.objects.get(name=team).pk] if team else []
            save_macro(Macro(name=name, purpose=purpose, teams=teams, deeds=_meant(what), minutes=minutes), by=None)


def use_them() -> None:
    """An agent uses a macro and a canned reply on what is open; and a change waits to be published."""
    ada = Person.objects.get(email="ada@firstline.example")
    macro = Macro.objects.get(name="Ask for details")
    open_ones = Ticket.objects.filter(is_unsolved=True, state="open", kind="incident", team__is_private=False)
    for ticket in open_ones.order_by("-pk")[3:5]:
        with via("web"):
            apply_macro(ticket, macro, by=ada)
    ticket = open_ones.order_by("-pk")[0]
    use_canned(ticket, CannedReply.objects.get(shortcut="password"), by=ada)
    changed = Automation.objects.get(name="Somebody important asks")
    if changed.live is not None:
        deeds = [*changed.live.deeds, {"do": "priority", "value": 2}]
        save_automation(changed, {**changed.live.document, "deeds": deeds}, by=None)


def _meant(what: dict[str, Any]) -> list[dict[str, Any]]:
    found = dict(what)
    if "answer" in found:
        found["answer"] = CannedReply.objects.get(name=found["answer"]).pk
    if "watch" in found:
        found["watch"] = Person.objects.get(email=f"{found['watch']}@firstline.example").pk
    return [{"do": key, "value": value} for key, value in found.items()]
