"""What is filled in about triage."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.core.conditions import ConditionError, Context, from_json, parse, to_json, to_text
from firstline.flow.triage.models import Mode, Rule, TeamRouting
from firstline.flow.triage.queries.choices import STAYS, category_choices, team_choices
from firstline.people.accounts.queries import named
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Impact, Kind, Priority, Risk, Urgency, Value
from firstline.work.tickets.queries import custom_fields

STEPS = [(step, f"{step:+d}" if step else "0") for step in range(3, -4, -1)]


class RuleForm(forms.Form):
    """A rule: when, then."""

    viewer: Any = None

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    condition = forms.CharField(
        label=gettext_lazy("When"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "As in the search box: words, and fields such as subject:vpn, source:mail, department:Sales, vip:yes, "
            'affected:>10, category:none. “or”, brackets and a minus for “not”: "server down" or (vpn -source:portal).'
        ),
    )
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False, choices=[STAYS, *Kind.choices])
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    impact = forms.ChoiceField(label=gettext_lazy("Impact"), required=False, choices=[STAYS, *Impact.choices])
    urgency = forms.ChoiceField(label=gettext_lazy("Urgency"), required=False, choices=[STAYS, *Urgency.choices])
    risk = forms.ChoiceField(
        label=gettext_lazy("Risk"), required=False, choices=[STAYS, *(one for one in Risk.choices if one[0])]
    )
    tags = forms.CharField(label=gettext_lazy("Tags"), required=False, help_text=gettext_lazy("Separated by commas"))
    replaces = forms.BooleanField(
        label=gettext_lazy("Also replace what is there already"),
        required=False,
        help_text=gettext_lazy("Otherwise it fills only what nobody, and no rule before it, has said."),
    )
    stops = forms.BooleanField(label=gettext_lazy("Do not ask the rules after it"), required=False)
    owner = forms.CharField(
        label=gettext_lazy("Looked after by"), required=False, help_text=gettext_lazy("A name or a mail address")
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    def __init__(self, posted: Any, *, rule: Rule, viewer: Any) -> None:
        self.rule, self.viewer = rule, viewer
        super().__init__(posted, initial=_initial(rule))
        for field, options in (("category", category_choices()), ("team", team_choices())):
            self.fields[field].choices = [STAYS, *options]  # type: ignore[attr-defined]
        for one in custom_fields():
            self.fields[f"custom_{one.key}"] = forms.CharField(label=one.label, required=False)
            self.initial[f"custom_{one.key}"] = rule.sets.get("custom", {}).get(one.key, "")
        self.order_fields([name for name in self.fields if name not in LAST] + list(LAST))

    def clean_condition(self) -> dict[str, Any]:
        try:
            return to_json(parse(self.cleaned_data["condition"], catalogue, Context(trusted=True)))
        except ConditionError as error:
            raise forms.ValidationError(str(error)) from None

    def clean_owner(self) -> Any:
        text = self.cleaned_data["owner"].strip()
        if not text:
            return None
        person = named(self.viewer, text)
        if person is None:
            raise forms.ValidationError(_("Nobody, or more than one, is called %(name)s.") % {"name": text})
        return person

    def filled(self) -> Rule:
        """The rule as it was filled in, not saved."""
        said, rule = self.cleaned_data, self.rule
        sets: dict[str, Any] = {
            name: int(said[name]) for name in ("category", "team", "impact", "urgency") if said[name]
        }
        sets |= {name: said[name] for name in ("kind", "risk") if said[name]}
        sets["tags"] = [tag.strip() for tag in said["tags"].split(",") if tag.strip()]
        sets["custom"] = {
            name.removeprefix("custom_"): value for name, value in said.items() if name.startswith("custom_") and value
        }
        rule.name, rule.condition, rule.sets = said["name"], said["condition"], {k: v for k, v in sets.items() if v}
        rule.replaces, rule.stops, rule.owner = said["replaces"], said["stops"], said["owner"]
        rule.is_active = said["is_active"]
        return rule


LAST = ("tags", "replaces", "stops", "owner", "is_active")


def _initial(rule: Rule) -> dict[str, Any]:
    sets = rule.sets
    try:
        text = to_text(from_json(rule.condition), catalogue, Context(trusted=True)) if rule.condition else ""
    except ConditionError:
        text = ""
    return {
        "name": rule.name, "condition": text, "replaces": rule.replaces, "stops": rule.stops,
        "is_active": rule.is_active, "owner": f"#{rule.owner_id}" if rule.owner_id else "",
        "tags": ", ".join(sets.get("tags", [])),
        **{name: sets.get(name, "") for name in ("category", "team", "impact", "urgency", "kind", "risk")},
    }  # fmt: skip


class ScaleForm(forms.Form):
    """How priorities are weighed: the cells, the steps, the words."""

    vip = forms.TypedChoiceField(label=gettext_lazy("An important requester or customer"), choices=STEPS, coerce=int)
    repeat = forms.TypedChoiceField(label=gettext_lazy("The same trouble again"), choices=STEPS, coerce=int)
    repeat_times = forms.IntegerField(
        label=gettext_lazy("Again means: so many earlier tickets of the same requester and category"),
        min_value=0,
        max_value=20,
    )
    repeat_days = forms.IntegerField(label=gettext_lazy("… in so many days"), min_value=1, max_value=3650)
    ceiling = forms.TypedChoiceField(
        label=gettext_lazy("Steps alone never lift it above"), choices=Priority.choices, coerce=int
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for impact in Impact:
            for urgency in Urgency:
                self.fields[f"cell_{impact}{urgency}"] = forms.TypedChoiceField(
                    label=f"{impact.label} / {urgency.label}", choices=Priority.choices, coerce=int
                )
        for risk in Risk:
            if risk.value:
                self.fields[f"risk_{risk.value}"] = forms.TypedChoiceField(label=risk.label, choices=STEPS, coerce=int)
        for value in Value:
            self.fields[f"value_{value.value}"] = forms.TypedChoiceField(label=value.label, choices=STEPS, coerce=int)
        for priority in Priority:
            self.fields[f"words_{priority.value}"] = forms.CharField(
                label=f"P{priority.value} · {priority.label}", required=False, max_length=400,
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip


class RoutingForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = TeamRouting
        fields = ("mode", "capacity", "by_skill")
        widgets = {"mode": forms.RadioSelect(choices=Mode.choices)}  # noqa: RUF012 -- Django reads it so
