"""The sentences that refuse a file: what is wrong, and what to do about it."""

from etl.intake.grid import Refused

SAVE_AGAIN = "Open it in your spreadsheet program, save it as a new workbook (.xlsx) and send that."


def unreadable() -> Refused:
    """A file that killed, outlasted or defeated its reader."""
    return Refused("unreadable", "The file could not be read.", SAVE_AGAIN)


def damaged() -> Refused:
    """A file that contradicts itself; why is of no use to the sender, and may help someone hostile."""
    return Refused("damaged", "The file is damaged or was not saved by a spreadsheet program.", SAVE_AGAIN)


def unknown() -> Refused:
    """Something that is no spreadsheet at all."""
    return Refused(
        "not_a_return",
        "The file is neither a workbook (.xlsx, .ods) nor a table in text (.csv).",
        "Send the return as your spreadsheet program saves it.",
    )


def empty() -> Refused:
    """A file of no bytes."""
    return Refused("empty", "The file is empty.", "Send the return again.")


def web_page() -> Refused:
    """A page of HTML under a workbook's name, as some systems export."""
    return Refused("web_page", "The file is a web page under another name, not a workbook.", SAVE_AGAIN)


def old_or_protected() -> Refused:
    """A compound file: both the old .xls and a workbook with a password look like this."""
    return Refused(
        "old_or_protected",
        "The file is an old .xls workbook or is protected by a password.",
        "Take the password off, save it as an .xlsx workbook and send that.",
    )


def too_large(what: str) -> Refused:
    """More than any return holds."""
    return Refused(
        "too_large",
        f"The file {what}, which is more than any return needs.",
        "Take out pictures and anything else that is not part of the return, and send it again.",
    )


def sheet_too_large(sheet: str, what: str) -> Refused:
    """A sheet with more than any return holds."""
    return Refused(
        "too_large",
        f"{_named(sheet)} has {what}, which is more than any return needs.",
        "Delete what is not part of the return, look for stray entries far down or far right, and send it again.",
        _told(sheet),
    )


def forbidden(what: str) -> Refused:
    """A part that does things, or that holds data out of sight."""
    return Refused(
        "active_content",
        f"The workbook holds {what}, which a return must not.",
        "Copy the return's sheets as values into a new workbook without it and send that.",
    )


def hidden_sheet(sheet: str) -> Refused:
    """A sheet with something in it that its sender may not know is there."""
    return Refused(
        "hidden_sheet",
        f"{_named(sheet)} is hidden and has something in it.",
        "Show the sheet, delete it if it is not part of the return, and send the return again.",
        _told(sheet),
    )


def disagreement(sheet: str) -> Refused:
    """Our own count of the filled cells and the reader's differ, so one of the two is wrong."""
    return Refused("disagreement", f"{_named(sheet)} can be read in more than one way.", SAVE_AGAIN, _told(sheet))


def bad_quotes(line: int) -> Refused:
    """A quotation mark that would swallow the lines after it."""
    return Refused(
        "damaged",
        f"Line {line} has a quotation mark that is not closed or stands in the wrong place.",
        "Mend the line, or save the table from your spreadsheet program again, and send it.",
    )


def _named(sheet: str) -> str:
    if not sheet:
        return "The file"
    return f"Sheet {_told(sheet)}" if _told(sheet) else "A sheet"


def _told(sheet: str) -> str:
    """A sheet's name, unless it looks like personal data itself or is no ordinary name."""
    from etl.intake.personal import looks_personal  # slow to load, and needed only when a sheet is refused

    return sheet if len(sheet) <= 60 and sheet.isprintable() and not looks_personal(sheet) else ""
