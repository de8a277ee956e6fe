"""What is filled in about teams and absences."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.people.accounts.queries import named
from firstline.people.teams.models import Shift


class TeamForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    purpose = forms.CharField(
        label=gettext_lazy("Purpose"), max_length=300, required=False, help_text=gettext_lazy("One line: what for?")
    )
    is_private = forms.BooleanField(
        label=gettext_lazy("Private: only members see its tickets, not even admins"), required=False
    )


class WithPerson(forms.Form):
    """A form in which somebody is named."""

    viewer: Any = None

    def a_person(self, field: str) -> Any:
        text = self.cleaned_data.get(field, "").strip()
        if not text:
            return None
        person = named(self.viewer, text)
        if person is None:
            raise forms.ValidationError(_("Nobody, or more than one, is called %(name)s.") % {"name": text})
        return person


class NewTeamForm(TeamForm, WithPerson):
    lead = forms.CharField(
        label=gettext_lazy("Lead"), required=False, help_text=gettext_lazy("A private team needs one from the start.")
    )

    def clean_lead(self) -> Any:
        return self.a_person("lead")


class MemberForm(WithPerson):
    person = forms.CharField(label=gettext_lazy("Person"), help_text=gettext_lazy("A name or a mail address"))
    is_lead = forms.BooleanField(label=gettext_lazy("Leads the team"), required=False)

    def clean_person(self) -> Any:
        return self.a_person("person")


class AbsenceForm(WithPerson):
    first_day = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    deputy = forms.CharField(label=gettext_lazy("Who stands in"), required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)

    def clean_deputy(self) -> Any:
        return self.a_person("deputy")


class PlaceForm(forms.Form):
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone of the shifts"), required=False)
    region = forms.CharField(
        label=gettext_lazy("Public holidays of"),
        max_length=10,
        required=False,
        help_text=gettext_lazy("A country or a part of it, like DE or DE-BE. Empty: none."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone: Any = self.fields["time_zone"]
        zones = sorted(name for name in available_timezones() if "/" in name or name == "UTC")
        zone.choices = [("", gettext_lazy("As the organisation")), *((name, name) for name in zones)]


WEEKDAYS = [
    ("1", gettext_lazy("Monday")), ("2", gettext_lazy("Tuesday")), ("3", gettext_lazy("Wednesday")),
    ("4", gettext_lazy("Thursday")), ("5", gettext_lazy("Friday")), ("6", gettext_lazy("Saturday")),
    ("7", gettext_lazy("Sunday")),
]  # fmt: skip


class ShiftForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Shift.Kind.choices)
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Weekdays"), choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple
    )
    begins = forms.TimeField(label=gettext_lazy("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(
        label=gettext_lazy("Until"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Earlier than the beginning: on the next day."),
    )
    first_day = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(
        label=gettext_lazy("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    rotation = forms.ChoiceField(label=gettext_lazy("Who works"), choices=Shift.Rotation.choices)
    holidays = forms.ChoiceField(label=gettext_lazy("Public holidays"), choices=Shift.Holidays.choices)
    region = forms.CharField(
        label=gettext_lazy("Holidays of"),
        max_length=10,
        required=False,
        help_text=gettext_lazy("Empty: the team's own."),
    )
    people = forms.MultipleChoiceField(
        label=gettext_lazy("People"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, members: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["people"]
        people.choices = [(str(member.pk), member.display_name) for member in members]


class OverrideForm(forms.Form):
    begins_at = forms.DateTimeField(
        label=gettext_lazy("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    ends_at = forms.DateTimeField(
        label=gettext_lazy("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    person = forms.ChoiceField(label=gettext_lazy("Who comes"), required=False)
    replaces = forms.ChoiceField(label=gettext_lazy("Who goes"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Shift.Kind.choices)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, members: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("person", "replaces"):
            field: Any = self.fields[name]
            field.choices = [("", "—"), *((str(member.pk), member.display_name) for member in members)]


class SkillForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Skill"), max_length=60)
