"""Folding and splitting text, the same way wherever two texts are compared."""

from firstline.core.text.folding import fold
from firstline.core.text.numbers import whole_number
from firstline.core.text.words import words

__all__ = ["fold", "whole_number", "words"]
