"""What is filled in about workflows: documents, answers, and fields as a workflow declares them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.people.accounts.queries import by_email, named
from firstline.people.teams.models import Team

from .engine import planned
from .engine.definition import Datum
from .engine.sheets import Row, as_form
from .models import System, Workflow
from .queries.items import services, understood, units
from .rules import address_of, team_of

_MOMENT = gettext_lazy("This is no moment. Write it as 2027-01-31 22:00.")
_DAY = gettext_lazy("This is no day. Write it as 2027-01-31.")
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
        self.known = dict(known or {})
        for datum in self.declared:
            field = _field(datum)
            field.initial = _initial(datum, self.known.get(datum.key))
            self.fields[PREFIX + datum.key] = field
            if datum.type == "items":
                self._offer(datum)

    def _offer(self, datum: Datum) -> None:
        """Services and units to choose from; the lines above are for everything else."""
        rest = [str(each) for each in self.known.get(datum.key) or ()]
        for part, label, choices in (("services", _("Services"), services()), ("units", _("Units"), units())):
            if not choices:
                continue
            chosen = {reference for reference, _name in choices} & set(rest)
            rest = [each for each in rest if each not in chosen]
            self.fields[f"{PREFIX}{datum.key}__{part}"] = forms.MultipleChoiceField(
                label=f"{datum.label or datum.key}: {label}", choices=choices, required=False, initial=sorted(chosen),
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip
        self.fields[PREFIX + datum.key].initial = "\n".join(rest)

    def _items(self, datum: Datum) -> list[str]:
        written = str(self.cleaned_data.get(PREFIX + datum.key) or "").splitlines()
        chosen = [
            each for part in ("services", "units")
            for each in self.cleaned_data.get(f"{PREFIX}{datum.key}__{part}") or ()
        ]  # fmt: skip
        return list(dict.fromkeys([*chosen, *understood(written)]))

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
            elif datum.type == "plan" and value:
                _steps, wrong = planned.understood(value.splitlines())
                for each in wrong[:5]:
                    self.add_error(name, each.said(_))
            elif datum.type == "items" and datum.required and name not in self.errors and not self._items(datum):
                self.add_error(name, _("Name at least one."))
            self._comes_after(datum, cleaned)
        return cleaned

    def _comes_after(self, datum: Datum, cleaned: dict[str, Any]) -> None:
        before = cleaned.get(f"{PREFIX}{datum.after}") if datum.after else None
        value = cleaned.get(PREFIX + datum.key)
        if before and value and value <= before:
            labels = {each.key: each.label or each.key for each in self.declared}
            self.add_error(
                PREFIX + datum.key,
                _("It has to come after “%(field)s”.") % {"field": labels.get(datum.after or "", "")},
            )

    def data_said(self) -> dict[str, Any]:
        """As JSON: numbers as they were typed, days and moments in ISO 8601. What was left empty is left out."""
        said: dict[str, Any] = {}
        for datum in self.declared:
            value = self.cleaned_data.get(PREFIX + datum.key)
            if datum.type == "items":
                value = self._items(datum)
                if value or self.known.get(datum.key):  # what was named before can be taken away
                    said[datum.key] = value
                continue
            if value in (None, ""):
                continue
            if datum.type == "list":
                value = [line.strip() for line in value.splitlines() if line.strip()]
            elif datum.type == "plan":
                value = [str(step) for step in planned.understood(value.splitlines())[0]]
            elif datum.type == "yes_no":
                value = value == "yes"
            elif datum.type == "number":
                value = int(value) if value == value.to_integral_value() else str(value)
            elif datum.type in {"date", "moment"}:
                value = value.isoformat()
            said[datum.key] = value
        return said


class SheetForm(forms.Form):
    """A filled-in table: a file, or its text."""

    file = forms.FileField(
        label=gettext_lazy("The table that was filled in"), required=False,
        help_text=gettext_lazy("CSV in UTF-8, as the template is."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("Or its text"), required=False, strip=False, max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "data-code": True}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = cleaned.get("file")
        if chosen is not None and chosen.size > 1_000_000:
            self.add_error("file", _("This file is too large: a table of a hundred rows is far below one megabyte."))
        elif chosen is None and not str(cleaned.get("text") or "").strip():
            self.add_error("file", _("Choose the file, or put its text into the box."))
        return cleaned

    def typed(self) -> str:
        return str(self.cleaned_data["text"])


class AnswerForm(DataForm):
    """How a task ended: one of its answers, the fields it asks for, and a remark."""

    def __init__(self, *args: Any, outcomes: Iterable[str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.outcomes = list(outcomes)
        self.fields["remark"] = forms.CharField(
            label=_("Remark"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
        )


def _initial(datum: Datum, known: Any) -> Any:
    """What is known already, as the box of the form shows it."""
    if isinstance(known, list):
        return "\n".join(map(str, known))
    if datum.type == "moment" and isinstance(known, str):
        return _FIELDS_OF_TIME.to_python(known)
    if datum.type == "yes_no" and isinstance(known, bool):
        return "yes" if known else "no"
    return known


class _Moments(forms.DateTimeField):
    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except forms.ValidationError:
            return None


_FIELDS_OF_TIME = _Moments()


def _field(datum: Datum) -> forms.Field:
    more: dict[str, Any] = {"label": datum.label or datum.key, "required": datum.required, "help_text": datum.help}
    match datum.type:
        case "number":
            return forms.DecimalField(max_digits=20, **more)
        case "yes_no":
            return forms.ChoiceField(choices=[("", "—"), ("yes", _("Yes")), ("no", _("No"))], **more)
        case "date":
            days = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            return forms.DateField(widget=days, error_messages={"invalid": _DAY}, **more)
        case "moment":
            widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
            return forms.DateTimeField(widget=widget, error_messages={"invalid": _MOMENT}, **more)
        case "choice":
            choices = [("", "—"), *((choice.key, choice.label or choice.key) for choice in datum.choices)]
            return forms.ChoiceField(choices=choices, **more)
        case "person":
            more["help_text"] = more["help_text"] or _("A name or a mail address")
            return forms.CharField(max_length=200, **more)
        case "list" | "items" | "plan":
            more["help_text"] = more["help_text"] or _("One entry per line")
            # What may be chosen below counts, too: `clean` asks for one of both.
            more["required"] = datum.required and datum.type != "items"
            return forms.CharField(max_length=20_000, widget=AREA, **more)
    if datum.lines > 1:
        more["widget"] = forms.Textarea(attrs={"rows": datum.lines})
    return forms.CharField(max_length=5_000, **more)


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row of a table with what is wrong with it, in sentences; `data` is what a run takes."""

    row: Row
    name: str
    wrong: list[str] = field(default_factory=list)
    data: Mapping[str, Any] = field(default_factory=dict)


def checked(rows: Sequence[Row], fields: Sequence[Datum], subject: str, *, viewer: Any) -> list[CheckedRow]:
    """Each row as if it had been typed into the form: the same questions, the same answers to mistakes."""
    found = []
    for row in rows:
        sent = {PREFIX + datum.key: as_form(datum, row.said.get(datum.key, "")) for datum in fields}
        form = DataForm(sent, data_fields=fields, viewer=viewer)
        name = row.said.get(subject, "") or next((cell for cell in row.cells if cell), "")
        if form.is_valid():
            found.append(CheckedRow(row, name, data=form.data_said()))
        else:
            found.append(CheckedRow(row, name, wrong=_sentences(form)))
    return found


def _sentences(form: DataForm) -> list[str]:
    return [f"{form.fields[name].label}: {line}" if name in form.fields else str(line)
            for name, lines in form.errors.items() for line in lines]  # fmt: skip
