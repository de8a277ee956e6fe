"""What is filled in about notices."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from .models import Rhythm


class RhythmForm(forms.Form):
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("In your own time zone. What comes meanwhile waits until then."),
    )
    quiet_weekends = forms.BooleanField(label=gettext_lazy("Quiet on weekends"), required=False)
    urgent_passes = forms.BooleanField(
        label=gettext_lazy("Urgent matters still come at once"), required=False, initial=True
    )
    digest = forms.ChoiceField(label=gettext_lazy("Mails come"), choices=Rhythm.Digest.choices, required=False)
    daily_at = forms.TimeField(
        label=gettext_lazy("The daily mail comes at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
