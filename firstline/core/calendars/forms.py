from __future__ import annotations

import re
from typing import Any
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from .engine.hours import WEEKDAYS, CalendarWrong, spans, time_of_day
from .engine.public import countries
from .models import Calendar

WEEKDAY_NAMES = {
    "mon": gettext_lazy("Monday"), "tue": gettext_lazy("Tuesday"), "wed": gettext_lazy("Wednesday"),
    "thu": gettext_lazy("Thursday"), "fri": gettext_lazy("Friday"), "sat": gettext_lazy("Saturday"),
    "sun": gettext_lazy("Sunday"),
}  # fmt: skip
_BETWEEN = re.compile(r"\s*(?:-|–|—|\bto\b|\bbis\b)\s*")


class HoursField(forms.CharField):
    """The hours of a day as people write them: 09:00–12:30, 13:30–18:00. Empty: closed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=400, **kwargs)
        self.widget.attrs |= {"placeholder": str(gettext_lazy("closed")), "autocomplete": "off"}

    def to_python(self, value: Any) -> list[list[str]]:  # type: ignore[override]
        text = str(value or "").strip()
        pairs = [_BETWEEN.split(part.strip()) for part in re.split(r"[,;\n]", text) if part.strip()]
        if any(len(pair) != 2 for pair in pairs):
            raise ValidationError(_("Write hours like 09:00–12:30, 13:30–18:00, or leave the day empty."))
        try:
            return [[time_of_day(start), time_of_day(end)] for start, end in spans(pairs)]
        except CalendarWrong as error:
            raise ValidationError(str(error)) from None

    def validate(self, value: Any) -> None:
        """Checked while it was read."""

    def run_validators(self, value: Any) -> None:
        """A list has no length in characters."""

    def prepare_value(self, value: Any) -> str:
        return value if isinstance(value, str) else hours_in_words(value)


def hours_in_words(hours: Any) -> str:
    """[["09:00", "17:00"]] as it is typed."""
    return ", ".join(f"{start}–{end}" for start, end in hours or ())


class CalendarForm(forms.ModelForm):  # type: ignore[type-arg]
    """A calendar with a line for each day of the week."""

    class Meta:
        model = Calendar
        fields = ("name", "zone", "country", "region", "feed_url", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"] = forms.ChoiceField(label=_("Time zone"), choices=_zones())
        self.fields["country"] = forms.ChoiceField(
            label=_("Public holidays of"), choices=_countries(), required=False,
            help_text=_("They are kept up to date for the coming years."),
        )  # fmt: skip
        self.fields["region"].help_text = _(
            "The code of a part of the country, such as BY for Bavaria or CA for California."
        )
        self.fields["feed_url"].help_text = _("Whole days in it are closed. It is read once a day.")
        for day in WEEKDAYS:
            self.fields[day] = HoursField(label=WEEKDAY_NAMES[day], initial=self.instance.week.get(day, []))
        self.fields[WEEKDAYS[0]].help_text = _(
            "As many spans as you like: 09:00–12:30, 13:30–18:00. A night shift ends the next day: 22:00–06:00."
        )
        self.order_fields(["name", "zone", *WEEKDAYS, "country", "region", "feed_url", "is_active"])

    def calendar(self) -> Calendar:
        """The calendar as it was entered."""
        self.instance.week = {day: self.cleaned_data[day] for day in WEEKDAYS if self.cleaned_data.get(day)}
        kept: Calendar = self.instance
        return kept


class DayForm(forms.Form):
    """A day that differs."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=160, required=False)
    hours = HoursField(label=gettext_lazy("Hours on that day"), help_text=gettext_lazy("Empty: closed all day."))


def _zones() -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(available_timezones()) if "/" in name or name == "UTC"]


def _countries() -> list[tuple[str, str]]:
    try:
        names = Locale.parse((get_language() or "en").replace("-", "_")).territories
    except (UnknownLocaleError, ValueError):
        names = Locale("en").territories
    found = sorted(((code, names.get(code, code)) for code in countries()), key=lambda each: each[1])
    return [("", _("None")), *found]
