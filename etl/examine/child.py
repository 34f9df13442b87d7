"""The child process that reads and checks one file after another; only numbers and sentences leave it."""

import gc
import json
import pickle
from collections.abc import Callable, Mapping
from datetime import datetime

from etl.check import check_return
from etl.examine import wire
from etl.examine.wire import Examined
from etl.intake import Refused, child, refusals
from etl.read import Rejected, read_return
from etl.sites import Site


def serve() -> None:
    """Answer each file that comes in on standard input, until the parent closes it."""
    child.serve(prepare)


def prepare(opening: bytes) -> Callable[[bytes], bytes]:
    """What answers a message (name and time received in a line of JSON, then the file), by the sites that we know."""
    sites: Mapping[str, Site] = pickle.loads(opening)  # noqa: S301  our parent's own words, before any file
    gc.freeze()
    gc.set_threshold(200_000)  # a grid is many small things and no circles
    return lambda message: answer(message, sites)


def answer(message: bytes, sites: Mapping[str, Site]) -> bytes:
    """The message for one file: what it says and what is wrong with it, or why it is not used."""
    about, _, content = message.partition(b"\n")
    name, received = json.loads(about)
    try:
        return wire.from_examined(examine(content, name, datetime.fromisoformat(received), sites), sites)
    except MemoryError:
        child.give_up()
    except BaseException:  # whatever is raised may quote the file, so it ends here
        return wire.from_examined(Examined(refused=refusals.unreadable()), sites)


def examine(content: bytes, name: str, received: datetime, sites: Mapping[str, Site]) -> Examined:
    """What a file says and what is wrong with it, or why it is not used."""
    try:
        given = read_return(child.read_grid(content), name, received, sites)
    except Refused as refused:
        return Examined(refused=refused)
    except Rejected as rejected:
        return Examined(refused=rejected.refused, site=rejected.site, month=rejected.month)
    return Examined(given, tuple(check_return(given)))
