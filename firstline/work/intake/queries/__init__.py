"""Reads of forms: lists, what a form looks like to somebody, words, and how filling in goes."""
