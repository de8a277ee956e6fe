from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.core.preferences import house
from firstline.people.access.models import Role
from firstline.people.accounts.models import Person

from .models import Improvement, Question, Survey, Wording

DESK = [Role.AGENT, Role.LEAD, Role.ADMIN]
RATINGS = [(str(number), str(number)) for number in range(1, 6)]
YES_NO = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]


class AnswerForm(forms.Form):
    """What one person is asked, made of what is asked of them."""

    def __init__(
        self,
        *args: Any,
        questions: Iterable[Question],
        confirms: bool = False,
        rates: bool = False,
        has_remark: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        if confirms:
            self.fields["solved"] = forms.ChoiceField(
                label=_("Is it solved?"),
                choices=[("yes", _("Yes, it is solved")), ("no", _("No, not yet"))],
                widget=forms.RadioSelect,
            )
        if rates:
            self.fields["satisfied"] = forms.ChoiceField(
                label=_("How was it?"),
                choices=[("yes", _("I am satisfied")), ("no", _("I am not satisfied"))],
                widget=forms.RadioSelect,
                required=False,
            )
        for question in self.questions:
            self.fields[f"question_{question.pk}"] = _field(question)
        if has_remark:
            self.fields["remark"] = forms.CharField(
                label=_("Anything to add?"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
            )

    def answers(self) -> dict[str, Any]:
        """What was said, by question."""
        return {str(question.pk): self.cleaned_data.get(f"question_{question.pk}") for question in self.questions}

    def said(self, name: str) -> bool | None:
        """Yes, no, or nothing."""
        return {"yes": True, "no": False}.get(self.cleaned_data.get(name) or "")


def _field(question: Question) -> forms.Field:
    label, required = question.words, question.is_required
    match question.type:
        case Question.Type.TEXT:
            return forms.CharField(
                label=label, required=required, max_length=10_000, widget=forms.Textarea(attrs={"rows": 2})
            )
        case Question.Type.RATING:
            return forms.ChoiceField(
                label=label, required=required, choices=RATINGS, widget=forms.RadioSelect(attrs={"class": "scale"}),
                help_text=_("1: not at all. 5: very much."),
            )  # fmt: skip
        case Question.Type.YES_NO:
            return forms.ChoiceField(label=label, required=required, choices=YES_NO, widget=forms.RadioSelect)
    options = [(option, _(option)) for option in question.options]
    return forms.ChoiceField(label=label, required=required, choices=options, widget=forms.RadioSelect)


class ImprovementForm(forms.ModelForm):  # type: ignore[type-arg]
    """What gets better. Whoever does it works on the desk."""

    class Meta:
        model = Improvement
        fields = ("title", "text", "owner", "state", "due_on")
        widgets = {"due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}  # noqa: RUF012 -- Django reads it so

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        desk = Person.objects.filter(is_active=True, grants__role__in=DESK).distinct().order_by("name")
        self.fields["owner"].queryset = desk  # type: ignore[attr-defined]


class SurveyForm(forms.ModelForm):  # type: ignore[type-arg]
    """Whom a survey asks, and when."""

    class Meta:
        model = Survey
        fields = (
            "name", "is_active", "condition", "moment", "share", "rest_days", "valid_days", "follows_up", "position",
        )  # fmt: skip
        help_texts = {  # noqa: RUF012 -- Django reads it so
            "condition": gettext_lazy("Like a search: priority:critical category:network/. Empty: all tickets."),
            "rest_days": gettext_lazy("0: every time."),
            "position": gettext_lazy("The first one that fits a ticket asks."),
        }


class PulseForm(forms.ModelForm):  # type: ignore[type-arg]
    """Whom a pulse asks, how often, and who reads what was said."""

    class Meta:
        model = Survey
        fields = ("name", "is_active", "group", "share", "every_months", "valid_days", "owner", "next_round_at")
        widgets = {  # noqa: RUF012 -- Django reads it so
            "next_round_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        desk = Person.objects.filter(is_active=True, grants__role__in=DESK).distinct().order_by("name")
        self.fields["owner"].queryset = desk  # type: ignore[attr-defined]


class QuestionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A question, in the organisation's language and in others."""

    options = forms.CharField(
        label=gettext_lazy("Options"),
        required=False,
        widget=forms.Textarea,
        help_text=gettext_lazy("One a line; only for a question with a list"),
    )

    class Meta:
        model = Question
        fields = ("text", "type", "options", "is_required", "position", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["options"] = "\n".join(self.instance.options)
        if self.instance.pk:
            self.fields["type"].disabled = True
        for code, name in settings.LANGUAGES:
            if code != house.LANGUAGE.get():
                self.fields[f"text_{code}"] = forms.CharField(
                    label=f"{self.fields['text'].label} ({_(str(name))})", required=False, max_length=200,
                    initial=self.instance.texts.get(code, ""),
                )  # fmt: skip

    def clean_options(self) -> list[str]:
        return [line.strip()[:80] for line in self.cleaned_data["options"].splitlines() if line.strip()][:20]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        self.instance.texts = {
            name.removeprefix("text_"): value for name, value in cleaned.items() if name.startswith("text_") and value
        }
        return cleaned


class WordingForm(forms.ModelForm):  # type: ignore[type-arg]
    """The words of one mail in one language."""

    class Meta:
        model = Wording
        fields = ("subject", "text")
        labels = {"subject": gettext_lazy("Subject"), "text": gettext_lazy("Text")}  # noqa: RUF012 -- Django reads it so
        help_texts = {  # noqa: RUF012 -- Django reads it so
            "text": gettext_lazy(
                "Places to fill in: {{name}}, {{number}}, {{subject}}, {{organisation}}, {{closes}}. The links follow "
                "by themselves."
            )
        }
