"""What happens to teams, their members and absences."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext as _

from firstline.core.events import EventKind

if TYPE_CHECKING:
    from firstline.core.events.models import Event


class TeamSaved(EventKind):
    """Facts: `fields`, the names of what changed; empty for a new team."""

    key = "team.saved"
    noun = "team"
    icon = "edit"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed the team") if event.facts.get("fields") else _("added the team")


class TeamArchived(EventKind):
    key = "team.archived"
    noun = "team"
    icon = "archive"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("archived the team") if event.facts.get("is_archived") else _("took the team out of the archive")


class MemberAdded(EventKind):
    """Facts: `person`, `is_lead`."""

    key = "team.member_added"
    noun = "team"
    icon = "person"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("made somebody lead of the team") if event.facts.get("is_lead") else _("added a member")


class MemberRemoved(EventKind):
    """Facts: `person`."""

    key = "team.member_removed"
    noun = "team"
    icon = "person"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("took a member out of the team")


class AbsenceSaved(EventKind):
    """About the person. Facts: `first_day`, `last_day`, `deputy`."""

    key = "person.absence_saved"
    noun = "person"
    icon = "calendar"
    personal: ClassVar[tuple[str, ...]] = ("first_day", "last_day")

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("is away from %(first)s to %(last)s") % {
            "first": event.facts.get("first_day"),
            "last": event.facts.get("last_day"),
        }


class AbsenceEnded(EventKind):
    key = "person.absence_removed"
    noun = "person"
    icon = "calendar"
    personal: ClassVar[tuple[str, ...]] = ("first_day", "last_day")

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("took an absence back")


class SkillSaved(EventKind):
    """Facts: `name`, `is_active`."""

    key = "skill.saved"
    noun = "skill"
    icon = "star"

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"name": event.facts["name"]}
        return _("saved the skill %(name)s") % words if event.facts["is_active"] else _("retired %(name)s") % words


class SkillsSet(EventKind):
    """About the person. Facts: `skills` {name: level}, `tickets`."""

    key = "person.skills_set"
    noun = "person"
    icon = "star"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed their skills: %(skills)s") % {"skills": ", ".join(event.facts["skills"]) or "—"}


class RotaChanged(EventKind):
    """Facts: `what` (place, shift, override …) and what belongs to it; `people` whom it concerns."""

    key = "team.rota_changed"
    noun = "team"
    icon = "calendar"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed the rota")


class SwapAsked(EventKind):
    """Facts: `asker`, `asked`, `shift`, `day`."""

    key = "swap.asked"
    noun = "swap"
    icon = "convert"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("asked for a swap on %(day)s") % {"day": event.facts["day"]}


class SwapAnswered(EventKind):
    """Facts: as of SwapAsked, and `state`: accepted, declined or withdrawn."""

    key = "swap.answered"
    noun = "swap"
    icon = "convert"

    @classmethod
    def describe(cls, event: Event) -> str:
        words = {"day": event.facts["day"]}
        if event.facts["state"] == "accepted":
            return _("takes the shift of %(day)s over") % words
        if event.facts["state"] == "declined":
            return _("cannot take the shift of %(day)s over") % words
        return _("took the question for a swap on %(day)s back") % words


class FeedChanged(EventKind):
    """A calendar address was made or revoked. Facts: `feed`, `team`, `is_on`."""

    key = "person.rota_feed_changed"
    noun = "person"
    icon = "calendar"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("made a calendar address") if event.facts["is_on"] else _("revoked a calendar address")
