"""What is filled in about escalations, news, major incidents and hand-overs."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.core.conditions import check, from_json, parse, to_json, to_text
from firstline.core.fields import ConditionError, Context
from firstline.people.access.rules import may
from firstline.people.accounts.queries import named
from firstline.people.teams.models import Team
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Priority, Ticket

from .models import Escalation, Level, Protocol, Vendor


class WithPerson(forms.Form):
    """A form in which somebody of the desk is named."""

    viewer: Any = None

    def a_person(self, field: str) -> Any:
        text = self.cleaned_data.get(field, "").strip()
        if not text:
            return None
        person = named(self.viewer, text)
        if person is None:
            raise forms.ValidationError(_("Nobody, or more than one, is called %(name)s.") % {"name": text})
        return person


class EscalateForm(WithPerson):
    """To the next level of the path, or to somebody by name."""

    whom = forms.ChoiceField(label=gettext_lazy("Whom do you ask?"), widget=forms.RadioSelect)
    person = forms.CharField(
        label=gettext_lazy("Person"), required=False, help_text=gettext_lazy("Only if you ask a certain person")
    )
    team = forms.ModelChoiceField(Team.objects.filter(is_active=True), label=gettext_lazy("Team"), required=False)
    vendor = forms.ModelChoiceField(
        Vendor.objects.filter(is_active=True), label=gettext_lazy("Supplier"), required=False
    )
    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    takes_over = forms.BooleanField(label=gettext_lazy("They take it over; I am out"), required=False)

    def __init__(self, *args: Any, next_level: Level | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.next_level = next_level
        choices = [("person", _("A certain person")), ("team", _("A team")), ("vendor", _("A supplier"))]
        if next_level is not None:
            choices.insert(0, ("next", _("The next level of the path: %(level)s") % {"level": next_level.name}))
        whom = cast("forms.ChoiceField", self.fields["whom"])
        whom.choices = choices
        whom.initial = choices[0][0]
        for number, question in enumerate(next_level.asks_for if next_level else []):
            self.fields[f"told_{number}"] = forms.CharField(label=question, max_length=500, required=False)

    def clean_person(self) -> Any:
        return self.a_person("person")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        whom = said.get("whom")
        if whom in {"person", "team", "vendor"} and not said.get(whom) and whom not in self.errors:
            self.add_error(whom, _("Say whom."))
        return said

    @property
    def told(self) -> dict[str, str]:
        questions = self.next_level.asks_for if self.next_level else []
        return {question: self.cleaned_data.get(f"told_{number}", "") for number, question in enumerate(questions)}


class EndForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it?"),
        choices=[(key, label) for key, label in Escalation.Outcome.choices if key != Escalation.Outcome.FURTHER],
        widget=forms.RadioSelect,
    )
    first_level_could = forms.ChoiceField(
        label=gettext_lazy("Could the first level have done it?"),
        choices=[("", gettext_lazy("No opinion")), ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        required=False,
    )
    missing = forms.CharField(
        label=gettext_lazy("What did the first level lack?"), max_length=300, required=False,
        help_text=gettext_lazy("A right, a guide, a tool, training: what is named often becomes a proposal"),
    )  # fmt: skip


class VendorAnswerForm(forms.Form):
    reference = forms.CharField(label=gettext_lazy("Their number"), max_length=120, required=False)
    has_answered = forms.BooleanField(label=gettext_lazy("They have answered"), required=False)


class ObstacleForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("What is in the way?"), max_length=300)


class NewsForm(forms.Form):
    state = forms.CharField(label=gettext_lazy("How does it stand?"), max_length=300)
    done = forms.CharField(
        label=gettext_lazy("What was done so far?"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    coming = forms.CharField(label=gettext_lazy("What comes next?"), max_length=300, required=False)
    expected_at = forms.DateTimeField(
        label=gettext_lazy("When is it expected to be solved?"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip


class MajorForm(WithPerson):
    coordinator = forms.CharField(
        label=gettext_lazy("Who coordinates?"), required=False, help_text=gettext_lazy("Empty: you")
    )
    notice = forms.CharField(
        label=gettext_lazy("What may everybody read on the portal?"), max_length=300, required=False,
        help_text=gettext_lazy("Nothing of the ticket is shown but these words. Empty: nothing."),
    )  # fmt: skip

    def clean_coordinator(self) -> Any:
        return self.a_person("coordinator")


class StakeholderForm(WithPerson):
    person = forms.CharField(label=gettext_lazy("Person"), help_text=gettext_lazy("A name or a mail address"))

    def clean_person(self) -> Any:
        return self.a_person("person")


class ReportForm(forms.Form):
    summary = forms.CharField(label=gettext_lazy("What happened?"), required=False, widget=forms.Textarea)
    root_cause = forms.CharField(label=gettext_lazy("Root cause"), required=False, widget=forms.Textarea)
    steps = forms.CharField(label=gettext_lazy("What was done"), required=False, widget=forms.Textarea)
    prevention = forms.CharField(label=gettext_lazy("How is it prevented?"), required=False, widget=forms.Textarea)
    lessons = forms.CharField(label=gettext_lazy("What did we learn?"), required=False, widget=forms.Textarea)


class HandOverForm(forms.Form):
    team = forms.ModelChoiceField(Team.objects.none(), label=gettext_lazy("From"))
    to = forms.ModelChoiceField(Team.objects.none(), label=gettext_lazy("To"))
    note = forms.CharField(
        label=gettext_lazy("What must they know?"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = cast("forms.ModelChoiceField[Team]", self.fields["team"])
        all_teams = cast("forms.ModelChoiceField[Team]", self.fields["to"])
        mine.queryset = Team.objects.filter(is_active=True, memberships__person=viewer).distinct()
        all_teams.queryset = Team.objects.filter(is_active=True)


class RelayForm(forms.Form):
    from_team = forms.ModelChoiceField(Team.objects.none(), label=gettext_lazy("When the shift ends of"))
    to_team = forms.ModelChoiceField(
        Team.objects.none(), label=gettext_lazy("It goes on at"), required=False,
        empty_label=gettext_lazy("Nowhere: it waits for the next shift"),
    )  # fmt: skip
    minutes_before = forms.IntegerField(
        label=gettext_lazy("Minutes before the end of the shift"), min_value=0, max_value=240, initial=15
    )
    least_urgent = forms.TypedChoiceField(
        label=gettext_lazy("What goes along, down to"), choices=Priority.choices, coerce=int, initial=Priority.HIGH
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Team.objects.filter(is_active=True)
        giving = cast("forms.ModelChoiceField[Team]", self.fields["from_team"])
        taking = cast("forms.ModelChoiceField[Team]", self.fields["to_team"])
        giving.queryset = teams.filter(shifts__isnull=False).distinct()
        giving.help_text = _("Teams with shifts in their rota")
        taking.queryset = teams


class PathForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    purpose = forms.CharField(label=gettext_lazy("Purpose"), max_length=300, required=False)
    condition = forms.CharField(
        label=gettext_lazy("For which tickets?"), max_length=2000, required=False,
        help_text=gettext_lazy("As in a search: priority:critical category:network/ … Empty: all that no other takes"),
    )  # fmt: skip
    position = forms.IntegerField(label=gettext_lazy("Place in the order"), min_value=0, max_value=999, initial=0)
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def clean_condition(self) -> dict[str, Any] | None:
        text = self.cleaned_data["condition"].strip()
        if not text:
            return None
        context = Context(trusted=True)
        try:
            condition = parse(text, catalogue, context)
            check(condition, catalogue, context)
        except ConditionError as trouble:
            raise forms.ValidationError(str(trouble)) from trouble
        return to_json(condition)


def condition_as_typed(kept: dict[str, Any] | None) -> str:
    return to_text(from_json(kept), catalogue, Context(trusted=True)) if kept else ""


class LevelForm(WithPerson):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("For example: architect"))
    who = forms.ChoiceField(label=gettext_lazy("Who is asked?"), choices=Level.Who.choices)
    team = forms.ModelChoiceField(Team.objects.filter(is_active=True), label=gettext_lazy("Team"), required=False)
    person = forms.CharField(label=gettext_lazy("Person"), required=False)
    vendor = forms.ModelChoiceField(
        Vendor.objects.filter(is_active=True), label=gettext_lazy("Supplier"), required=False
    )
    way = forms.ChoiceField(label=gettext_lazy("How?"), choices=Level.Way.choices)
    silence = forms.IntegerField(
        label=gettext_lazy("When nothing happened for (minutes)"), min_value=1, max_value=525_600, required=False
    )
    clock_share = forms.IntegerField(
        label=gettext_lazy("When this share of the agreed time is used (%)"),
        min_value=1,
        max_value=1000,
        required=False,
    )
    clock_target = forms.ChoiceField(
        label=gettext_lazy("Which agreed time"), required=False,
        choices=[("resolution", gettext_lazy("Solution")), ("response", gettext_lazy("First answer"))],
    )  # fmt: skip
    unaccepted = forms.IntegerField(
        label=gettext_lazy("When nobody of the level before took it for (minutes)"),
        min_value=1, max_value=525_600, required=False,
    )  # fmt: skip
    reopened = forms.IntegerField(
        label=gettext_lazy("When it was reopened so many times"), min_value=1, max_value=100, required=False
    )
    obstacle = forms.BooleanField(label=gettext_lazy("When something stands in the way"), required=False)
    asked = forms.BooleanField(label=gettext_lazy("When the requester asks for it"), required=False)
    asks_for = forms.CharField(
        label=gettext_lazy("What must be told when escalating by hand"), required=False,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("One question a line"),
    )  # fmt: skip

    def clean_person(self) -> Any:
        return self.a_person("person")

    @property
    def when(self) -> list[dict[str, Any]]:
        said, found = self.cleaned_data, []
        if said.get("silence"):
            found.append({"when": "silence", "minutes": said["silence"]})
        if said.get("clock_share"):
            found.append({"when": "clock", "share": said["clock_share"], "target": said.get("clock_target")})
        if said.get("unaccepted"):
            found.append({"when": "unaccepted", "minutes": said["unaccepted"]})
        if said.get("reopened"):
            found.append({"when": "reopened", "times": said["reopened"]})
        return found + [{"when": name} for name in ("obstacle", "asked") if said.get(name)]


def level_as_filled(level: Level) -> dict[str, Any]:
    """A level as the form shows it."""
    filled: dict[str, Any] = {
        "name": level.name, "who": level.who, "team": level.team_id, "vendor": level.vendor_id, "way": level.way,
        "person": level.person.email if level.person else "", "asks_for": "\n".join(level.asks_for),
    }  # fmt: skip
    for trigger in level.when:
        match trigger["when"]:
            case "silence" | "unaccepted" as name:
                filled[name] = trigger["minutes"]
            case "clock":
                filled |= {"clock_share": trigger["share"], "clock_target": trigger["target"]}
            case "reopened":
                filled["reopened"] = trigger["times"]
            case name:
                filled[name] = True
    return filled


class VendorForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    contact = forms.CharField(label=gettext_lazy("Contact"), max_length=120, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    note = forms.CharField(label=gettext_lazy("How to reach them"), max_length=300, required=False)
    answer_minutes = forms.IntegerField(
        label=gettext_lazy("Answers within (minutes)"), min_value=1, max_value=525_600, required=False
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)


class ProtocolForm(forms.Form):
    first_minutes = forms.IntegerField(
        label=gettext_lazy("First news within (minutes)"), min_value=1, max_value=525_600
    )  # fmt: skip
    every_minutes = forms.IntegerField(label=gettext_lazy("Then every (minutes)"), min_value=1, max_value=525_600)
    tell = forms.MultipleChoiceField(
        label=gettext_lazy("Who is told"), choices=Protocol.Tell.choices, widget=forms.CheckboxSelectMultiple
    )
    asks_next = forms.BooleanField(label=gettext_lazy("News must say what comes next"), required=False)
    asks_expected = forms.BooleanField(
        label=gettext_lazy("News must say when it is expected to be solved"), required=False
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False)


def priorities() -> list[tuple[int, str]]:
    return [(value, str(label)) for value, label in Priority.choices]


def may_escalate(person: Any, ticket: Ticket) -> bool:
    return may(person, "ticket.escalate", ticket) and ticket.is_unsolved and ticket.merged_into_id is None
