from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.core.actions import ChangedByActions
from firstline.people.teams.models import Skill, Team
from firstline.work.tickets.models import Category


class Mode(models.TextChoices):
    """How the work of a team finds its person."""

    PULL = "pull", _("Free: everybody takes from the queue")
    ROUND_ROBIN = "round_robin", _("In turn: the next one who is available")
    LEAST_LOADED = "least_loaded", _("By load: whoever has the smallest share of their capacity taken")


AUTOMATIC = frozenset({Mode.ROUND_ROBIN, Mode.LEAST_LOADED})


class TeamRouting(ChangedByActions):
    """How one team hands out its work, and whose turn it was. Its row is the lock under which a person is picked."""

    noun = "team_routing"

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="+")
    mode = models.CharField(_("work is handed out"), max_length=16, choices=Mode, default=Mode.PULL)
    by_skill = models.BooleanField(
        _("only to people who know the category"),
        default=False,
        help_text=_("Of those, the ones who know it best come first."),
    )
    capacity = models.PositiveSmallIntegerField(
        _("capacity of one person"),
        default=40,
        help_text=_("In points: a critical ticket counts 8, a high one 4, a medium one 2, a low one 1."),
    )
    last_place = models.BigIntegerField(default=0, editable=False)
    picks = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        db_table = "triage_team"

    def __str__(self) -> str:
        return f"{self.team}: {self.mode}"


class CategoryTeam(ChangedByActions):
    """Tickets of a category, and of those below it, go to this team. Without a category: all others do."""

    noun = "category_team"

    category = models.OneToOneField(Category, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "triage_category_team"

    def __str__(self) -> str:
        return f"{self.category or '*'} → {self.team}"


class CategorySkill(ChangedByActions):
    """Who works on tickets of a category, and of those below it, should have this skill."""

    noun = "category_skill"

    category = models.OneToOneField(Category, on_delete=models.CASCADE, related_name="+")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "triage_category_skill"

    def __str__(self) -> str:
        return f"{self.category}: {self.skill}"
