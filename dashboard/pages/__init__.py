"""The pages, each in a file of its own: one question, and what answers it."""

import importlib
import pkgutil
from functools import cache

from dashboard.elements.page import Page


@cache
def pages() -> tuple[Page, ...]:
    """All pages there are, in the order of the bar."""
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return tuple(sorted((module.PAGE for module in modules), key=lambda page: page.position))
