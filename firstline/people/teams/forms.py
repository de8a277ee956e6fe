"""What is filled in about teams and absences."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.people.accounts.queries import named


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
