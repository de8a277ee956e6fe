"""Approvals under way and done; the rules that ask for them; who stands in for whom; meetings."""

from .approvals import Approval, Remark, Seat, Stage
from .rules import CategoryOwner, Meeting, Rule, RuleStage, StandIn

__all__ = ["Approval", "CategoryOwner", "Meeting", "Remark", "Rule", "RuleStage", "Seat", "Stage", "StandIn"]
