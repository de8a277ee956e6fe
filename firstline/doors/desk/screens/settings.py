from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.core.actions import Refused
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.people.access.rules import permissions_of
from firstline.work.tickets.actions.settings import save_category, save_custom_field, save_status
from firstline.work.tickets.models import Category, CustomField, Kind, Status, StatusType
from firstline.work.tickets.queries import categories as category_tree

# permission, label, one line about it, route, icon
DOORS = (
    ("settings.view", gettext_lazy("Organisation"), gettext_lazy("Name, language, time zone, colours"),
     "preferences:index", "settings"),
    ("team.view", gettext_lazy("Teams"), gettext_lazy("Who works together; members and leads"), "teams:teams", "team"),
    ("skill.edit", gettext_lazy("Skills"), gettext_lazy("What people of the desk can be good at"), "teams:skills",
     "star"),
    ("organisation.view", gettext_lazy("Organisations"), gettext_lazy("Companies and departments of requesters"),
     "organisations:organisations", "team"),
    ("access.edit", gettext_lazy("Roles and rights"), gettext_lazy("Who may do what, and where"), "access:grants",
     "lock"),
    ("ticket.settings", gettext_lazy("Statuses"), gettext_lazy("Their names, types and what requesters read"),
     "desk:statuses", "status"),
    ("ticket.settings", gettext_lazy("Categories"), gettext_lazy("The tree that tickets are sorted into"),
     "desk:categories", "category"),
    ("ticket.settings", gettext_lazy("Own fields"), gettext_lazy("What only your organisation asks for"),
     "desk:custom_fields", "edit"),
    ("escalation.settings", gettext_lazy("Escalation"),
     gettext_lazy("Who is asked next, how often news is promised, suppliers"), "escalation:settings", "arrow-up"),
    ("checklist.edit", gettext_lazy("Checklists"),
     gettext_lazy("Lists of tasks that are put on a ticket with one click"), "tasks:checklists", "list"),
    ("approval.settings", gettext_lazy("Approvals"),
     gettext_lazy("Which tickets need whose approval, and what is approved beforehand"), "approvals:rules",
     "check-circle"),
    ("workflow.edit", gettext_lazy("Workflows"), gettext_lazy("Ready-made ones to install, each with its picture"),
     "workflows:templates", "flow"),
    ("workflow.edit", gettext_lazy("Systems"), gettext_lazy("Directories that workflows create accounts in"),
     "workflows:systems", "plug"),
    ("survey.edit", gettext_lazy("Surveys"), gettext_lazy("What people are asked, when, and in which words"),
     "surveys:settings", "smile"),
    ("sla.edit", gettext_lazy("Agreements"), gettext_lazy("What is promised for which tickets, and how it is kept"),
     "sla:agreements", "clock"),
    ("calendar.edit", gettext_lazy("Calendars"), gettext_lazy("Working hours and holidays, by region"),
     "calendars:calendars", "calendar"),
    ("ticket.settings", gettext_lazy("Triage"), gettext_lazy("Rules, priorities, and who gets the work"),
     "triage:rules", "bolt"),
    ("automation.view", gettext_lazy("Automations"),
     gettext_lazy("What is done by itself, macros, canned replies, hours saved"), "automations:automations", "robot"),
    ("mail.manage", gettext_lazy("Mail"), gettext_lazy("Mailboxes, their health, and what was held back"),
     "email:settings", "mail"),
    ("settings.view", gettext_lazy("Texts of notices"), gettext_lazy("What people are told, in your own words"),
     "notifications:wordings", "bell"),
    ("settings.view", gettext_lazy("Chats"), gettext_lazy("Slack, Teams, Telegram, SMS: for people and teams"),
     "notifications:targets", "chat"),
    ("alert.manage", gettext_lazy("Alerts"), gettext_lazy("Monitoring systems that report here"),
     "alerts:sources", "alert"),
    ("job.view", gettext_lazy("Background work"), gettext_lazy("What runs, what failed, and doing it again"),
     "jobs:jobs", "refresh"),
)  # fmt: skip


@access("settings.view")
def index(request: HttpRequest) -> HttpResponse:
    """Everything that can be set, by room."""
    allowed, doors = permissions_of(request.user), []
    for need, label, text, route, icon in DOORS:
        try:
            address = reverse(route)
        except NoReverseMatch:
            continue
        if need in allowed:
            doors.append({"label": label, "text": text, "url": address, "icon": icon})
    return page(request, "desk/settings.html", {"doors": doors, "breadcrumb": [(_("Settings"), None)]})


class StatusForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Status
        fields = ("name", "type", "requester_label", "position", "is_active")
        labels = {"position": gettext_lazy("Place in the list"), "is_active": gettext_lazy("In use")}  # noqa: RUF012 -- Django reads it so


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Category
        fields = ("name", "parent", "value", "is_active")
        labels = {"parent": gettext_lazy("Below"), "is_active": gettext_lazy("In use")}  # noqa: RUF012 -- Django reads it so


class CustomFieldForm(forms.ModelForm):  # type: ignore[type-arg]
    options = forms.CharField(
        label=gettext_lazy("Options"), required=False, widget=forms.Textarea, help_text=gettext_lazy("One a line")
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of ticket"),
        required=False,
        choices=Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all of them"),
    )

    class Meta:
        model = CustomField
        fields = ("label", "type", "options", "kinds", "is_shown_to_requester", "position", "is_active")
        labels = {"position": gettext_lazy("Place in the list"), "is_active": gettext_lazy("In use")}  # noqa: RUF012 -- Django reads it so

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["options"] = "\n".join(map(str, self.instance.options))

    def clean_options(self) -> list[str]:
        lines = (line.strip() for line in self.cleaned_data["options"].splitlines())
        return list(dict.fromkeys(line[:100] for line in lines if line))[:500]


@access("ticket.settings")
def statuses(request: HttpRequest) -> HttpResponse:
    """All statuses, by kind."""
    every = list(Status.objects.order_by("position", "id"))
    groups = [(kind, [status for status in every if status.kind == kind.value]) for kind in Kind]
    names = {"groups": groups, "types": dict(StatusType.choices), "breadcrumb": _crumbs(_("Statuses"))}
    return page(request, "desk/statuses.html", names)


@access("ticket.settings")
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one status."""
    return _edit(request, StatusForm, get_object_or_404(Status, pk=pk), save_status, _("Statuses"), "desk:statuses")


@access("ticket.settings")
def new_status(request: HttpRequest, kind: str) -> HttpResponse:
    """Add a status to a kind of ticket."""
    empty = Status(kind=Kind(kind) if kind in Kind.values else Kind.INCIDENT, type=StatusType.OPEN, position=50)
    return _edit(request, StatusForm, empty, save_status, _("Statuses"), "desk:statuses")


@access("ticket.settings")
def categories(request: HttpRequest) -> HttpResponse:
    """The tree of categories, and a line to add one."""
    trouble, form = "", CategoryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            save_category(form.instance, by=request.user)
            return HttpResponseRedirect(reverse("desk:categories"))
        except Refused as error:
            trouble = str(error)
    names = {
        "tree": category_tree(),
        "form": form,
        "retired": list(Category.objects.filter(is_active=False).order_by("name")),
        "trouble": trouble,
        "breadcrumb": _crumbs(_("Categories")),
    }
    return page(request, "desk/categories.html", names, status=422 if trouble or form.errors else 200)


@access("ticket.settings")
def category(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one category."""
    found = get_object_or_404(Category, pk=pk)
    return _edit(request, CategoryForm, found, save_category, _("Categories"), "desk:categories")


@access("ticket.settings")
def custom_fields(request: HttpRequest) -> HttpResponse:
    """The organisation's own fields."""
    names = {"fields": list(CustomField.objects.all()), "breadcrumb": _crumbs(_("Own fields"))}
    return page(request, "desk/custom_fields.html", names)


@access("ticket.settings")
def new_custom_field(request: HttpRequest) -> HttpResponse:
    """Add a field."""
    return _edit(request, CustomFieldForm, CustomField(), save_custom_field, _("Own fields"), "desk:custom_fields")


@access("ticket.settings")
def custom_field(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one field."""
    found = get_object_or_404(CustomField, pk=pk)
    return _edit(request, CustomFieldForm, found, save_custom_field, _("Own fields"), "desk:custom_fields")


def _edit(request: HttpRequest, form_class: Any, thing: Any, save: Any, title: str, back: str) -> HttpResponse:
    form = form_class(request.POST or None, instance=thing)
    if request.method == "POST" and form.is_valid():
        try:
            save(form.instance, by=request.user)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse(back))
    names = {
        "form": form,
        "title": str(thing) if thing.pk else _("New"),
        "back": reverse(back),
        "breadcrumb": [*_crumbs(title)[:-1], (title, reverse(back)), (str(thing) if thing.pk else _("New"), None)],
    }
    return page(request, "desk/edit_setting.html", names, status=422 if form.errors else 200)


def _crumbs(title: str) -> list[tuple[str, str | None]]:
    return [(_("Settings"), reverse("desk:settings")), (title, None)]
