"""Hypothesis draws the same examples on every machine and is given no deadline: two cores are shared by many."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True, database=None)
settings.load_profile("repeatable")
