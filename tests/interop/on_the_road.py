"""A pytest plugin (`-p on_the_road`): only the tests that take the camera under test are run."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what opens a virtual camera of its own."""
    ours = [item for item in items if "camera_port" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in ours])
    items[:] = ours
