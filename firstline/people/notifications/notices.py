"""What people are told about their shifts. The rota stands below this room, so it cannot tell anybody itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from firstline.core.events import later
from firstline.core.events.models import Event
from firstline.people.teams.events import RotaChanged, SwapAnswered, SwapAsked
from firstline.people.teams.models import Swap, Team
from firstline.people.teams.queries import visible_to

from .actions.give import notify
from .fields import Channel, Kind, Subject, declare, declare_subject
from .models import Reason

SHIFTS = gettext_lazy("Shifts")
EVERYWAY = frozenset({Channel.INBOX, Channel.MAIL, Channel.PUSH})


def read_swaps(person: Any, ids: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    """Both sides of a swap may read of it."""
    rows = Swap.objects.filter(Q(asker=person) | Q(asked=person), pk__in=list(ids)).select_related("shift__team")
    return {
        row.pk: {"shift": row.shift.name, "team": row.shift.team.name, "day": date_format(row.day, "l, j F")}
        for row in rows
    }


def read_teams(person: Any, ids: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    return {row.pk: {"team": row.name} for row in visible_to(person).filter(pk__in=list(ids))}


declare_subject(Subject("swap", read=read_swaps, link=lambda _person, _number: reverse("teams:my_shifts")))
declare_subject(Subject("team", read=read_teams, link=lambda _person, number: reverse("teams:rota", args=[number])))

WORDS = {
    "shift": gettext_lazy("the name of the shift"),
    "team": gettext_lazy("its team"),
    "day": gettext_lazy("the day"),
}
ASKED = declare(
    Kind(
        "rota.swap_asked",
        label=gettext_lazy("Somebody asks you to take a shift over"),
        title=gettext_lazy("{actor} asks: {shift} on {day}?"),
        text=gettext_lazy("{actor} asks you to take over {shift} of {team} on {day}."),
        group=SHIFTS,
        desk=EVERYWAY,
        facts=WORDS,
    )
)
ACCEPTED = declare(
    Kind(
        "rota.swap_accepted",
        label=gettext_lazy("Somebody takes your shift over"),
        title=gettext_lazy("{actor} takes {shift} on {day} over"),
        group=SHIFTS,
        desk=EVERYWAY,
        facts=WORDS,
    )
)
DECLINED = declare(
    Kind(
        "rota.swap_declined",
        label=gettext_lazy("Somebody cannot take your shift over"),
        title=gettext_lazy("{actor} cannot take {shift} on {day} over"),
        group=SHIFTS,
        desk=EVERYWAY,
        facts=WORDS,
    )
)
CHANGED = declare(
    Kind(
        "rota.changed",
        label=gettext_lazy("Your shifts change"),
        title=gettext_lazy("{actor} changed your shifts with {team}"),
        group=SHIFTS,
        desk={Channel.INBOX, Channel.MAIL},
        facts={"team": gettext_lazy("its team")},
    )
)


@later(SwapAsked)
def tell_who_is_asked(event: Event) -> None:
    swap = Swap.objects.filter(pk=event.subject_id).first()
    if swap is not None and swap.state == Swap.State.ASKED:
        notify(ASKED, {Reason.ROTA: [swap.asked_id]}, about=swap, event=event, by=None)


@later(SwapAnswered)
def tell_who_asked(event: Event) -> None:
    swap = Swap.objects.filter(pk=event.subject_id).first()
    kind = {Swap.State.ACCEPTED: ACCEPTED, Swap.State.DECLINED: DECLINED}.get(event.facts["state"])
    if swap is not None and kind is not None:
        notify(kind, {Reason.ROTA: [swap.asker_id]}, about=swap, event=event, by=None)


@later(RotaChanged)
def tell_whose_shifts_change(event: Event) -> None:
    team = Team.objects.filter(pk=event.subject_id).first()
    if team is not None and event.via != "import":
        # Somebody who plans saves many times in an hour: that is one piece of news.
        occasion = f"rota:{team.pk}:{event.at:%Y-%m-%dT%H}"
        people = event.facts.get("people") or []
        notify(CHANGED, {Reason.ROTA: people}, about=team, event=event, occasion=occasion, by=None)
