"""Workflows and their versions, as lists and pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from firstline.flow.workflows.engine.definition import (
    Approval,
    Definition,
    ForEach,
    Form,
    Notify,
    Step,
    Task,
    leaving,
)
from firstline.flow.workflows.engine.differences import KINDS
from firstline.flow.workflows.models import Run, Version, Workflow
from firstline.people.access.models import Role

ORDER = ("name", "id")
WORDS = {
    "requester": _("the requester"), "owner": _("whoever has the ticket"), "manager": _("the requester's manager"),
    "department_head": _("the head of the department"), "service_owner": _("the owner of the service"),
    "team": _("the team of the ticket"),
}  # fmt: skip


def all_workflows() -> Any:
    """Every workflow with the version in use and how many runs are under way."""
    in_use = Version.objects.filter(workflow=OuterRef("pk"), state=Version.State.PUBLISHED).values("number")[:1]
    draft = Version.objects.filter(workflow=OuterRef("pk"), state=Version.State.DRAFT).values("number")[:1]
    return (
        Workflow.objects.annotate(
            in_use=Subquery(in_use),
            draft=Subquery(draft),
            running=_counted(is_open=True),
            stuck=_counted(is_open=True, status=Run.Status.STUCK),
        )
        .values("id", "key", "name", "goal", "state", "owner__name", "in_use", "draft", "running", "stuck")
        .order_by()
    )


def _counted(**which: Any) -> Coalesce:
    """How many runs there are of each, by the index alone: those that have ended are years of work."""
    runs = Run.objects.filter(version__workflow=OuterRef("pk"), **which).order_by()
    return Coalesce(Subquery(runs.values("version__workflow").annotate(many=Count("pk")).values("many")), 0)


def versions_of(workflow: Workflow) -> QuerySet[Version]:
    return (
        Version.objects.filter(workflow=workflow)
        .defer("document")
        .select_related("saved_by", "published_by")
        .order_by("-number")
    )


def in_use(key: str) -> Version | None:
    return Version.objects.filter(workflow__key=key, state=Version.State.PUBLISHED).select_related("workflow").first()


def startable() -> QuerySet[Version]:
    """What can be started by hand."""
    return (
        Version.objects.filter(state=Version.State.PUBLISHED)
        .select_related("workflow")
        .order_by("workflow__name", "pk")
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One step as a numbered list shows it."""

    place: str
    step: Step
    ways: list[tuple[str, str]]  # under which circumstances, to which step
    who: str
    kind: str


def lines_of(definition: Definition) -> list[Line]:
    """The steps in the order of the document; those inside of a repetition under its number."""
    return _lines(definition.steps, "", {datum.key: datum.label or datum.key for datum in definition.fields})


def _lines(steps: Any, before: str, labels: Mapping[str, str]) -> list[Line]:
    names = {step.id: step.name or step.id for step in steps}
    found = []
    for number, step in enumerate(steps, 1):
        place = f"{before}{number}"
        ways = [(edge.name or edge.outcome or edge.when or "", names.get(edge.to, edge.to)) for edge in leaving(step)]
        who = ", ".join(said_who(each, labels) for each in _who(step)) + said_needs(step)
        found.append(Line(place, step, ways, who, gettext(KINDS[step.kind])))
        if isinstance(step, ForEach):
            found += _lines(step.steps, f"{place}.", labels)
    return found


def said_needs(step: Step) -> str:
    """How many of them must answer, behind their names; nothing where one is asked."""
    needs = getattr(step, "needs", None)
    if needs is None:
        return ""
    words = {"any": gettext("anybody of them"), "all": gettext("all of them")}
    return f" ({words.get(needs) or gettext('%(count)s of them') % {'count': needs}})"


def _who(step: Step) -> list[str]:
    if isinstance(step, Approval):
        return list(dict.fromkeys(who for stage in step.stages for who in stage.who))
    return list(getattr(step, "who", ()) or getattr(step, "whom", ())) if isinstance(step, Form | Task | Notify) else []


def said_who(who: str, labels: Mapping[str, str] = MappingProxyType({})) -> str:
    """Whom a word of a workflow means, as people say it. `labels`: what the fields of its data are called."""
    word, _colon, name = who.partition(":")
    if not name:
        return str(WORDS.get(word, word))
    if word == "field":
        return gettext("whom “%(field)s” names") % {"field": labels.get(name, name)}
    if word == "role":
        return str(dict(Role.choices).get(name, name))
    # Templates name teams that are to be chosen by a word: service_desk.
    return name.replace("_", " ").capitalize() if word == "team" and "_" in name else name
