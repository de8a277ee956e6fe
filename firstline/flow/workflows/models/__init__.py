"""Workflows with their versions, the runs through them, and the systems they work with."""

from .changes import Change, PlanStep
from .invitations import Invitation
from .runs import Given, Party, Run, Step, Timer
from .systems import OnceRead, System
from .workflows import Version, Way, Workflow

__all__ = [
    "Change",
    "Given",
    "Invitation",
    "OnceRead",
    "Party",
    "PlanStep",
    "Run",
    "Step",
    "System",
    "Timer",
    "Version",
    "Way",
    "Workflow",
]
