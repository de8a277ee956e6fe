"""Runs under way, and a newer version: each goes over where its own place allows it, and nothing is lost."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.flow.workflows.models import Run, Version

from ._moving import Move


@action("workflow.move_run", permission="workflow.edit")
def move_run(run: Run, version: Version, *, by: Any) -> Run:
    """Let a run go on by the version in use. What is open stays open, with the people it was given to."""
    if version.state != Version.State.PUBLISHED or version.workflow_id != run.version.workflow_id:
        raise Refused(_("This version is not in use."))
    Move(run).go_by(version, by=by)
    return run
