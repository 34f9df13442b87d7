"""Judges a file by its content, never by its name, before any library opens it."""

from etl.intake import archive, delimited, opendocument, refusals, workbook
from etl.intake.inspection import Seen

# How an .xls begins, and an .xlsx with a password: neither can be looked into before a library opens it.
COMPOUND_FILE = b"\xd0\xcf\x11\xe0"


def inspect(content: bytes) -> Seen:
    """What the file is and holds; raises Refused."""
    if content.startswith(COMPOUND_FILE):
        raise refusals.old_or_protected()
    if not archive.is_archive(content):
        return delimited.inspect(content)
    parts = archive.unpack(content)
    if "xl/workbook.xml" in parts:
        return workbook.inspect(content, parts)
    if parts.get("mimetype", b"").strip() == opendocument.MEDIA_TYPE:
        return opendocument.inspect(content, parts)
    raise refusals.unknown()
