"""Welsh, as texts are written in it: by the catalogue's message ids, with Babel's names of months."""

from datetime import date
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from dashboard.data.address import Address
from etl.definitions.messages import ENGLISH, Language

LANGUAGE = "cy"
CATALOGUE = Path(__file__).parent / "cy.po"
FORMS = {"short": "MMM", "abbreviated": "MMM", "long": "MMMM", "name": "MMMM"}


class _Missing(NullTranslations):
    """Says nothing of what a catalogue lacks, where gettext would say it in English."""

    def gettext(self, message: str) -> str:
        return ""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return ""


@cache
def catalogue() -> GNUTranslations:
    """The catalogue, compiled in memory from the file that translators' programs open."""
    out = BytesIO()
    with CATALOGUE.open("rb") as file:
        write_mo(out, read_po(file, locale=LANGUAGE))
    out.seek(0)
    translations = GNUTranslations(out)
    translations.add_fallback(_Missing())
    return translations


def language_of(address: Address) -> Language:
    """The language that an address asks for."""
    return Welsh() if address.get("lang") == LANGUAGE else ENGLISH


class Welsh:
    """The Welsh language; `missing` collects the message ids that the catalogue lacks."""

    def __init__(self) -> None:
        self.missing: set[str] = set()

    def message(self, msgid: str) -> str | None:
        """The Welsh of a message id; None where there is none."""
        return self._known(msgid, catalogue().gettext(msgid) if msgid else "")

    def plural(self, one: str, many: str, number: int) -> str | None:
        """The Welsh of one of several forms."""
        return self._known(one, catalogue().ngettext(one, many, number))

    def month(self, month: date, form: str) -> str:
        """A month: Tach 2019, Tachwedd 2019, by the Unicode consortium's names."""
        name = format_date(month, FORMS[form], locale="cy")
        return name if form in ("name", "abbreviated") else f"{name} {month.year}"

    def name(self, label: str) -> str:
        """A site's name; one that the catalogue lacks is a name in Welsh too."""
        return catalogue().gettext(label) or label

    def count(self, number: int) -> str:
        """Figures: Welsh counts of things follow rules of their own in words."""
        return f"{number:,}"

    def and_before(self, last: str) -> str:
        """And, which is `ac` before a vowel."""
        return " ac " if last[:1] in "AEIOUWYaeiouwy" else " a "

    def _known(self, msgid: str, written: str) -> str | None:
        if not written and any(map(str.isalpha, msgid)):
            self.missing.add(msgid)
        return written or None
