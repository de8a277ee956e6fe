from .feedback import Asking, Feedback
from .improvements import Improvement
from .pulses import PulseAnswer, PulseInvitation, PulseRound
from .surveys import Question, Survey, Wording

__all__ = [
    "Asking", "Feedback", "Improvement", "PulseAnswer", "PulseInvitation", "PulseRound", "Question", "Survey",
    "Wording",
]  # fmt: skip
