"""Which tests run one after another in one process when ``--numprocesses`` makes several.

Browser tests are one group, with one app and one Chromium at a time; of all others each file is one, and what its tests
share is made once. Marks of pytest-xdist would say the same, but pytest 9.2 no longer heeds where they are written to.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

BROWSER = "tests/browser/"


def group_of(nodeid: str) -> str:
    """The group of a test: its file, or all browser tests together."""
    return BROWSER if nodeid.startswith(BROWSER) else nodeid.partition("::")[0]


class ByFile(LoadScopeScheduling):
    """Hands whole groups to processes that are free, in the order in which tests are collected."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
