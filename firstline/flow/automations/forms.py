"""What is filled in about automations, macros and canned replies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.core.conditions import ConditionError, Context, from_json, parse, to_json, to_text
from firstline.flow.triage.queries.choices import STAYS, category_choices, team_choices
from firstline.people.accounts.models import Person
from firstline.people.accounts.queries import named
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import CustomField, Impact, Priority, Status, StatusType, Urgency
from firstline.work.tickets.queries import custom_fields

from .fields import MOMENTS, SIDES, TIME, UNITS, WHENS
from .models import Automation, CannedReply, Macro, Version
from .queries.deeds import NOBODY, OF_TYPE, places
from .queries.due import CUSTOM

LONG = {"rows": 4}
NAME_OR_ADDRESS = gettext_lazy("A name or a mail address")
WHOM = (
    ("", gettext_lazy("— nobody —")),
    ("owner", gettext_lazy("Its owner; its team while nobody owns it")),
    ("team", gettext_lazy("Its team")),
    ("leads", gettext_lazy("The leads of its team")),
    ("watchers", gettext_lazy("Those who watch it")),
    ("person", gettext_lazy("Somebody by name")),
)
PLAIN = ("category", "impact", "urgency", "priority", "team")


def status_choices() -> list[tuple[str, str]]:
    """Statuses by key: those of different kinds of ticket that share one are one choice."""
    found: dict[str, str] = {}
    for key, name in Status.objects.filter(is_active=True).order_by("position", "id").values_list("key", "name"):
        found.setdefault(key, _(name))
    types = [(f"{OF_TYPE}{each.value}", _("%(type)s (every kind)") % {"type": each.label}) for each in StatusType]
    return [*types[1:], *found.items()]


def moment_choices() -> list[tuple[str, Any]]:
    own = CustomField.objects.filter(type=CustomField.Type.DATE, is_active=True).values_list("key", "label")
    return [*MOMENTS, *((f"{CUSTOM}{key}", label) for key, label in own)]


class DeedsForm(forms.Form):
    """What is done, field by field. What is left empty stays as it is."""

    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    impact = forms.ChoiceField(label=gettext_lazy("Impact"), required=False, choices=[STAYS, *Impact.choices])
    urgency = forms.ChoiceField(label=gettext_lazy("Urgency"), required=False, choices=[STAYS, *Urgency.choices])
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), required=False, choices=[STAYS, *Priority.choices])
    add_tags = forms.CharField(
        label=gettext_lazy("Add tags"), required=False, help_text=gettext_lazy("Separated by commas")
    )
    remove_tags = forms.CharField(
        label=gettext_lazy("Remove tags"), required=False, help_text=gettext_lazy("Separated by commas")
    )
    due_amount = forms.IntegerField(label=gettext_lazy("Due in"), required=False, min_value=1, max_value=10_000)
    due_unit = forms.ChoiceField(label=gettext_lazy("Due in: unit"), required=False, choices=UNITS[:3])
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    owner_name = forms.CharField(
        label=gettext_lazy("Owner"), required=False,
        help_text=gettext_lazy("A name or a mail address; a minus takes it from whoever has it."),
    )  # fmt: skip
    pick = forms.BooleanField(label=gettext_lazy("Let its team choose who gets it"), required=False)
    watch_name = forms.CharField(label=gettext_lazy("Watcher"), required=False, help_text=NAME_OR_ADDRESS)
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    note = forms.CharField(label=gettext_lazy("Internal note"), required=False, widget=forms.Textarea(attrs=LONG))
    reply = forms.CharField(
        label=gettext_lazy("Message to everybody on the ticket"), required=False, widget=forms.Textarea(attrs=LONG)
    )
    answer = forms.ChoiceField(
        label=gettext_lazy("Or send a canned reply"), required=False,
        help_text=gettext_lazy("In the language of the requester."),
    )  # fmt: skip
    notify_whom = forms.ChoiceField(label=gettext_lazy("Tell"), required=False, choices=WHOM)
    notify_name = forms.CharField(label=gettext_lazy("Tell: whom"), required=False, help_text=NAME_OR_ADDRESS)
    notify_text = forms.CharField(label=gettext_lazy("Tell: what"), required=False, max_length=300)
    escalate = forms.CharField(
        label=gettext_lazy("Escalate to the next level, because"), required=False, max_length=300
    )

    def __init__(self, posted: Any, *, deeds: list[dict[str, Any]], viewer: Any, initial: dict[str, Any]) -> None:
        self.viewer = viewer
        self.people: dict[str, int] = {}
        super().__init__(posted, initial={**_initial(deeds), **initial})
        known = {deed["do"]: deed.get("value") for deed in deeds}
        choices: dict[str, list[tuple[Any, Any]]] = {
            "category": category_choices(), "team": team_choices(), "status": status_choices(),
            "answer": list(CannedReply.objects.filter(is_active=True).values_list("pk", "name")),
        }  # fmt: skip
        for name, options in choices.items():
            self.fields[name].choices = [STAYS if name != "answer" else ("", "—"), *options]  # type: ignore[attr-defined]
        for one in custom_fields():
            self.fields[f"custom_{one.key}"] = forms.CharField(label=one.label, required=False)
            self.initial[f"custom_{one.key}"] = (known.get("custom") or {}).get(one.key, "")
        self.fields["reply"].help_text = _("Places to fill in: %(places)s.") % {
            "places": ", ".join(f"{{{name}}}" for name in places())
        }

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("owner_name", "watch_name", "notify_name"):
            text = (said.get(name) or "").strip()
            if not text or (name == "owner_name" and text in {"-", "−"}):
                continue
            person = named(self.viewer, text)
            if person is None:
                self.add_error(name, _("Nobody, or more than one, is called %(name)s.") % {"name": text})
            else:
                self.people[name] = person.pk
        if said.get("notify_whom") and not said.get("notify_text"):
            self.add_error("notify_text", _("Say what they are told."))
        if said.get("notify_whom") == "person" and not said.get("notify_name"):
            self.add_error("notify_name", _("Say who is told."))
        return said

    def deeds(self) -> list[dict[str, Any]]:
        """What was filled in, as it is kept."""
        said = self.cleaned_data
        found: dict[str, Any] = {name: int(said[name]) for name in (*PLAIN, "answer") if said[name]}
        found |= {name: _list(said[name]) for name in ("add_tags", "remove_tags")}
        found |= {name: said[name] for name in ("status", "note", "reply", "escalate")}
        found["custom"] = {
            name.removeprefix("custom_"): value for name, value in said.items() if name.startswith("custom_") and value
        }
        if said["due_amount"]:
            found["due"] = {"amount": said["due_amount"], "unit": said["due_unit"] or "days"}
        if said["pick"]:
            found["pick"] = True
        if said["owner_name"].strip():
            found["owner"] = self.people.get("owner_name", NOBODY)
        if "watch_name" in self.people:
            found["watch"] = self.people["watch_name"]
        if said["notify_whom"]:
            found["notify"] = {"whom": said["notify_whom"], "text": said["notify_text"]}
            if said["notify_whom"] == "person":
                found["notify"]["person"] = self.people["notify_name"]
        return [{"do": what, "value": value} for what, value in found.items() if value not in ("", [], {}, None)]


class AutomationForm(DeedsForm):
    """When, if, do; and whose it is."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    goal = forms.CharField(label=gettext_lazy("What it is for"), max_length=300, required=False)
    whens = forms.MultipleChoiceField(
        label=gettext_lazy("When"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(when.key, when.label) for when in WHENS],
    )  # fmt: skip
    by_time = forms.BooleanField(label=gettext_lazy("When time has passed:"), required=False)
    time_amount = forms.IntegerField(label=gettext_lazy("So long"), required=False, min_value=0, max_value=10_000)
    time_unit = forms.ChoiceField(label=gettext_lazy("Counted in"), required=False, choices=UNITS)
    time_side = forms.ChoiceField(label=gettext_lazy("Before or after"), required=False, choices=SIDES)
    time_of = forms.ChoiceField(label=gettext_lazy("Counted from when"), required=False)
    condition = forms.CharField(
        label=gettext_lazy("If"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "As in the search box: words, and fields such as priority:critical, state:waiting, team:network, vip:yes, "
            "tag:vpn, owner:none. “or”, brackets and a minus for “not”. Empty: always."
        ),
    )  # fmt: skip
    teams = forms.TypedMultipleChoiceField(
        label=gettext_lazy("For tickets of these teams"), required=False, coerce=int,
        widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("None: of all teams."),
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes a person would need for it each time"), min_value=0, max_value=10_000,
        required=False,
    )  # fmt: skip
    keeper = forms.CharField(label=gettext_lazy("Looked after by"), required=False, help_text=NAME_OR_ADDRESS)
    review_on = forms.DateField(
        label=gettext_lazy("To be looked at again on"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Whoever looks after it is reminded."),
    )  # fmt: skip

    def __init__(self, posted: Any, *, automation: Automation, version: Version | None, viewer: Any) -> None:
        self.automation = automation
        time = version.time if version is not None else {}
        initial = {
            "name": automation.name, "goal": automation.goal, "teams": automation.teams,
            "review_on": automation.review_on,
            "whens": version.whens if version is not None else [],
            "by_time": version is not None and TIME in version.whens,
            "time_amount": time.get("amount"), "time_unit": time.get("unit", "days"),
            "time_side": time.get("side", "after"), "time_of": time.get("of"),
            "condition": typed(version.condition) if version is not None else "",
            "minutes": version.minutes if version is not None else 0,
        }  # fmt: skip
        if automation.owner_id:
            initial["keeper"] = _address(automation.owner_id)
        super().__init__(posted, deeds=version.deeds if version is not None else [], viewer=viewer, initial=initial)
        self.fields["teams"].choices = team_choices()  # type: ignore[attr-defined]
        self.fields["time_of"].choices = moment_choices()  # type: ignore[attr-defined]

    def clean_condition(self) -> dict[str, Any]:
        try:
            return to_json(parse(self.cleaned_data["condition"], catalogue, Context(trusted=True)))
        except ConditionError as error:
            raise forms.ValidationError(str(error)) from None

    def clean_keeper(self) -> Any:
        text = self.cleaned_data["keeper"].strip()
        person = named(self.viewer, text) if text else None
        if text and person is None:
            raise forms.ValidationError(_("Nobody, or more than one, is called %(name)s.") % {"name": text})
        return person

    def filled(self) -> tuple[Automation, dict[str, Any]]:
        """The automation as it was filled in, not saved, and what it would do."""
        said, automation = self.cleaned_data, self.automation
        automation.name, automation.goal, automation.teams = said["name"], said["goal"], said["teams"]
        automation.owner, automation.review_on = said["keeper"], said["review_on"]
        document: dict[str, Any] = {
            "whens": [*said["whens"], *([TIME] if said["by_time"] else [])], "condition": said["condition"],
            "deeds": self.deeds(), "minutes": said["minutes"] or 0,
        }  # fmt: skip
        if said["by_time"]:
            document["time"] = {
                "of": said["time_of"], "side": said["time_side"], "amount": said["time_amount"] or 0,
                "unit": said["time_unit"],
            }  # fmt: skip
        return automation, document


class MacroForm(DeedsForm):
    """Several things an agent does with one press."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    purpose = forms.CharField(label=gettext_lazy("What it is for"), max_length=300, required=False)
    teams = forms.TypedMultipleChoiceField(
        label=gettext_lazy("For tickets of these teams"), required=False, coerce=int,
        widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("None: of all teams."),
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes it saves each time"), min_value=0, max_value=10_000, required=False
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    def __init__(self, posted: Any, *, macro: Macro, viewer: Any) -> None:
        self.macro = macro
        initial = {name: getattr(macro, name) for name in ("name", "purpose", "teams", "minutes", "is_active")}
        super().__init__(posted, deeds=macro.deeds, viewer=viewer, initial=initial)
        self.fields["teams"].choices = team_choices()  # type: ignore[attr-defined]

    def filled(self) -> Macro:
        said, macro = self.cleaned_data, self.macro
        macro.name, macro.purpose, macro.teams = said["name"], said["purpose"], said["teams"]
        macro.minutes, macro.is_active, macro.deeds = said["minutes"] or 0, said["is_active"], self.deeds()
        return macro


class CannedForm(forms.Form):
    """A text in every language, with a word on its tone."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    shortcut = forms.SlugField(
        label=gettext_lazy("Short word"), max_length=40, required=False,
        help_text=gettext_lazy("Typed after a slash it is found at once."),
    )  # fmt: skip
    teams = forms.TypedMultipleChoiceField(
        label=gettext_lazy("For tickets of these teams"), required=False, coerce=int,
        widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("None: of all teams."),
    )  # fmt: skip
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    def __init__(self, posted: Any, *, reply: CannedReply) -> None:
        self.reply = reply
        super().__init__(
            posted, initial={name: getattr(reply, name) for name in ("name", "shortcut", "teams", "is_active")}
        )
        self.fields["teams"].choices = team_choices()  # type: ignore[attr-defined]
        for code, language in settings.LANGUAGES:
            known = reply.texts.get(code, {})
            words = {"language": _(str(language))}
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("Text in %(language)s") % words, required=False, max_length=20_000,
                widget=forms.Textarea(attrs={"rows": 4 if known or code == "en" else 2}),
            )  # fmt: skip
            self.fields[f"tone_{code}"] = forms.CharField(
                label=_("How one writes in %(language)s") % words, required=False, max_length=300
            )
            self.initial[f"text_{code}"], self.initial[f"tone_{code}"] = known.get("text", ""), known.get("tone", "")
        self.fields["text_en"].help_text = _("Places to fill in: %(places)s.") % {
            "places": ", ".join(f"{{{name}}}" for name in places())
        }

    def filled(self) -> CannedReply:
        said, reply = self.cleaned_data, self.reply
        reply.name, reply.shortcut = said["name"], said["shortcut"]
        reply.teams, reply.is_active = said["teams"], said["is_active"]
        reply.texts = {
            code: {"text": said[f"text_{code}"], "tone": said[f"tone_{code}"]} for code, _name in settings.LANGUAGES
        }
        return reply


def typed(condition: dict[str, Any]) -> str:
    """A kept condition as one types it."""
    try:
        return to_text(from_json(condition), catalogue, Context(trusted=True)) if condition else ""
    except ConditionError:
        return ""


def _initial(deeds: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for deed in deeds:
        what = deed["do"]
        value: Any = deed.get("value")
        match what:
            case "add_tags" | "remove_tags":
                found[what] = ", ".join(value)
            case "due":
                found |= {"due_amount": value["amount"], "due_unit": value["unit"]}
            case "owner":
                found["owner_name"] = "-" if value == NOBODY else _address(value)
            case "watch":
                found["watch_name"] = _address(value)
            case "notify":
                found |= {"notify_whom": value["whom"], "notify_text": value["text"]}
                found["notify_name"] = _address(value.get("person"))
            case "custom":
                pass
            case _:
                found[what] = value
    return found


def _address(number: Any) -> str:
    person = Person.objects.filter(pk=number).first() if number else None
    return (person.email or person.display_name) if person is not None else ""


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
