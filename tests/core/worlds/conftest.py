import pytest

from worlds import World, generate

SMALL = 6_000


@pytest.fixture(scope="session")
def world() -> World:
    """A world with every plant, small enough to be made once per run."""
    return generate(7, SMALL)
