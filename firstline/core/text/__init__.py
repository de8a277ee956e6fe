"""Folding and splitting text, the same way wherever two texts are compared."""

from firstline.core.text.folding import fold
from firstline.core.text.numbers import row_number, whole_number
from firstline.core.text.words import words

__all__ = ["fold", "row_number", "whole_number", "words"]
