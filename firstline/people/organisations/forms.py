"""What is filled in about organisations, departments and who belongs to them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.people.accounts.queries import named
from firstline.people.organisations.models import Department, Organisation


class OrganisationForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    domains = forms.CharField(
        label=gettext_lazy("Mail domains"),
        required=False,
        help_text=gettext_lazy("Separated by spaces. Who writes from one of them belongs here."),
    )
    notes = forms.CharField(label=gettext_lazy("Notes"), required=False, widget=forms.Textarea)
    is_important = forms.BooleanField(
        label=gettext_lazy("Important customer"),
        required=False,
        help_text=gettext_lazy("Rules may look at it, and it may raise the priority of their tickets."),
    )

    def clean_domains(self) -> list[str]:
        domains = str(self.cleaned_data["domains"]).replace(",", " ").split()
        wrong = [domain for domain in domains if "." not in domain or "/" in domain]
        if wrong:
            raise forms.ValidationError(_("%(domain)s is not a mail domain.") % {"domain": wrong[0]})
        return domains


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


class DepartmentForm(WithPerson):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    head = forms.CharField(label=gettext_lazy("Head"), required=False)

    def clean_head(self) -> Any:
        return self.a_person("head")


class MembershipForm(WithPerson):
    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(is_active=True).order_by("name"), label=gettext_lazy("Organisation"), required=False
    )
    department = forms.ModelChoiceField(
        Department.objects.filter(is_active=True).order_by("name"), label=gettext_lazy("Department"), required=False
    )
    manager = forms.CharField(label=gettext_lazy("Manager"), required=False)
    title = forms.CharField(label=gettext_lazy("Job title"), max_length=120, required=False)
    is_vip = forms.BooleanField(label=gettext_lazy("Very important person"), required=False)

    def clean_manager(self) -> Any:
        return self.a_person("manager")
