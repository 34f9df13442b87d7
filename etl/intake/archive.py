"""Opens a ZIP from outside and trusts nothing that it says about itself.

A ZIP describes its parts twice, in a list at its end and in a header before each part. Programs differ in which they
read, so an archive whose two descriptions differ can show us one workbook and the library another. Anything that two
programs could read in two ways is refused as damaged; what ordinary programs write never is.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from etl.intake import limits, refusals

END = struct.Struct("<4s4H2LH")
CENTRAL = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
STORED, DEFLATED = 0, 8
ENCRYPTED, NAME_IS_UTF8 = 0x1, 0x800
WIDE = 0xFFFFFFFF


@dataclass(frozen=True)
class Entry:
    """One part as the archive's own list describes it: nothing of it is believed until it is read."""

    name: str
    written_name: bytes
    method: int
    checksum: int
    packed: int
    size: int
    start: int


def is_archive(content: bytes) -> bool:
    """Whether a file starts or ends as a ZIP does."""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def unpack(content: bytes) -> dict[str, bytes]:
    """Every part's bytes by its name (with `/`, as written); raises Refused."""
    entries = list(_entries(content))
    _refuse_names([entry.name for entry in entries])
    _refuse_sizes(entries)
    return _contents(content, entries)


def _entries(content: bytes) -> Iterator[Entry]:
    count, size, offset = _directory(content)
    at = offset
    for _ in range(count):
        if content[at : at + 4] != b"PK\x01\x02" or at + CENTRAL.size > len(content):
            raise refusals.damaged()
        entry, at = _entry(content, at)
        yield entry
    if at != offset + size:
        raise refusals.damaged()


def _directory(content: bytes) -> tuple[int, int, int]:
    """Number of parts, and the size and place of their list: it must end where the file's end record begins."""
    # A comment of up to 65,535 bytes may follow the end record, and nothing may follow the comment: a file that is a
    # ZIP to one program and a picture or a page to another is refused.
    at = content.rfind(b"PK\x05\x06", max(0, len(content) - END.size - 65_535))
    if at < 0 or at + END.size > len(content):
        raise refusals.damaged()
    _, disk, first_disk, here, count, size, offset, comment = END.unpack_from(content, at)
    if disk or first_disk or here != count or at + END.size + comment != len(content):
        raise refusals.damaged()
    if count > limits.PARTS:
        raise refusals.too_large(f"has more than {limits.PARTS} parts")
    if offset + size != at and not _wide_record_between(content, offset + size, at):
        raise refusals.damaged()
    return count, size, offset


def _wide_record_between(content: bytes, start: int, end: int) -> bool:
    """Some programs write the 64-bit end records too, though a small file never needs them."""
    return end - start == 76 and content[start : start + 4] == b"PK\x06\x06"


def _entry(content: bytes, at: int) -> tuple[Entry, int]:
    fields = CENTRAL.unpack_from(content, at)
    flags, method, checksum, packed, size = fields[3], fields[4], fields[7], fields[8], fields[9]
    name_length, extra_length, comment_length, offset = fields[10], fields[11], fields[12], fields[16]
    at += CENTRAL.size
    written = content[at : at + name_length]
    extra = content[at + name_length : at + name_length + extra_length]
    if flags & ENCRYPTED:
        raise refusals.old_or_protected()
    if method not in (STORED, DEFLATED):
        raise refusals.damaged()
    if WIDE in (packed, size, offset):
        size, packed, offset = _wide(extra, size, packed, offset)
    entry = Entry(_name(written, flags), written, method, checksum, packed, size, offset)
    return entry, at + name_length + extra_length + comment_length


def _wide(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Sizes from the 64-bit extra field, which streaming writers use for small parts too."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1 and at + 4 + length <= len(extra):
            values = iter(struct.unpack_from(f"<{length // 8}Q", extra, at + 4))
            return tuple(next(values, WIDE) if value == WIDE else value for value in (size, packed, offset))  # type: ignore[return-value]
        at += 4 + length
    raise refusals.damaged()


def _name(written: bytes, flags: int) -> str:
    encoding = "ascii" if written.isascii() else "utf-8" if flags & NAME_IS_UTF8 else "cp437"
    try:
        return written.decode(encoding).replace("\\", "/")
    except UnicodeDecodeError:
        raise refusals.damaged() from None


def _refuse_names(names: list[str]) -> None:
    """Names that lead out of a folder, and two names that are one to a program which ignores capitals."""
    for name in names:
        climbs = ".." in name.split("/")
        if not name or climbs or name.startswith("/") or name[1:2] == ":" or "\0" in name:
            raise refusals.damaged()
    if len({name.casefold() for name in names}) != len(names):
        raise refusals.damaged()


def _refuse_sizes(entries: list[Entry]) -> None:
    """Refuses a ZIP bomb by what its list claims; that the claims are true is checked while unpacking."""
    for entry in entries:
        if entry.size > limits.PART_BYTES:
            raise refusals.too_large("unpacks to a part of more than 20 MB")
        if entry.size > limits.RATIO_FROM_BYTES and entry.size > limits.RATIO * entry.packed:
            raise refusals.too_large("unpacks to more than a hundred times its size")
    if sum(entry.size for entry in entries) > limits.ALL_BYTES:
        raise refusals.too_large("unpacks to more than 50 MB")


def _contents(content: bytes, entries: list[Entry]) -> dict[str, bytes]:
    """Unpack in the order of the file, where no part may overlap the one before.

    Overlapping parts are how a ZIP bomb gets round the limit on the ratio: every part repeats the same packed bytes
    (D. Fifield, 2019, A better zip bomb, WOOT). Nor may anything come before the first part.
    """
    parts: dict[str, bytes] = {}
    free_from = 0
    for entry in sorted(entries, key=lambda entry: entry.start):
        start = _data_start(content, entry)
        if entry.start < free_from or start + entry.packed > len(content):
            raise refusals.damaged()
        free_from = start + entry.packed
        unpacked = _unpacked_remembered if max(entry.size, entry.packed) < limits.SMALL_PART else _unpacked
        parts[entry.name] = unpacked(content[start:free_from], entry.method, entry.size, entry.checksum)
    if entries and min(entry.start for entry in entries) != 0:
        raise refusals.damaged()
    return parts


def _data_start(content: bytes, entry: Entry) -> int:
    """Where a part's bytes begin; its own header must agree with the list."""
    if entry.start + LOCAL.size > len(content):
        raise refusals.damaged()
    fields = LOCAL.unpack_from(content, entry.start)
    signature, method, name_length, extra_length = fields[0], fields[3], fields[9], fields[10]
    name_at = entry.start + LOCAL.size
    name = content[name_at : name_at + name_length]
    if signature != b"PK\x03\x04" or method != entry.method or name != entry.written_name:
        raise refusals.damaged()
    return name_at + name_length + extra_length


def _unpacked(packed: bytes, method: int, size: int, checksum: int) -> bytes:
    """A part's bytes, which must be what the list says of them."""
    content = packed if method == STORED else _inflated(packed, size)
    if len(content) != size or zlib.crc32(content) != checksum:
        raise refusals.damaged()
    return content


_unpacked_remembered = lru_cache(maxsize=64)(_unpacked)


def _inflated(packed: bytes, size: int) -> bytes:
    """At most a byte more than was claimed: a list that lies about a size costs no memory."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = stream.decompress(packed, size + 1)
    except zlib.error:
        raise refusals.damaged() from None
    if not stream.eof or stream.unused_data or stream.unconsumed_tail:
        raise refusals.damaged()
    return content


def repack(parts: dict[str, bytes]) -> bytes:
    """The parts as a ZIP again, uncompressed, in memory: only what was inspected is in it."""
    body, listed = bytearray(), bytearray()
    for name, content in parts.items():
        written, checksum = name.encode(), zlib.crc32(content)
        shared = (20, NAME_IS_UTF8, STORED, 0, 0, checksum, len(content), len(content), len(written), 0)
        listed += CENTRAL.pack(b"PK\x01\x02", 20, *shared, 0, 0, 0, 0, len(body)) + written
        body += LOCAL.pack(b"PK\x03\x04", *shared) + written + content
    end = END.pack(b"PK\x05\x06", 0, 0, len(parts), len(parts), len(listed), len(body), 0)
    return bytes(body + listed + end)
