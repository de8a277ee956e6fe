from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.core.actions import Refused
from firstline.core.calendars.models import Calendar
from firstline.core.conditions import ConditionError, Context, from_json, to_text
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Priority, Status, StatusType

from .actions.agreement import Promised, condition_from
from .engine import durations
from .models import LONGEST, Agreement, Measure


class DurationField(forms.CharField):
    """A length of working time as people type it: 30 min, 4 h, 1 h 30 min. Empty: nothing is promised."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=40, **kwargs)

    def clean(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if not text:
            return None
        found = durations.minutes(text)
        if found is None:
            raise ValidationError(_("Write it like 30 min, 4 h or 1 h 30 min, or leave it empty."))
        if not 1 <= found <= LONGEST:
            raise ValidationError(_("Promise at least one minute, and at most ten years."))
        return found


class StatusesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Statuses of every kind of ticket, told apart by it."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.get_kind_display()}: {_(obj.name)}"


class AgreementForm(forms.ModelForm):  # type: ignore[type-arg]
    """An agreement, with its condition in the words of the search box and its promises as a table."""

    condition = forms.CharField(
        label=gettext_lazy("For which tickets"), required=False, max_length=2000,
        help_text=gettext_lazy(
            "As in the search box: team:network priority:critical,high affected:>100. Empty: for every ticket."
        ),
    )  # fmt: skip
    warn_at = forms.CharField(
        label=gettext_lazy("Warn at (%)"), required=False, max_length=40,
        help_text=gettext_lazy("Shares of the time that are used up, such as 50, 75."),
    )  # fmt: skip

    class Meta:
        model = Agreement
        fields = (
            "name", "audience", "position", "calendar", "pauses", "runs_on", "satisfaction", "reopened", "is_active",
        )  # fmt: skip
        help_texts = {  # noqa: RUF012 -- as Django asks for it
            "position": gettext_lazy("The first agreement that fits counts, from the lowest number on."),
            "calendar": gettext_lazy("Empty: round the clock."),
            "runs_on": gettext_lazy("Statuses of waiting in which the clock does not stop."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept: Agreement = self.instance
        self.initial["condition"] = condition_as_text(kept)
        self.initial["warn_at"] = ", ".join(map(str, kept.warn_at))
        self.fields["calendar"] = forms.ModelChoiceField(
            Calendar.objects.filter(is_active=True), label=_("Calendar"), required=False,
            empty_label=_("Round the clock"),
        )  # fmt: skip
        self.fields["runs_on"] = StatusesField(
            Status.objects.filter(type=StatusType.WAITING, is_active=True), label=_("But runs on in"), required=False,
            widget=forms.CheckboxSelectMultiple, help_text=self.Meta.help_texts["runs_on"],
        )  # fmt: skip
        targets = {(each.measure, each.priority): each for each in kept.targets.all()} if kept.pk else {}
        for priority in Priority:
            for measure in Measure:
                target = targets.get((measure.value, priority.value))
                self.fields[cell(measure, priority)] = DurationField(
                    label=f"{measure.label}: {priority.label}",
                    initial=durations.shown(target.minutes) if target else "",
                )
            of_priority = [each for (_measure, level), each in targets.items() if level == priority.value]
            self.fields[f"always_{priority.value}"] = forms.BooleanField(
                label=_("Round the clock: %(priority)s") % {"priority": priority.label}, required=False,
                initial=any(each.is_round_the_clock for each in of_priority),
            )  # fmt: skip
        self.order_fields([
            "name", "audience", "position", "condition", "calendar", "pauses", "runs_on", "warn_at", "satisfaction",
            "reopened", "is_active",
        ])  # fmt: skip

    def plain_fields(self) -> list[Any]:
        """All but the table."""
        return [self[name] for name in self.fields if "__" not in name and not name.startswith("always_")]

    def table(self) -> list[dict[str, Any]]:
        """The promises as rows of the page: one per measure, a cell per priority."""
        return [
            {"measure": measure, "cells": [self[cell(measure, priority)] for priority in Priority]}
            for measure in Measure
        ]

    def always(self) -> list[Any]:
        return [self[f"always_{priority.value}"] for priority in Priority]

    def clean_condition(self) -> dict[str, Any]:
        try:
            return condition_from(self.cleaned_data["condition"])
        except Refused as refusal:
            raise ValidationError(str(refusal)) from None

    def clean_warn_at(self) -> list[int]:
        parts = [part.strip(" %") for part in self.cleaned_data["warn_at"].replace(";", ",").split(",")]
        try:
            return [int(part) for part in parts if part]
        except ValueError:
            raise ValidationError(_("Write whole numbers, such as 50, 75.")) from None

    def agreement(self) -> Agreement:
        """The agreement as it was entered."""
        self.instance.condition = self.cleaned_data["condition"]
        self.instance.warn_at = self.cleaned_data["warn_at"]
        kept: Agreement = self.instance
        return kept

    def promised(self) -> list[Promised]:
        return [
            Promised(measure.value, priority.value, minutes, self.cleaned_data[f"always_{priority.value}"])
            for priority in Priority
            for measure in Measure
            if (minutes := self.cleaned_data[cell(measure, priority)]) is not None
        ]


def cell(measure: Measure, priority: Priority) -> str:
    """The name of a field of the table."""
    return f"{measure.value}__{priority.value}"


def condition_as_text(agreement: Agreement) -> str:
    if not agreement.condition:
        return ""
    try:
        return to_text(from_json(agreement.condition), catalogue, Context(trusted=True))
    except ConditionError:
        return ""
