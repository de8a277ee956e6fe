"""What somebody typed about an offering. Texts by language stand in boxes of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.core.conditions import ConditionError, from_json, parse, to_json, to_text
from firstline.core.fields import Context
from firstline.people.access.rules import hidden_from
from firstline.people.accounts.queries import named
from firstline.people.teams.models import Team
from firstline.work.intake.models import Form

from .fields import people
from .models import Category, Offering
from .queries import category_tree, choices_of

NAMES = dict(settings.LANGUAGES)
TEXTS: tuple[tuple[str, Any, int, Any], ...] = (
    ("names", gettext_lazy("Name"), 200, ""),
    ("summaries", gettext_lazy("In one sentence"), 300, ""),
    ("descriptions", gettext_lazy("Description"), 20_000, gettext_lazy("Markdown.")),
    ("keywords", gettext_lazy("Other words for it"), 500, gettext_lazy("By these it is found, too.")),
    ("advice", gettext_lazy("What helps before asking"), 20_000, gettext_lazy("Markdown. Or add links below.")),
    ("procedures", gettext_lazy("How it is done"), 20_000, gettext_lazy("Markdown, for whoever does it.")),
)
LONG = {"descriptions", "advice", "procedures"}
ADVICE = {"en": "Before you ask", "vi": "Trước khi gửi yêu cầu"}
ICONS = (
    "box",
    "key",
    "laptop",
    "mobile",
    "phone",
    "printer",
    "wifi",
    "cloud",
    "server",
    "globe",
    "lock",
    "shield",
    "mail",
    "person-plus",
    "people",
    "sign-out",
    "wrench",
    "alert",
    "help",
    "book",
    "chat",
    "calendar",
    "plug",
    "star",
)


class OfferingForm(forms.ModelForm):  # type: ignore[type-arg]
    """Everything said of an offering."""

    who = forms.CharField(
        label=gettext_lazy("Who may ask for it"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("A condition over the person: department:finance or role:agent. Empty: everybody."),
    )
    owner_name = forms.CharField(
        label=gettext_lazy("Owner"),
        required=False,
        help_text=gettext_lazy("Who answers for it: a name or a mail address"),
    )
    links = forms.CharField(
        label=gettext_lazy("Linked articles"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One on each line: its title, then its address."),
    )
    needs = forms.CharField(
        label=gettext_lazy("Special requirements"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One on each line: what whoever does it must have or check."),
    )

    depends_on = forms.MultipleChoiceField(
        label=gettext_lazy("Works only with"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Whoever changes one of these touches this one, too."),
    )

    class Meta:
        model = Offering
        fields = (
            "category",
            "icon",
            "position",
            "form",
            "makes",
            "rows",
            "subject",
            "ticket_kind",
            "ticket_category",
            "impact",
            "urgency",
            "team",
            "approval",
            "workflow",
            "agreement",
            "promised_hours",
            "cost",
            "currency",
            "payer",
            "review_on",
            "depends_on",
        )
        widgets = {"review_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}  # noqa: RUF012 -- Django reads it so
        help_texts = {  # noqa: RUF012 -- Django reads it so
            "promised_hours": gettext_lazy("In working hours: a day has eight. 0: at once."),
            "cost": gettext_lazy("0: nothing."),
            "rows": gettext_lazy("The name of the question whose rows become requests of their own."),
            "subject": gettext_lazy("With answers in it: {program}. Empty: the name."),
            "agreement": gettext_lazy("Empty: the one that fits the ticket."),
        }

    def __init__(self, *args: Any, languages: Sequence[str], viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages, self.viewer = list(languages), viewer
        offering = self.instance
        tree = [(each.pk, "\u2007\u2007" * each.depth + each.said()) for each in category_tree()]  # type: ignore[attr-defined]
        self._choose("category", tree, model=Category)
        self._choose("icon", [(name, name) for name in ICONS], empty=False)
        for name in ("ticket_category", "approval", "workflow", "agreement"):
            if options := choices_of(name):
                self._choose(name, options)
        marks = [(1, _("High")), (2, _("Medium")), (3, _("Low"))]
        self._choose("impact", marks)
        self._choose("urgency", marks)
        teams = Team.objects.filter(is_active=True).exclude(pk__in=hidden_from(viewer) - {offering.team_id})
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        self.fields["form"].queryset = Form.objects.filter(is_retired=False)  # type: ignore[attr-defined]
        others = Offering.objects.exclude(pk=offering.pk).exclude(state=Offering.State.RETIRED)
        self.fields["depends_on"].choices = [(each.key, each.name) for each in others]  # type: ignore[attr-defined]
        self.fields["payer"].choices = [("", "—"), *Offering.Payer.choices]  # type: ignore[attr-defined]
        self._texts(offering)
        self.initial = dict(self.initial) | {
            "who": _typed(offering.audience),
            "owner_name": offering.owner.display_name if offering.owner else "",
            "links": "\n".join(f"{each['title']} {each['url']}" for each in offering.articles if each.get("url")),
            "needs": "\n".join(offering.requirements),
        }

    def text_fields(self) -> list[Any]:
        return [self[f"{name}_{code}"] for name, *_rest in TEXTS for code in self.languages]

    def clean_who(self) -> Any:
        typed = self.cleaned_data["who"].strip()
        if not typed:
            return {}
        try:
            return to_json(parse(typed, people, Context(trusted=True)))
        except ConditionError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_owner_name(self) -> Any:
        typed = self.cleaned_data["owner_name"].strip()
        owner = self.instance.owner
        if not typed or (owner and typed == owner.display_name):
            return owner if typed else None
        found = named(self.viewer, typed)
        if found is None:
            raise forms.ValidationError(_("Nobody, or several people, are called so. Write the mail address."))
        return found

    def clean_links(self) -> list[dict[str, str]]:
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["links"].splitlines())):
            title, _space, address = line.rpartition(" ")
            if not address.startswith(("https://", "http://", "/")) or address.startswith("//"):
                raise forms.ValidationError(_("Each line ends with an address: https://… or /…"))
            found.append({"title": title.strip() or address, "url": address})
        return found

    def filled_in(self) -> Offering:
        """The offering as it was typed."""
        said = self.cleaned_data
        offering: Offering = self.instance
        for name, *_rest in TEXTS:
            if name == "advice":
                continue
            before = {code: text for code, text in getattr(offering, name).items() if code not in self.languages}
            typed = {code: said[f"{name}_{code}"].strip() for code in self.languages}
            setattr(offering, name, before | {code: text for code, text in typed.items() if text})
        advice = {code: said[f"advice_{code}"].strip() for code in self.languages}
        own = [{"title": ADVICE, "text": {code: text for code, text in advice.items() if text}}]
        offering.articles = [*said["links"], *(own if any(advice.values()) else [])]
        offering.audience, offering.owner = said["who"], said["owner_name"]
        offering.requirements = [line.strip() for line in said["needs"].splitlines() if line.strip()]
        return offering

    def _texts(self, offering: Offering) -> None:
        several = len(self.languages) > 1
        for name, label, most, hint in TEXTS:
            known = _advice_of(offering) if name == "advice" else getattr(offering, name)
            for code in self.languages:
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=f"{label} ({NAMES.get(code, code)})" if several else label,
                    max_length=most,
                    required=False,
                    help_text=hint,
                    initial=known.get(code, ""),
                    widget=forms.Textarea(attrs={"rows": 4}) if name in LONG else forms.TextInput(),
                )

    def _choose(self, name: str, options: Any, *, model: Any = None, empty: bool = True) -> None:
        field = self.fields[name]
        choices = [*([("", "—")] if empty else []), *options]
        if model is not None:
            field.choices = choices  # type: ignore[attr-defined]
            return
        number = isinstance(field, forms.IntegerField)
        self.fields[name] = forms.TypedChoiceField(
            label=field.label,
            required=field.required,
            help_text=field.help_text,
            choices=choices,
            coerce=int if number else str,
            empty_value=None if number else "",
        )


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]
    """A shelf of the catalog."""

    class Meta:
        model = Category
        fields = ("parent", "icon", "position")

    def __init__(self, *args: Any, languages: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = list(languages)
        names = {}
        for code in self.languages:
            names[f"name_{code}"] = forms.CharField(
                label=_("Name (%(language)s)") % {"language": NAMES.get(code, code)},
                required=code == "en",
                max_length=80,
                initial=self.instance.names.get(code, ""),
            )
        self.fields = {**names, **self.fields}
        tree = [each for each in category_tree() if each.pk != self.instance.pk]
        self.fields["parent"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((each.pk, "\u2007\u2007" * each.depth + each.said()) for each in tree),  # type: ignore[attr-defined]
        ]
        self.fields["icon"] = forms.ChoiceField(label=_("Icon"), choices=[(name, name) for name in ICONS])

    def filled_in(self) -> Category:
        category: Category = self.instance
        typed = {code: self.cleaned_data[f"name_{code}"].strip() for code in self.languages}
        before = {code: text for code, text in category.names.items() if code not in self.languages}
        category.names = before | {code: text for code, text in typed.items() if text}
        return category


def _advice_of(offering: Offering) -> dict[str, str]:
    return next((each["text"] for each in offering.articles if isinstance(each.get("text"), dict)), {})


def _typed(audience: Any) -> str:
    if not audience:
        return ""
    try:
        return to_text(from_json(audience), people, Context(trusted=True))
    except ConditionError:
        return ""
