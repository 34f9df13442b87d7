"""Bytes changed at random, as nobody would and as a bad disk or an attacker might."""

import random

TWISTS = (
    b"<",
    b">",
    b'"',
    b"&",
    b"/",
    b"\0",
    b"\xff",
    b"99999999",
    b"-1",
    b'r="A1"',
    b"<!--",
    b"]]>",
    b"<v>",
    b"</row>",
    b'"\n',
    b";",
)


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The bytes with one to four changes: some lost, doubled, moved, turned or put in."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        until = min(len(changed), at + chance.choice([1, 2, 8, 60, 600]))
        piece = bytes(changed[at:until])
        act = chance.randrange(5)
        if act == 0:
            del changed[at:until]
        elif act == 1:
            changed[at:at] = piece * chance.choice([1, 2, 50])
        elif act == 2:
            changed[at:at] = chance.choice(TWISTS)
        elif act == 3 and piece:
            changed[at] ^= 1 << chance.randrange(8)
        else:
            to = chance.randrange(len(changed) + 1)
            changed[to : to + len(piece)] = piece
    return bytes(changed)
