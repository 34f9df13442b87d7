"""How large a return may be: a ZIP bomb or an endless sheet is refused, and an ordinary return is far smaller."""

FILE_BYTES = 5_000_000
PARTS = 200
PART_BYTES = 20_000_000
ALL_BYTES = 50_000_000
RATIO = 100  # unpacked to packed
RATIO_FROM_BYTES = 64 * 1024  # a small part may well pack better than that: a sheet of empty rows
ROWS = 5_000
COLUMNS = 200
FILLED = 20_000
STRINGS = 20_000
TEXT_BYTES = 20_000_000  # of all cells, repeats and shared strings counted as often as they are shown
MESSAGE_BYTES = FILE_BYTES + 500_000  # what the child is sent: a file and something about it
HELD_CHARACTERS = 1_500_000  # characters of words, and eight for a number: every word is looked at in turn
ANSWER_BYTES = 12_000_000  # what the child may hand back: so much cannot hold more, however it is written
TEXT_LENGTH = 32_767  # what a cell of a spreadsheet program can hold

MEMORY_BYTES = 512 * 1024 * 1024
PROCESSOR_SECONDS = 10
SECONDS = 20

SMALL_PART = 8_192  # parts below this many bytes repeat from month to month, byte for byte: they are looked at once
