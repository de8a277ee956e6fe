"""What automations look at again and again."""

from __future__ import annotations

from firstline.core.jobs import loops

from .actions.automation import remind_of_reviews
from .actions.fire import look_at_the_time
from .actions.suggest import look_for_repetitions

loops.register("automations: what time sets off", look_at_the_time, every=60)
loops.register("automations: what is done by hand again and again", look_for_repetitions, every=6 * 3600)
loops.register("automations: remind of reviews", remind_of_reviews, every=3600)
