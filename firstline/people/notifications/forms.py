"""What is filled in about notices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.people.accounts.queries import named

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


class TargetForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    address = forms.CharField(
        label=gettext_lazy("Address"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("As Apprise writes it: slack://…, workflows://… (Teams), tgram://…. Kept encrypted."),
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)


class NewTargetForm(TargetForm):
    person = forms.CharField(
        label=gettext_lazy("For the person"), required=False, help_text=gettext_lazy("A name or a mail address")
    )
    team = forms.ChoiceField(label=gettext_lazy("… or for the team"), required=False)
    viewer: Any = None

    def __init__(self, *args: Any, teams: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team: Any = self.fields["team"]
        team.choices = [("", "—"), *((str(each.pk), each.name) for each in teams)]

    def clean_person(self) -> Any:
        text = self.cleaned_data["person"].strip()
        person = named(self.viewer, text) if text else None
        if text and person is None:
            raise forms.ValidationError(_("Nobody, or more than one, is called %(name)s.") % {"name": text})
        return person


class WordingForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("Text of the mail"), required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
