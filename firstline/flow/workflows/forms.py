"""What is filled in about workflows: documents, answers, and fields as a workflow declares them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.people.accounts.queries import by_email, named
from firstline.people.teams.models import Team

from .engine.definition import Datum
from .models import System, Workflow
from .rules import address_of, team_of

AREA = forms.Textarea(attrs={"rows": 3})
PREFIX = "field_"


class DocumentForm(forms.Form):
    """A workflow as YAML."""

    text = forms.CharField(
        label=gettext_lazy("The workflow as YAML"), strip=False, max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "data-code": True}),
    )  # fmt: skip


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=2000, widget=AREA)


class AppointmentForm(forms.Form):
    """When, and where, an appointment is now."""

    begins_at = forms.DateTimeField(
        label=gettext_lazy("Begins"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    place = forms.CharField(label=gettext_lazy("Place"), max_length=300, required=False)


class LookAfterForm(forms.Form):
    """Who looks after a workflow, until when, and what it should reach."""

    owner = forms.CharField(label=gettext_lazy("Looked after by"), max_length=200)
    review_on = forms.DateField(
        label=gettext_lazy("To be looked at again on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    metric = forms.ChoiceField(label=gettext_lazy("Measured by"), choices=Workflow.Metric.choices)
    target = forms.IntegerField(label=gettext_lazy("Goal in percent"), min_value=1, max_value=100)

    def __init__(self, *args: Any, viewer: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.viewer = viewer

    def clean_owner(self) -> Any:
        said = self.cleaned_data["owner"]
        person = named(self.viewer, said) or (by_email(said) if "@" in said else None)
        if person is None:
            raise forms.ValidationError(_("Nobody, or more than one, is called %(name)s.") % {"name": said})
        return person


class SystemForm(forms.ModelForm):  # type: ignore[type-arg]
    """How a system is reached. Its password is never shown again."""

    field_order = ("key", "kind", "address", "user", "password", "base", "groups", "is_active")

    password = forms.CharField(
        label=gettext_lazy("Password or token"), required=False, max_length=4000, strip=False,
        help_text=gettext_lazy("Kept encrypted, for this address and user only. Empty: the one that is kept stays."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    class Meta:
        model = System
        fields = ("key", "kind", "address", "user", "base", "groups", "is_active")


class VersionForm(forms.Form):
    """Which workflow is started."""

    version = forms.TypedChoiceField(label=gettext_lazy("Workflow"), coerce=int)

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["version"].choices = choices  # type: ignore[attr-defined]


class StandInForm(forms.Form):
    """Which team of the house stands in for each word of a template."""

    def __init__(
        self, *args: Any, words: Iterable[str], teams: Iterable[Team], fitting: Mapping[str, Team | None], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.known = {team.pk: team for team in teams}
        self.words = list(words)
        choices = [("", "—"), *((team.pk, team.name) for team in self.known.values())]
        for number, word in enumerate(self.words):
            fits = fitting.get(word)
            self.fields[f"word_{number}"] = forms.TypedChoiceField(
                label=word.partition(":")[2].replace("_", " ").capitalize(), choices=choices, coerce=int,
                initial=fits.pk if fits is not None else None,
            )  # fmt: skip

    def teams(self) -> dict[str, Team]:
        return {word: self.known[self.cleaned_data[f"word_{number}"]] for number, word in enumerate(self.words)}


class DataForm(forms.Form):
    """Fields of the data of a run, typed as the workflow declares them. `data()` is what the engine takes."""

    def __init__(
        self, *args: Any, data_fields: Iterable[Datum], known: Mapping[str, Any] | None = None, viewer: Any, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.viewer = viewer
        self.declared = list(data_fields)
        for datum in self.declared:
            field = _field(datum)
            field.initial = (known or {}).get(datum.key)
            self.fields[PREFIX + datum.key] = field

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for datum in self.declared:
            name = PREFIX + datum.key
            value = cleaned.get(name)
            if datum.type == "person" and value:
                person = named(self.viewer, value) or (by_email(value) if "@" in value else None)
                if person is None:
                    self.add_error(name, _("Nobody, or more than one, is called %(name)s.") % {"name": value})
                else:
                    cleaned[name] = address_of(person)
            elif datum.type == "team" and value and team_of(value) is None:
                self.add_error(name, _("There is no team “%(name)s”.") % {"name": value})
        return cleaned

    def data_said(self) -> dict[str, Any]:
        """As JSON: numbers as they were typed, days and moments in ISO 8601. What was left empty is left out."""
        said: dict[str, Any] = {}
        for datum in self.declared:
            value = self.cleaned_data.get(PREFIX + datum.key)
            if value in (None, ""):
                continue
            if datum.type == "list":
                value = [line.strip() for line in value.splitlines() if line.strip()]
            elif datum.type == "yes_no":
                value = value == "yes"
            elif datum.type == "number":
                value = int(value) if value == value.to_integral_value() else str(value)
            elif datum.type in {"date", "moment"}:
                value = value.isoformat()
            said[datum.key] = value
        return said


class AnswerForm(DataForm):
    """How a task ended: one of its answers, the fields it asks for, and a remark."""

    def __init__(self, *args: Any, outcomes: Iterable[str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.outcomes = list(outcomes)
        self.fields["remark"] = forms.CharField(
            label=_("Remark"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
        )


def _field(datum: Datum) -> forms.Field:
    more: dict[str, Any] = {"label": datum.label or datum.key, "required": datum.required}
    match datum.type:
        case "number":
            return forms.DecimalField(max_digits=20, **more)
        case "yes_no":
            return forms.ChoiceField(choices=[("", "—"), ("yes", _("Yes")), ("no", _("No"))], **more)
        case "date":
            return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **more)
        case "moment":
            return forms.DateTimeField(widget=forms.DateTimeInput(attrs={"type": "datetime-local"}), **more)
        case "choice":
            choices = [("", "—"), *((choice.key, choice.label or choice.key) for choice in datum.choices)]
            return forms.ChoiceField(choices=choices, **more)
        case "person":
            return forms.CharField(max_length=200, help_text=_("A name or a mail address"), **more)
        case "list":
            return forms.CharField(max_length=20_000, widget=AREA, help_text=_("One entry per line"), **more)
    return forms.CharField(max_length=5_000, **more)
