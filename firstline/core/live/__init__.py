"""Open pages learn that something changed, and fetch their piece again. Only names travel, never content."""

from .topics import Topic, harmless, is_allowed, parse, topic

__all__ = ["Topic", "harmless", "is_allowed", "parse", "topic"]
