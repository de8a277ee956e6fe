"""Open pages learn that something changed, and fetch their piece again. Only names travel, never content."""

from .topics import Topic, is_allowed, parse, topic

__all__ = ["Topic", "is_allowed", "parse", "topic"]
