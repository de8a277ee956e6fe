"""A page of settings, made from their declarations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .declaring import Preference, Wrong, all_preferences
from .reading import is_set, read


class SectionForm(forms.Form):
    """All settings of one section. Names of fields are the keys."""

    def __init__(self, section: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.preferences = all_preferences(section)
        for preference in self.preferences:
            self.fields[preference.key] = _field(preference)

    def changes(self) -> dict[str, Any]:
        """What to set: an empty secret keeps the one that is there."""
        return {
            preference.key: self.cleaned_data[preference.key]
            for preference in self.preferences
            if not (preference.secret and self.cleaned_data[preference.key] == "")
        }


def _field(preference: Preference[Any]) -> forms.Field:
    common: dict[str, Any] = {
        "label": preference.label,
        "help_text": preference.help,
        "required": preference.required and not preference.secret,
        "initial": None if preference.secret else read(preference),
    }
    if preference.secret:
        hint = _("Set. Leave empty to keep it.") if is_set(preference) else ""
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "placeholder": hint})
        return forms.CharField(widget=widget, validators=[_check(preference)], **common)
    if preference.choices:
        return forms.ChoiceField(choices=preference.choices, **common)
    if preference.type is bool:
        return forms.BooleanField(**{**common, "required": False})
    if preference.type is int:
        return forms.IntegerField(
            min_value=preference.lowest, max_value=preference.highest, validators=[_check(preference)],
            **{**common, "required": True},
        )  # fmt: skip
    widget_class = forms.Textarea if preference.long else forms.TextInput
    return forms.CharField(widget=widget_class(), validators=[_check(preference)], **common)


def _check(preference: Preference[Any]) -> Any:
    def check(value: Any) -> None:
        try:
            preference.clean(value)
        except Wrong as error:
            raise ValidationError(str(error)) from None

    return check
