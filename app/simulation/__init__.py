"""Subjects with planted preferences who use the real HTTP interface: they click what a person would click."""
