# ruff: noqa: E501 -- payloads are written as they are sent
"""A desk whose every private thing holds a word found nowhere else: `python -m tests.abuse.world` fills FIRSTLINE_DATA.

Prints, as JSON, how each of the people comes in and the numbers of the things.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from firstline.config.commands import set_up

from .payloads import ACT, payloads

FIELD_PAYLOADS = [
    f'"><img src=x onerror={ACT}>', f"'><img src=x onerror={ACT}>", f"</title></script></textarea><img src=x onerror={ACT}>",
    f"<svg onload={ACT}>", f'" autofocus onfocus={ACT} x="', f"' autofocus onfocus={ACT} x='", "{{7*7}}${7*7}<%= 7*7 %>{% now %}",
    f"\u2028</script><!--<script>{ACT}//", f"javascript:{ACT}", f"&lt;img src=x onerror={ACT}&gt;", f"%3Cimg src=x onerror={ACT}%3E",
    f"[x](javascript:{ACT})", f"<template><img src=x onerror={ACT}></template>", "${alert(1)}`", "{0.__class__.__mro__} %(password)s %s",
]  # fmt: skip
PEOPLE = ("requester", "agent", "lead", "admin")


def fill() -> dict[str, Any]:
    """The world of the matrix, as a requester meets it: `own` is theirs, everything else is somebody else's."""
    from django.conf import settings
    from django.core.management import call_command

    from firstline.doors.api.actions.tokens import create_token
    from tests.matrix.world import build

    call_command("migrate", interactive=False, verbosity=0)
    world = build("requester")
    people: dict[str, Any] = {}
    for role in PEOPLE:
        somebody = world.people[role]
        assert somebody is not None
        people[role] = {
            "token": create_token(somebody, "abuse", scope="write", by=somebody)[1],
            "cookie": world.client_of(role).cookies[settings.SESSION_COOKIE_NAME].value,
            "email": somebody.email,
        }
    hostile = _hostile(world)
    return {"hostile": hostile, "people": people, "things": {name: thing.pk for name, thing in world.things.items()}}


def _hostile(world: Any) -> dict[str, Any]:
    """Every payload: in the HTML of mails, in what is typed, as name of a file; and a few in every other field."""
    from firstline.channels.email.engine.sanitise import sanitise
    from firstline.core.actions import acting
    from firstline.core.files import store
    from firstline.core.text.markdown import to_html
    from firstline.people.accounts.models import Person
    from firstline.work.conversations.actions.say import Body, NewFile, note, reply
    from firstline.work.conversations.models import Message
    from firstline.work.tickets.actions.edit import retitle, set_custom, set_tags
    from firstline.work.tickets.actions.open import open_ticket
    from firstline.work.tickets.models import CustomField

    every, rosa, ada = list(payloads()), world.people["requester"], world.people["agent"]
    pages: dict[str, Any] = {}
    for place, clean in (("mail", sanitise), ("typed", to_html)):
        ticket = open_ticket(rosa, f"Hostile {place}", by=None)
        for start in range(0, len(every), 250):
            shown = "".join(f"<div>{clean(text.replace(chr(0), ''))}</div>" for text in every[start : start + 250])
            reply(ticket, Body("x", shown), author=rosa, by=None)
        pages[place] = ticket.pk
    bytes_of_it = store([b"x"])
    ticket = open_ticket(rosa, "Hostile names of files", by=None)
    names = [text.replace("\0", "") for text in every]
    for start in range(0, len(names), 250):
        files = [NewFile(name, "text/plain", 1, bytes_of_it.sha256) for name in names[start : start + 250]]
        reply(ticket, "Files.", files=files, author=rosa, by=None)
    pages["files"] = ticket.pk
    pages["fields"] = []
    mallory = Person.objects.get(pk=world.things["stranger"].pk)
    for text in FIELD_PAYLOADS:
        ticket = open_ticket(rosa, text, team=world.things["team open"], category=world.things["category"], by=None)
        retitle(ticket, f"{text} again", by=None)
        set_tags(ticket, [text], by=None)
        set_custom(ticket, world.things["custom_field"], text, by=None)
        reply(ticket, text, author=rosa, by=None)
        note(ticket, text, author=ada, by=None)
        pages["fields"].append(ticket.pk)
    last = FIELD_PAYLOADS[0]
    with acting():
        Person.objects.filter(pk__in=[mallory.pk, rosa.pk, ada.pk]).update(name=last, phone=last)
        CustomField.objects.update(label=last[:60], is_shown_to_requester=True)
        for name in ("team open", "category", "organisation", "department", "status"):
            thing = world.things[name]
            type(thing)._default_manager.filter(pk=thing.pk).update(name=f"{last[:50]}{thing.pk}")
    return {"pages": pages, "payloads": len(every), "messages": Message.objects.count()}


if __name__ == "__main__":
    set_up()
    json.dump(fill(), sys.stdout)
