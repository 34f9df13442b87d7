"""Headings over columns of personal data: a cell that says nothing but `Surname`, `D.O.B.` or `Cod post`."""

import re
import unicodedata

PERSON = (
    r"(?:(?:serviceuser|su|client|perpetrator|perp|victim|survivor|child|children|case|person|patient|offender|nominal"
    r"|user|subject|suspect|partner|parent|mother|father|individual)s{0,2})"
)
NUMBER = r"(?:id|no|number|num|ref|refno|reference|referencenumber|identifier|urn)s?"
SYSTEM = r"(?:custody|crime|urn|record|unique|oasys|delius|niche|mosaic|liquidlogic|prison|noms|marac)"
# What a heading promises, and its words: small letters and digits only, no spaces.
PROMISES = {
    "a column of names": (
        rf"{PERSON}?(?:full|first|fore|sur|last|second|middle|family|given|christian|maiden|other)?names?",
        rf"(?:first|fore)names?and(?:sur|last)names?|names?(?:of|ofthe)?{PERSON}|{PERSON}?initials|alias(?:es)?|aka",
        r"enwau|enw(?:llawn|cyntaf|canol|teuluol|olaf|cleient|ycleient|plentyn|yplentyn)?|cyfenw(?:au)?|llysenw",
    ),
    "a column of dates of birth": (
        rf"{PERSON}?(?:dates?ofbirths?|dobs?|birthdates?|birthdays?|born|bornon|yearofbirth)",
        r"dyddiad(?:au)?geni|dyddiadeig?eni|ganwyd",
    ),
    "a column of addresses": (
        rf"{PERSON}?(?:home|postal|current|lastknown|street|full|previous)?address(?:es)?(?:line)?[1-5]?",
        r"cyfeiriad(?:au)?(?:cartref)?[1-5]?",
    ),
    "a column of postcodes": (rf"{PERSON}?(?:home)?(?:postcodes?|postalcodes?|zipcodes?)", r"cod(?:au)?post"),
    "a column of telephone numbers": (
        rf"{PERSON}?(?:home|work)?(?:(?:tele)?phones?|mobiles?|landlines?)(?:nos?|numbers?)?",
        rf"{PERSON}?(?:tel|contact)(?:nos?|numbers?)|(?:rhif)?ffon(?:symudol)?",
    ),
    "a column of e-mail addresses": (rf"{PERSON}?emails?(?:address(?:es)?)?", r"(?:cyfeiriad)?ebost"),
    "a column of case or client numbers": (
        rf"{PERSON}(?:unique)?{NUMBER}|{SYSTEM}{NUMBER}|urn|crns?|upn|uniqueidentifiers?",
        r"rhif(?:au)?(?:yr|y)?(?:achos|cleient|cyfeirnod|adnabod)|cyfeirnod(?:yr|y)?(?:achos|cleient)",
    ),
    "a column of NHS numbers": (rf"nhs{NUMBER}", r"rhif(?:au)?y?gig"),
    "a column of National Insurance numbers": (
        rf"(?:ni|nationalinsurance|natins){NUMBER}|ninos?|nationalinsurance",
        r"rhif(?:au)?yswiriant(?:gwladol|cenedlaethol)",
    ),
    "a column of police numbers": (rf"(?:pnc|cro){NUMBER}|pncs?", r"rhif(?:au)?pnc"),
}
PROMISED = tuple(PROMISES)
PROMISE = re.compile("|".join(f"({'|'.join(words)})" for words in PROMISES.values()))
PARTS = re.compile(r"[/&,;|\n+]| and | a(?:c)? | or | neu | - ")
LABEL_END = re.compile("[:=]")
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
SPACES = re.compile(r"[^\S\n]+")
DASHES = re.compile("[\u2010-\u2015\u2212\u2043\ufe58\ufe63\uff0d]")
NOT_PLAIN = re.compile(r"[^a-z0-9]")
LONGEST = 60


def heading_of(text: str) -> str:
    """What a cell that is a heading promises ('a column of names'), or '' for any other text."""
    if not 2 <= len(text) <= LONGEST:
        return ""
    if found := _promise(text):
        return found
    parts = [part for part in PARTS.split(text) if part.strip()]
    promises = [_promise(part) for part in parts] if len(parts) > 1 else [""]
    return promises[0] if all(promises) else ""


def label_of(text: str) -> str:
    """What a text such as `Name: …` says of the words after its label, or ''."""
    for line in text.split("\n"):
        label, *words = LABEL_END.split(line, maxsplit=1)
        if words and words[0].strip() and (found := heading_of(label.strip())):
            return f"an entry in {found}"
    return ""


def plain(text: str) -> str:
    """A text as a person reads it: any kind of space or dash alike, nothing that cannot be seen."""
    if not text.isascii():
        text = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
        text = DASHES.sub("-", text)
    return SPACES.sub(" ", text)


def _promise(text: str) -> str:
    found = PROMISE.fullmatch(_squeezed(text))
    return PROMISED[found.lastindex - 1] if found and found.lastindex else ""


def _squeezed(text: str) -> str:
    """Small letters and digits only: `Client’s D.O.B.` becomes `clientsdob`, `cyfeiriad cartref` loses its space."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", INVISIBLE.sub("", text))
    return NOT_PLAIN.sub("", text.casefold())
