"""What is filled in about tasks and checklists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.core.actions import may
from firstline.people.accounts.queries import named
from firstline.people.teams.models import Team

from .models import Checklist, ChecklistItem, Task

AREA = forms.Textarea(attrs={"rows": 4})
MOMENT = "%Y-%m-%dT%H:%M"


def said_of(person: Any) -> str:
    """How a form says somebody: so that the same person is found again."""
    return str(person.email or person.display_name)


def somebody(viewer: Any, text: str) -> Any:
    person = named(viewer, text)
    if person is None:
        raise forms.ValidationError(_("Nobody, or more than one, is called %(name)s.") % {"name": text})
    return person


def a_moment() -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    return forms.DateTimeField(label=gettext_lazy("Due"), required=False, widget=widget)


class _Whose(forms.Form):
    """For whom: people by name, or a team."""

    viewer: Any = None

    people = forms.CharField(
        label=gettext_lazy("For whom"), required=False, max_length=1000,
        help_text=gettext_lazy("Names or mail addresses, with commas between. Empty: anybody of the team"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    team = forms.ModelChoiceField(Team.objects.none(), label=gettext_lazy("Team"), required=False)

    def __init__(self, *args: Any, viewer: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.viewer = viewer
        self.fields["team"].queryset = Team.objects.filter(is_active=True).order_by("name")  # type: ignore[attr-defined]
        if may(viewer, "person.view"):  # suggested while typing; never a list of everybody
            self.fields["people"].widget.attrs["data-source"] = reverse("desk:suggest_people")

    def clean_people(self) -> list[Any]:
        texts = [text.strip() for text in self.cleaned_data["people"].split(",")]
        return list(dict.fromkeys(somebody(self.viewer, text) for text in texts if text))


class TaskForm(_Whose):
    """One task: what, for whom, until when, and what it waits for."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("Description and goal"), required=False, max_length=20_000, widget=AREA
    )  # fmt: skip
    due_at = a_moment()
    needs = forms.ModelMultipleChoiceField(
        Task.objects.none(), label=gettext_lazy("Begins after"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    blocks_closing = forms.BooleanField(
        label=gettext_lazy("The ticket cannot be solved before it is done"), required=False, initial=True
    )
    is_shown_to_requester = forms.BooleanField(label=gettext_lazy("The requester sees how far it is"), required=False)

    field_order = ("title", "text", "people", "team", "due_at", "needs", "blocks_closing", "is_shown_to_requester")

    def __init__(self, *args: Any, others: Iterable[Task], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [each.pk for each in others]
        self.fields["needs"].queryset = Task.objects.filter(pk__in=choices)  # type: ignore[attr-defined]
        if not choices:
            del self.fields["needs"]


class GiveForm(_Whose):
    """For whom several tasks are from now on."""


class DueForm(forms.Form):
    due_at = a_moment()


class ChecklistForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Checklist
        fields = ("name", "purpose", "team", "is_active")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["team"].queryset = Team.objects.filter(is_active=True).order_by("name")  # type: ignore[attr-defined]


class ItemForm(forms.ModelForm):  # type: ignore[type-arg]
    """One task of a checklist."""

    who = forms.CharField(
        label=gettext_lazy("For whom"), required=False, max_length=200,
        help_text=gettext_lazy("A name or a mail address. Empty: anybody of the team, or of the ticket's team"),
    )  # fmt: skip
    needs = forms.ModelMultipleChoiceField(
        ChecklistItem.objects.none(), label=gettext_lazy("Begins after"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    field_order = ("title", "text", "due_days", "who", "team", "needs", "blocks_closing", "is_shown_to_requester")

    class Meta:
        model = ChecklistItem
        fields = ("title", "text", "due_days", "team", "blocks_closing", "is_shown_to_requester")
        labels = {  # noqa: RUF012 -- as Django writes it
            "blocks_closing": gettext_lazy("The ticket cannot be solved before it is done"),
            "is_shown_to_requester": gettext_lazy("The requester sees how far it is"),
        }

    def __init__(self, *args: Any, viewer: Any, others: Iterable[ChecklistItem], **more: Any) -> None:
        super().__init__(*args, **more)
        self.viewer = viewer
        self.fields["text"].widget.attrs["rows"] = 3
        self.fields["team"].queryset = Team.objects.filter(is_active=True).order_by("name")  # type: ignore[attr-defined]
        choices = [each.pk for each in others]
        self.fields["needs"].queryset = ChecklistItem.objects.filter(pk__in=choices)  # type: ignore[attr-defined]
        if self.instance.pk is not None:
            self.initial["who"] = said_of(self.instance.person) if self.instance.person is not None else ""
            self.initial["needs"] = [each.pk for each in self.instance.needs.all()]
        if not choices:
            del self.fields["needs"]

    def clean_who(self) -> Any:
        text = self.cleaned_data["who"].strip()
        self.instance.person = somebody(self.viewer, text) if text else None
        return text
