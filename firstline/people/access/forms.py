"""What is filled in about people and their roles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.people.access.models import Role
from firstline.people.access.rules import BY_ROLE
from firstline.people.accounts.queries import named
from firstline.people.teams.models import Team

KINDS = [
    ("", gettext_lazy("all kinds")),
    ("incident", gettext_lazy("Incident")),
    ("request", gettext_lazy("Service request")),
    ("problem", gettext_lazy("Problem")),
    ("change", gettext_lazy("Change")),
]


class PersonForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=50, required=False)


class GrantForm(forms.Form):
    viewer: Any = None

    person = forms.CharField(label=gettext_lazy("Person"), help_text=gettext_lazy("A name or a mail address"))
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=[choice for choice in Role.choices if choice[0] != Role.REQUESTER]
    )
    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True), label=gettext_lazy("Only tickets of"), required=False
    )
    kind = forms.ChoiceField(label=gettext_lazy("Only this kind of ticket"), choices=KINDS, required=False)

    def clean_person(self) -> Any:
        return who(self.viewer, self.cleaned_data["person"])


class WhyForm(forms.Form):
    """A question: may this person do that?"""

    viewer: Any = None

    person = forms.CharField(label=gettext_lazy("Who"), help_text=gettext_lazy("A name or a mail address"))
    permission = forms.ChoiceField(
        label=gettext_lazy("What"),
        required=False,
        choices=[
            ("", gettext_lazy("everything")),
            *((key, key) for key in sorted(frozenset().union(*BY_ROLE.values()))),
        ],
    )

    def clean_person(self) -> Any:
        return who(self.viewer, self.cleaned_data["person"])


def who(viewer: Any, text: str) -> Any:
    person = named(viewer, text)
    if person is None:
        raise forms.ValidationError(_("Nobody, or more than one, is called %(name)s.") % {"name": text})
    return person
