"""What a person reads when a condition cannot be understood."""


class ConditionError(ValueError):
    """A sentence for whoever wrote the condition; `at` is where in the text, `suggestion` what may have been meant."""

    def __init__(self, sentence: str, *, at: int | None = None, suggestion: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.at = at
        self.suggestion = suggestion
