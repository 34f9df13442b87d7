"""Which site sent a file, and in which of its layouts: by the layout's words, or by the cover where sites share one."""

from collections.abc import Mapping

from etl.intake import Refused, address
from etl.read.cover import values_beside
from etl.read.find import Book, layout_words, text_of
from etl.read.name import sites_named
from etl.read.words import plain
from etl.sites import Layout, Site, standard_layouts

# A file that has fewer of a layout's words than this share is not taken for a return in it.
LEAST_FIT = 0.5


def recognise(book: Book, sites: Mapping[str, Site]) -> tuple[Site, Layout]:
    """The site and layout whose words the file has; refuses a file that has those of none."""
    texts = text_of(book)
    senders: dict[Layout, list[Site]] = {}
    for site in sites.values():
        for layout in (*site.layouts, *standard_layouts()):
            senders.setdefault(layout, []).append(site)
    shares = {layout: len(layout_words(layout) & texts) / len(layout_words(layout)) for layout in senders}
    layout = max(shares, key=lambda layout: (shares[layout], len(layout_words(layout))))
    if shares[layout] < LEAST_FIT:
        raise _not_a_return(shares[layout], senders[layout][0], layout, texts)
    shared = list(dict.fromkeys(site.name for site in senders[layout]))
    site = sites[shared[0]]
    return (_site_on_cover(book, layout, shared, sites) if layout.site_label else site), layout


def _not_a_return(share: float, site: Site, layout: Layout, texts: set[str]) -> Refused:
    """The refusal of a file that fits no layout: the nearest is named, with what is missing for it."""
    if share < 0.1:
        sentence = "This is not a return: it has the headings of no site's layout."
        return Refused("not_a_return", sentence, "Send the monthly return, or ask for the template.", "", "")
    wanted = [word for block in layout.blocks for word in (block.heading, *block.words.values())]
    missing = list(dict.fromkeys(word for word in wanted if plain(word) not in texts))
    some = ", ".join(f"“{word}”" for word in missing[:3]) + (
        f" and {len(missing) - 3} more" if len(missing) > 3 else ""
    )
    sentence = f"No site's layout fits; the nearest is {site.label}'s, for which {some} are missing."
    return Refused("not_a_return", sentence, "Send the return in its own layout, with all headings and labels.", "", "")


def _site_on_cover(book: Book, layout: Layout, shared: list[str], sites: Mapping[str, Site]) -> Site:
    """The site that the cover names; refuses a cover that names none, or one that does not use the layout."""
    said = [(sheet, row, c, str(value)) for sheet, row, c, value in values_beside(book, layout.site_label) if value]
    for sheet, row, column, value in said:
        named = sites_named(value, sites)
        meant = next((name for name in named if name in shared), None)
        if meant:
            return sites[meant]
        if named:
            sentence = f"The cover says {sites[named[0]].label}, but the layout is {sites[shared[0]].label}'s."
            fix = "Send the return in the site's own layout, or correct the site on its cover."
            raise Refused("wrong_site", sentence, fix, sheet, address(row, column))
        if len(shared) > 1:
            raise Refused(
                "unknown_site",
                f"The site beside “{layout.site_label}” is not one that we know.",
                f"Type the site's name there, such as {sites[shared[0]].label}, and send the return again.",
                sheet,
                address(row, column),
            )
    if len(shared) == 1:
        return sites[shared[0]]
    raise Refused(
        "unknown_site",
        f"The site is missing: there is nothing beside “{layout.site_label}”.",
        "Type the site's name there.",
        "",
        "",
    )
