"""What is filled in about approvals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.core.calendars.models import Calendar
from firstline.people.access.models import Role
from firstline.people.accounts.models import Person
from firstline.people.accounts.queries import by_email, named
from firstline.people.organisations.models import Department, Membership
from firstline.people.teams.models import Team

from .engine.plans import Asked, Expiry, Plan, Quorum, Who
from .models import Meeting, Rule
from .models.rules import AfterRefusal

AREA = forms.Textarea(attrs={"rows": 3})
QUORUMS = [
    (Quorum.ANY, gettext_lazy("One of them is enough")),
    (Quorum.ALL, gettext_lazy("All of them")),
    (Quorum.NUMBER, gettext_lazy("A number of them")),
    (Quorum.SHARE, gettext_lazy("A share of them, in per cent")),
]
EXPIRIES = [
    (Expiry.REFUSE, gettext_lazy("It is not approved")),
    (Expiry.GRANT, gettext_lazy("It is approved")),
    (Expiry.ESCALATE, gettext_lazy("Somebody else decides")),
    (Expiry.STAY, gettext_lazy("It stays open, and they are reminded")),
]


class WithPerson(forms.Form):
    """A form in which somebody is named."""

    viewer: Any = None

    def a_person(self, field: str) -> Any:
        text = self.cleaned_data.get(field, "").strip()
        return self.somebody(text) if text else None

    def somebody(self, text: str) -> Any:
        person = named(self.viewer, text) or _colleague(self.viewer, text)
        if person is None:
            raise forms.ValidationError(_("Nobody, or more than one, is called %(name)s.") % {"name": text})
        return person


def _colleague(viewer: Any, text: str) -> Person | None:
    """Somebody of the same organisation by their exact address: who does not see other people may still know them."""
    person = by_email(text) if "@" in text else None
    if person is None or not person.is_active:
        return None
    mine = Membership.objects.filter(person=viewer, organisation__isnull=False).values("organisation")
    return person if Membership.objects.filter(person=person, organisation__in=mine).exists() else None


class DecisionForm(forms.Form):
    """Yes or no, with a word why."""

    comment = forms.CharField(
        label=gettext_lazy("Comment"), required=False, max_length=5000, widget=AREA,
        help_text=gettext_lazy("Needed if you refuse. The requester reads it."),
    )  # fmt: skip


class QuestionForm(forms.Form):
    words = forms.CharField(label=gettext_lazy("What do you want to know?"), max_length=5000, widget=AREA)


class AnswerForm(forms.Form):
    words = forms.CharField(label=gettext_lazy("Your answer"), max_length=5000, widget=AREA)


class PersonForm(WithPerson):
    person = forms.CharField(label=gettext_lazy("Person"), help_text=gettext_lazy("A name or a mail address"))

    def clean_person(self) -> Any:
        return self.a_person("person")


class StandInForm(WithPerson):
    person = forms.CharField(label=gettext_lazy("Who decides"), help_text=gettext_lazy("A name or a mail address"))
    first_day = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)

    def clean_person(self) -> Any:
        return self.a_person("person")


def whom(label: Any, *, required: bool, help_text: Any = "") -> forms.ChoiceField:
    """Who is asked: one of those that a rule can name. The choices are read when the form is made."""
    return forms.ChoiceField(label=label, required=required, help_text=help_text)


def whom_choices() -> list[tuple[str, Any]]:
    """Every way to name approvers but by name; a person is typed in a field of its own."""
    teams = list(Team.objects.filter(is_active=True).order_by("name").values_list("pk", "name"))
    departments = list(Department.objects.filter(is_active=True).order_by("name").values_list("pk", "name"))
    groups: list[tuple[str, Any]] = [
        (Who.MANAGER.value, _("The requester’s manager")),
        (Who.HEAD.value, _("The head of the requester’s department")),
        (Who.OWNER.value, _("The owner of the category")),
        (Who.PERSON.value, _("Certain people")),
    ]
    if departments:
        heads = [(f"head:{pk}", _("Head of %(department)s") % {"department": name}) for pk, name in departments]
        groups.append((_("Department"), heads))
    if teams:
        groups.append((_("Team"), [(f"team:{pk}", name) for pk, name in teams]))
        groups.append((_("Those who lead"), [(f"leads:{pk}", name) for pk, name in teams]))
    groups.append((_("Role"), [(f"role:{key}", label) for key, label in Role.choices if key != Role.REQUESTER]))
    return groups


def as_asked(text: str) -> Asked:
    """The way to name approvers that a choice stands for."""
    who, _colon, key = text.partition(":")
    return Asked(Who(who), int(key) if key.isdecimal() else key or None)


def as_choice(asked: Asked) -> str:
    return asked.who.value if asked.key is None else f"{asked.who.value}:{asked.key}"


class StageForm(WithPerson):
    """One stage: whom it asks, how many have to agree, when it is asked, and what happens without an answer."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80, required=False)
    who = whom(gettext_lazy("Who is asked?"), required=True)
    people = forms.CharField(
        label=gettext_lazy("Certain people"), required=False,
        help_text=gettext_lazy("Names or mail addresses with commas between; only if certain people are asked"),
    )  # fmt: skip
    also = whom(gettext_lazy("And also"), required=False)
    quorum = forms.ChoiceField(label=gettext_lazy("How many have to agree?"), choices=QUORUMS)
    number = forms.IntegerField(
        label=gettext_lazy("Number, or per cent"), min_value=1, max_value=200, required=False,
        help_text=gettext_lazy("Only for a number or a share of them"),
    )  # fmt: skip
    has_veto = forms.BooleanField(label=gettext_lazy("One refusal is enough to refuse"), required=False, initial=True)
    is_beside = forms.BooleanField(label=gettext_lazy("At the same time as the stage before"), required=False)
    cost_over = forms.IntegerField(
        label=gettext_lazy("Only if it costs more than"), min_value=0, required=False,
        help_text=gettext_lazy("Empty: always. What costs nobody knows how much is asked, too."),
    )  # fmt: skip
    condition = forms.CharField(
        label=gettext_lazy("Only for tickets like"), max_length=1000, required=False,
        help_text=gettext_lazy("Like a search: priority:critical category:network/. Empty: all tickets."),
    )  # fmt: skip
    remind_hours = forms.IntegerField(
        label=gettext_lazy("Remind after (working hours)"), min_value=0, max_value=8784, required=False
    )
    hours = forms.IntegerField(
        label=gettext_lazy("Time to answer (working hours)"), min_value=0, max_value=8784, required=False,
        help_text=gettext_lazy("Empty: as long as it takes"),
    )  # fmt: skip
    on_expiry = forms.ChoiceField(label=gettext_lazy("When the time is over"), choices=EXPIRIES)
    escalate_to = whom(gettext_lazy("Who decides then?"), required=False)
    fallback = whom(gettext_lazy("Who is asked if nobody is found?"), required=False)
    is_meeting = forms.BooleanField(label=gettext_lazy("Is decided in a meeting"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = whom_choices()
        groups = [each for each in choices if each[0] != Who.PERSON.value]
        for name in ("who", "also", "escalate_to", "fallback"):
            field: Any = self.fields[name]
            field.choices = choices if name == "who" else [("", "—"), *groups]

    def clean_people(self) -> list[Any]:
        names = [part.strip() for part in self.cleaned_data["people"].split(",") if part.strip()]
        return [self.somebody(name) for name in names[:12]]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("who") == Who.PERSON and not said.get("people") and "people" not in self.errors:
            self.add_error("people", _("Say who."))
        if said.get("quorum") in {Quorum.NUMBER, Quorum.SHARE} and not said.get("number"):
            self.add_error("number", _("Say how many."))
        if said.get("on_expiry") == Expiry.ESCALATE and not said.get("escalate_to"):
            self.add_error("escalate_to", _("Say whom."))
        return said

    def plan(self) -> Plan:
        """What was filled in, as a plan; PlanWrong if it cannot be."""
        said = self.cleaned_data
        who = [Asked(Who.PERSON, person.pk) for person in said["people"]] if said["who"] == Who.PERSON else [
            as_asked(said["who"])
        ]  # fmt: skip
        if said["also"]:
            who.append(as_asked(said["also"]))
        escalates = said["on_expiry"] == Expiry.ESCALATE
        return Plan(
            who=tuple(who), name=" ".join(said["name"].split()), quorum=Quorum(said["quorum"]),
            number=said["number"] or 1, has_veto=said["has_veto"], cost_over=said["cost_over"],
            condition=said["condition"].strip(), hours=said["hours"] or 0, remind_hours=said["remind_hours"] or 0,
            on_expiry=Expiry(said["on_expiry"]),
            fallback=(as_asked(said["fallback"]),) if said["fallback"] else (),
            escalate_to=(as_asked(said["escalate_to"]),) if escalates else (), is_meeting=said["is_meeting"],
        )  # fmt: skip


def stage_as_filled(plan: Plan, people: Iterable[str], *, is_beside: bool) -> dict[str, Any]:
    """A plan as the form shows it."""
    others = [asked for asked in plan.who if asked.who is not Who.PERSON]
    names = list(people)
    ways = ([Who.PERSON.value] if names else []) + [as_choice(asked) for asked in others]
    return {
        "name": plan.name, "who": ways[0] if ways else "", "people": ", ".join(names),
        "also": ways[1] if len(ways) > 1 else "", "quorum": plan.quorum.value,
        "number": plan.number if plan.quorum in {Quorum.NUMBER, Quorum.SHARE} else None, "has_veto": plan.has_veto,
        "is_beside": is_beside, "cost_over": plan.cost_over, "condition": plan.condition,
        "remind_hours": plan.remind_hours or None, "hours": plan.hours or None, "on_expiry": plan.on_expiry.value,
        "escalate_to": as_choice(plan.escalate_to[0]) if plan.escalate_to else "",
        "fallback": as_choice(plan.fallback[0]) if plan.fallback else "", "is_meeting": plan.is_meeting,
    }  # fmt: skip


class AskForm(WithPerson):
    """Ask for an approval by hand: one stage, of whom one likes."""

    title = forms.CharField(label=gettext_lazy("What is to be approved?"), max_length=200)
    words = forms.CharField(label=gettext_lazy("Why?"), required=False, max_length=5000, widget=AREA)
    cost = forms.DecimalField(label=gettext_lazy("Cost"), required=False, min_value=0, max_digits=12, decimal_places=2)
    who = whom(gettext_lazy("Who is asked?"), required=True)
    people = forms.CharField(
        label=gettext_lazy("Certain people"), required=False,
        help_text=gettext_lazy("Names or mail addresses with commas between; only if certain people are asked"),
    )  # fmt: skip
    quorum = forms.ChoiceField(label=gettext_lazy("How many have to agree?"), choices=QUORUMS[:2])
    hours = forms.IntegerField(
        label=gettext_lazy("Time to answer (working hours)"), min_value=0, max_value=8784, required=False,
        help_text=gettext_lazy("Empty: as long as it takes. Afterwards it is not approved."),
    )  # fmt: skip
    holds = forms.BooleanField(
        label=gettext_lazy("The ticket cannot be solved until it is approved"), required=False, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["who"]
        field.choices = whom_choices()

    def clean_people(self) -> list[Any]:
        names = [part.strip() for part in self.cleaned_data["people"].split(",") if part.strip()]
        return [self.somebody(name) for name in names[:12]]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("who") == Who.PERSON and not said.get("people") and "people" not in self.errors:
            self.add_error("people", _("Say who."))
        return said

    def plan(self) -> Plan:
        said = self.cleaned_data
        who = tuple(Asked(Who.PERSON, each.pk) for each in said["people"]) if said["who"] == Who.PERSON else (
            as_asked(said["who"]),
        )  # fmt: skip
        hours = said["hours"] or 0
        return Plan(who=who, quorum=Quorum(said["quorum"]), hours=hours, remind_hours=hours // 2)


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """Which tickets a rule is for, and what happens afterwards."""

    class Meta:
        model = Rule
        fields = (
            "name", "purpose", "condition", "position", "calendar", "holds", "then_team", "on_refusal", "is_active",
        )  # fmt: skip
        widgets = {"condition": forms.TextInput()}  # noqa: RUF012 -- Django reads it so
        help_texts = {  # noqa: RUF012 -- Django reads it so
            "condition": gettext_lazy("Like a search: kind:request category:hardware/ cost:>500. Empty: all tickets."),
            "position": gettext_lazy("The first one that fits a ticket asks."),
            "purpose": gettext_lazy("Approvers read it: why are they asked?"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        calendar: Any = self.fields["calendar"]
        calendar.queryset = Calendar.objects.filter(is_active=True)
        calendar.empty_label = _("The first calendar in use")
        team: Any = self.fields["then_team"]
        team.queryset = Team.objects.filter(is_active=True)
        team.empty_label = _("The team it is with")
        refusal: Any = self.fields["on_refusal"]
        refusal.choices = AfterRefusal.choices


class SignForm(forms.Form):
    up_to = forms.IntegerField(
        label=gettext_lazy("Up to a cost of"), min_value=0, max_value=2_000_000_000, required=False,
        help_text=gettext_lazy("Empty: whatever it costs"),
    )  # fmt: skip
    until = forms.DateField(label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"}))


class OwnerForm(WithPerson):
    category = forms.ChoiceField(label=gettext_lazy("Category"))
    person = forms.CharField(
        label=gettext_lazy("Owner"), required=False, help_text=gettext_lazy("A name or a mail address. Empty: nobody")
    )

    def __init__(self, *args: Any, categories: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["category"]
        field.choices = [(str(pk), name) for pk, name in categories]

    def clean_person(self) -> Any:
        return self.a_person("person")


class MeetingForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Meeting
        fields = ("name", "team", "at", "place")
        widgets = {  # noqa: RUF012 -- Django reads it so
            "at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        }
