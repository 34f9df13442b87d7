"""Codes in the dashboard: the code of a number, the address of its page, and the edition that a code is of."""

from typing import Any

from dashboard.data.address import Address, make
from dashboard.data.view import View
from dashboard.elements import html
from etl.definitions.messages import _
from etl.provenance import WrongCode, address_in, code_of, editions_of, read_code

Component = Any
PATH = "/number"


def code(view: View, address: str) -> str:
    """The code of a number of the edition that is looked at; '' where it has none."""
    return code_of(view.edition, address)


def page_of(view: View, address: str) -> str:
    """The address of a number's own page; it names the edition where that is not the current one."""
    named = "" if view.is_current else view.edition.name
    return make(f"{PATH}/{code(view, address)}", {"edition": named}).href


def typed(address: Address) -> str:
    """The code in an address, as it was typed; '' where there is none."""
    return address.path.removeprefix(PATH).strip("/") or address.get("code")


def edition_of(address: Address, names: tuple[str, ...]) -> str:
    """The one edition that the code in an address is of; '' where it names none, or two."""
    if address.path != PATH and not address.path.startswith(f"{PATH}/"):
        return ""
    try:
        found = editions_of(read_code(typed(address)), names)
    except WrongCode:
        return ""
    return found[0] if len(found) == 1 else ""


def in_current(view: View) -> str:
    """The address that shows the number of this page as the current edition has it; '' on any other page."""
    if view.address.path == PATH or not view.address.path.startswith(f"{PATH}/"):
        return ""
    try:
        number = address_in(read_code(typed(view.address)), view.edition)
    except WrongCode:
        return ""
    return make("/", {"number": number}).href


def finder(view: View) -> Component:
    """The way to the page where a code is typed."""
    return html.A(_("Find by code"), href=view.address.keep(PATH, "edition").href)
