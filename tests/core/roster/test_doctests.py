import doctest
import importlib
import pkgutil

import pytest

from zhiping.core import credential, roster

MODULES = [
    f"{package.__name__}.{each.name}"
    for package in (roster, credential)
    for each in pkgutil.iter_modules(package.__path__)
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_docstrings_hold(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
