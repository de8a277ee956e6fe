"""The ready-made catalog, installed in one click."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from firstline.core.actions import action
from firstline.people.teams.models import Team
from firstline.work.catalog.engine.ready import CATEGORIES, READY
from firstline.work.catalog.models import Category, Offering
from firstline.work.catalog.queries import missing, today
from firstline.work.intake.actions.publish import publish as publish_form
from firstline.work.intake.actions.shape import make_form
from firstline.work.intake.engine.questions import load
from firstline.work.intake.models import Form

from .category import save_category
from .offering import REVIEW_AFTER, make_offering, publish

LANGUAGES = ("en", "vi")


@action("catalog.install", permission="catalog.edit")
def install(keys: Sequence[str], *, team: Team | None = None, owner: Any | None = None, by: Any) -> list[Offering]:
    """Install ready-made offerings with their forms. What is there already is left alone.

    Without a team they go to the first one, without an owner to whoever installs them; what is complete is published.
    """
    wanted = set(keys) - set(Offering.objects.values_list("key", flat=True))
    team = team or Team.objects.filter(is_active=True, is_private=False).order_by("id").first()
    shelves = {each.key: each for each in Category.objects.all()}
    made = []
    for place, each in enumerate(READY):
        if each["key"] in wanted:
            made.append(_make(each, place, _shelf(each["category"], shelves), team, owner or by, by))
    return made


def _shelf(key: str, shelves: dict[str, Category]) -> Category:
    if key not in shelves:
        place, (names, icon) = list(CATEGORIES).index(key), CATEGORIES[key]
        shelves[key] = save_category(Category(key=key, names=dict(names), icon=icon, position=place), by=None)
    return shelves[key]


def _make(ready: dict[str, Any], place: int, category: Category, team: Team | None, owner: Any, by: Any) -> Offering:
    form = Form.objects.filter(key=ready["key"]).first()
    if form is None:
        form = make_form(
            ready["names"]["en"], key=ready["key"], questions=load({"questions": ready["questions"]}),
            languages=LANGUAGES,
            owner=owner, by=None,
        )  # fmt: skip
        publish_form(form, by=None)
    offering = make_offering(
        ready["names"], key=ready["key"], category=category, position=place, icon=ready["icon"],
        summaries=ready["summaries"], keywords=ready["keywords"], form=form, makes=ready.get("makes", "one"),
        rows=ready.get("rows", ""), subject=ready.get("subject", ""), owner=owner, team=team,
        ticket_kind=ready.get("kind", "request"), impact=ready.get("impact"), urgency=ready.get("urgency"),
        approval=ready["approval"], workflow=ready.get("workflow", ""), procedures=ready["procedures"],
        requirements=ready.get("requirements", []), promised_hours=ready["hours"], cost=Decimal(ready.get("cost", 0)),
        payer=ready.get("payer", "nobody"), articles=ready["articles"], review_on=today() + REVIEW_AFTER, by=None,
    )  # fmt: skip
    if not missing(offering):
        publish(offering, by=None)
    return offering
