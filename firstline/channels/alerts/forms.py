from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.channels.alerts.engine.generic import GUESSES
from firstline.channels.alerts.engine.report import RANK
from firstline.channels.alerts.models import AlertSource
from firstline.work.tickets.models import Impact, Urgency

NAMES = {
    "critical": gettext_lazy("Critical"), "high": gettext_lazy("High, error"), "medium": gettext_lazy("Warning"),
    "low": gettext_lazy("Low"), "info": gettext_lazy("Information"),
}  # fmt: skip
LEVELS = [
    (f"{impact.value}{urgency.value}", f"{impact.label} · {urgency.label}") for impact in Impact for urgency in Urgency
]


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A monitoring system. The secret that is kept is never shown."""

    secret = forms.CharField(
        label=gettext_lazy("Secret that messages are signed with"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "Where the sender can sign (Sentry, Grafana). Kept encrypted; empty: the one that is kept stays."
        ),
    )
    mapping_text = forms.CharField(
        label=gettext_lazy("Where the fields are"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "For other JSON, one a line: title = incident.name. Fields: title, key, state, severity, text, url."
        ),
    )

    class Meta:
        model = AlertSource
        fields = ("name", "kind", "team", "category", "when_over", "calm_minutes", "rejoin_hours", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for severity in RANK:
            level = self.instance.severities.get(severity, [2, 2])
            self.fields[f"level_{severity}"] = forms.ChoiceField(
                label=NAMES[severity], choices=LEVELS, initial=f"{level[0]}{level[1]}"
            )
        self.initial["mapping_text"] = "\n".join(f"{name} = {path}" for name, path in self.instance.mapping.items())

    def clean_mapping_text(self) -> dict[str, str]:
        mapping = {}
        for line in self.cleaned_data["mapping_text"].splitlines():
            name, equals, path = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not equals or name not in GUESSES or not path:
                raise forms.ValidationError(
                    _("“%(line)s” is not understood. Write it like title = incident.name.") % {"line": line[:80]}
                )
            mapping[name] = path[:200]
        return mapping

    def filled(self) -> AlertSource:
        said = self.cleaned_data
        self.instance.mapping = said["mapping_text"]
        self.instance.severities = {
            severity: [int(said[f"level_{severity}"][0]), int(said[f"level_{severity}"][1])] for severity in RANK
        }
        return self.instance  # type: ignore[no-any-return]
