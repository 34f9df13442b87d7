"""What the commands share: a progress bar, errors as a sentence with an exit code, times and months that are typed."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import duckdb
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from etl.read.month import read_month
from etl.reference import WrongReference
from etl.sites import WrongSite
from etl.warehouse.load import Busy, WrongUse, read_time

BUSY, DISK, FAULT = 75, 74, 70


@contextmanager
def progress_bar(words: str, then: str = "") -> Iterator[Callable[[int, int], None]]:
    """A progress bar on long work, where somebody can see it; `then` is what is still to do once all is counted."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(words, total=None)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, description=then if then and done == total else words)

        yield advance


@contextmanager
def plain_errors() -> Iterator[None]:
    """What can go wrong, in a sentence and with its exit code; nobody is shown a traceback."""
    try:
        yield
    except (WrongUse, WrongReference, WrongSite) as error:
        _stop(str(error), 2)
    except Busy as error:
        _stop(str(error), BUSY)
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            _stop("Another load is running; try again when it has ended.", BUSY)
        _stop(f"The warehouse cannot be read or written, and nothing has changed: {_first_line(error)}", DISK)
    except (duckdb.Error, OSError) as error:
        _stop(f"The work could not be finished, and nothing has changed: {_first_line(error)}", DISK)
    except KeyboardInterrupt:
        _stop(STOPPED, 130)
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        if isinstance(error, RuntimeError) and str(error) == INTERRUPTED:
            _stop(STOPPED, 130)
        _stop(_fault(error), FAULT)


STOPPED = "Stopped; nothing has changed."


INTERRUPTED = "Query interrupted"  # what DuckDB makes of Ctrl-C while it works


def _fault(error: Exception) -> str:
    """What to say of a fault of ours: where it lies, and never in its own words, which may quote a return."""
    frames = traceback.extract_tb(error.__traceback__)
    line = [frame for frame in frames if Path(frame.filename).is_relative_to(Path(__file__).parents[1])][-1]
    place = f"{type(error).__name__}, {Path(line.filename).name}, line {line.lineno}"
    return (
        "The work could not be finished, and nothing has changed. This is a fault of the programs and not of what you "
        f"did: tell those who look after them of “{place}”."
    )


def _first_line(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text.splitlines()[0] if text else type(error).__name__


def _stop(sentence: str, code: int) -> None:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)


def time_option(text: str, option: str) -> datetime:
    """The time that an option names. Raises WrongUse."""
    try:
        return read_time(text)
    except ValueError:
        raise WrongUse(f"{option} must be a time such as 2019-12-08T10:00:00, not {text!r}.") from None


def day_option(text: str, option: str) -> date:
    """The day that an option names. Raises WrongUse."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"{option} must be a day such as 2019-12-11, not {text!r}.") from None


def month_argument(text: str) -> date:
    """The month that somebody typed. Raises WrongUse."""
    month = read_month(text)
    if month is None:
        raise WrongUse(f"A month is needed, such as 2019-12, not {text!r}.")
    return month
