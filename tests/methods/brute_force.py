"""Tables with their margins, and an attacker that shares no code with ours: it tries every table there is."""

from itertools import product

import numpy as np


def with_margins(dims, counts):
    """`{cell: count}` and relations for a table of any number of dimensions; cells "a|b", margins "Total"."""
    inner = np.array(counts)
    full, names = inner, [[*dim, "Total"] for dim in dims]
    for axis in range(inner.ndim):
        full = np.concatenate([full, full.sum(axis=axis, keepdims=True)], axis=axis)
    table = {
        "|".join(name[i] for name, i in zip(names, at, strict=True)): int(full[at]) for at in np.ndindex(full.shape)
    }
    relations = []
    for axis, dim in enumerate(dims):
        for others in product(*(name if i != axis else [None] for i, name in enumerate(names))):
            cells = ["|".join(word if i != axis else here for i, word in enumerate(others)) for here in [*dim, "Total"]]
            relations.append((cells[-1], cells[:-1]))
    return table, relations


def rectangle(counts):
    """A two-way table with rows r0… and columns c0…"""
    return with_margins([[f"r{i}" for i in range(len(counts))], [f"c{i}" for i in range(len(counts[0]))]], counts)


def what_a_reader_can_believe(table, relations, hidden, known=(), zeros_shown=True):
    """Every value that each hidden cell takes in some whole-number table that fits what the reader sees."""
    unsure = sorted(set(hidden) - set(known), key=str)
    top = max([count for count in table.values() if count is not None], default=0)
    seen = {cell: set() for cell in unsure}
    values = {cell: count for cell, count in table.items() if cell not in unsure}

    def fits():
        for total, parts in relations:
            cells = [total, *parts]
            if all(cell in values for cell in cells):
                if values[total] != sum(values[part] for part in parts):
                    return False
            elif total in values and sum(values.get(part, 0) for part in parts) > values[total]:
                return False
        return True

    def place(i):
        if i == len(unsure):
            for cell in unsure:
                seen[cell].add(values[cell])
            return
        for count in range(1 if zeros_shown else 0, top + 1):
            values[unsure[i]] = count
            if fits():
                place(i + 1)
        del values[unsure[i]]

    place(0)
    return seen
