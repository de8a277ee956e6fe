from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.people.teams.models import Team
from firstline.work.intake.engine.questions import in_words
from firstline.work.intake.models import Form

PERSON = settings.AUTH_USER_MODEL


class Category(ChangedByActions):
    """A shelf of the catalog. `path` holds the ids from the root: '/3/17/'."""

    noun = "service_category"

    key = models.SlugField(_("key"), max_length=40, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    names = models.JSONField(_("name"), default=dict)  # by language
    icon = models.CharField(_("icon"), max_length=30, default="box")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    path = models.CharField(max_length=200, editable=False, default="", db_index=True)

    class Meta:
        db_table = "catalog_category"
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.said()

    def said(self) -> str:
        return in_words(self.names, get_language() or "en") or self.key


class Offering(ChangedByActions):
    """A service people can ask for: what it is, for whom, who delivers it, how, when and at what cost."""

    noun = "offering"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Retired")

    class Payer(models.TextChoices):
        NOBODY = "nobody", _("Nobody: it is included")
        DEPARTMENT = "department", _("The requester's department")
        ORGANISATION = "organisation", _("The requester's organisation")
        REQUESTER = "requester", _("The requester")

    class Makes(models.TextChoices):
        ONE = "one", _("One request")
        EACH = "each", _("One request for each row")
        CHILDREN = "children", _("One request, and one below it for each row")

    class Kind(models.TextChoices):
        """The kinds of ticket an offering may become; the words are those of work/tickets, which stands above."""

        REQUEST = "request", _("Service request")
        INCIDENT = "incident", _("Incident")
        PROBLEM = "problem", _("Problem")
        CHANGE = "change", _("Change")

    key = models.SlugField(_("key"), max_length=40, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="offerings")
    icon = models.CharField(_("icon"), max_length=30, default="box")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # Texts by language.
    names = models.JSONField(_("name"), default=dict)
    summaries = models.JSONField(_("in one sentence"), default=dict, blank=True)
    descriptions = models.JSONField(_("description"), default=dict, blank=True)
    keywords = models.JSONField(_("other words for it"), default=dict, blank=True)

    audience = models.JSONField(_("who may ask for it"), default=dict, blank=True)  # a condition; empty: everybody
    form = models.ForeignKey(Form, null=True, blank=True, on_delete=models.PROTECT, related_name="offerings")
    makes = models.CharField(_("it becomes"), max_length=10, choices=Makes, default=Makes.ONE)
    rows = models.CharField(_("rows"), max_length=40, blank=True, default="")  # the table that makes several of one
    subject = models.CharField(_("subject"), max_length=200, blank=True, default="")  # with {answers}; empty: the name

    owner = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # What stands above is named by its key or number, and looked up by whoever reads it there.
    ticket_kind = models.CharField(_("kind of ticket"), max_length=20, choices=Kind, default=Kind.REQUEST)
    ticket_category = models.PositiveBigIntegerField(_("category of the ticket"), null=True, blank=True)
    impact = models.PositiveSmallIntegerField(_("impact"), null=True, blank=True)
    urgency = models.PositiveSmallIntegerField(_("urgency"), null=True, blank=True)
    approval = models.CharField(_("approval"), max_length=60, blank=True, default="")
    workflow = models.CharField(_("workflow"), max_length=60, blank=True, default="")
    agreement = models.CharField(_("agreement"), max_length=60, blank=True, default="")
    procedures = models.JSONField(_("procedure"), default=dict, blank=True)  # for who does it, by language
    requirements = models.JSONField(_("special requirements"), default=list, blank=True)

    # Keys of the offerings without which it does not work: who changes one of them touches this one, too.
    depends_on = models.JSONField(_("works only with"), default=list, blank=True)

    promised_hours = models.PositiveIntegerField(_("promised within"), null=True, blank=True)  # working hours
    cost = models.DecimalField(_("cost"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    payer = models.CharField(_("who pays"), max_length=12, choices=Payer, blank=True, default="")
    articles = models.JSONField(_("articles"), default=list, blank=True)  # {"title", "url"} or {"title", "text"}
    review_on = models.DateField(_("review"), null=True, blank=True)

    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "catalog_offering"
        ordering: ClassVar = ["position", "id"]
        indexes: ClassVar = [
            models.Index(
                fields=["category", "position"], condition=Q(state="published"), name="catalog_offering_shown"
            ),
            models.Index(fields=["review_on"], condition=Q(state="published"), name="catalog_offering_review"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_words(self.names, get_language() or "en") or self.key

    @property
    def summary(self) -> str:
        return in_words(self.summaries, get_language() or "en")

    @property
    def description(self) -> str:
        return in_words(self.descriptions, get_language() or "en")

    @property
    def procedure(self) -> str:
        return in_words(self.procedures, get_language() or "en")

    @property
    def purpose(self) -> str:
        """What drafts and submissions of its form are filled in for."""
        return f"offering:{self.key}"

    def relations_of(self, person: Any) -> frozenset[str]:
        """Its owner shapes and publishes it without holding a role."""
        return frozenset({"keeper"} if self.owner_id is not None and self.owner_id == person.pk else ())
