"""Entries in, problems out: each with its cell, its likely cause and how to correct it."""

from etl.check.cells import check_cells
from etl.check.problem import Problem
from etl.read import Return


def check_return(content: Return) -> list[Problem]:
    """What a return's own cells show to be wrong; sums, neighbours and history are `etl.check.stored`'s to compare."""
    return check_cells(content)
