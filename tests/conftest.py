"""For all tests: what Hypothesis draws, and which tests run one after another in one process.

Hypothesis draws the same examples on every machine and is given no deadline: two cores are shared by many.
"""

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True, database=None)
settings.load_profile("repeatable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests are one group, with one app and one Chromium; of all others each file is one.

    A group stays in one of the processes of ``--dist loadgroup``: what the tests of a file share is made once, and one
    browser at a time works beside the other tests.
    """
    for item in items:
        file = item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group("browser" if file.startswith("tests/browser/") else file))
