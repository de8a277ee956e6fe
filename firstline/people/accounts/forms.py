"""What people fill in about themselves and others."""

from __future__ import annotations

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from firstline.people.accounts.models import Person


def languages() -> list[tuple[str, Any]]:
    return [("", _("As the organisation")), *settings.LANGUAGES]


def time_zones() -> list[tuple[str, Any]]:
    return [("", _("As the organisation")), *((name, name.replace("_", " ")) for name in sorted(available_timezones()))]


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """Oneself."""

    language = forms.ChoiceField(label=_("Language"), choices=languages, required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones, required=False)

    class Meta:
        model = Person
        fields = ("name", "phone", "language", "time_zone", "theme", "shortcuts")
        labels: ClassVar[dict[str, Any]] = {
            "name": _("Name"),
            "phone": _("Phone"),
            "theme": _("Theme"),
            "shortcuts": _("Keyboard shortcuts"),
        }
