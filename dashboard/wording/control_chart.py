"""What a control chart says: what varies by chance and what does not, and what its limits rest on."""

from dashboard.data.edition import Row
from etl.definitions.messages import Message, Name, Text, _, joined
from etl.definitions.periods import write_month
from etl.definitions.settings import thresholds
from etl.definitions.writing import count, lower_first

CHART = thresholds("control_chart")
RUN = count(CHART["run"])
# What the signals of a chart are called in its table.
SIGNALS = {
    "above_limit": _("above the upper limit"),
    "below_limit": _("below the lower limit"),
    "trend_up": _("in a run of {number} or more that rises", number=RUN),
    "trend_down": _("in a run of {number} or more that falls", number=RUN),
    "two_in_three_above": _("near the upper limit twice in three months"),
    "two_in_three_below": _("near the lower limit twice in three months"),
    "shift_above": _("above average {number} or more months in a row", number=RUN),
    "shift_below": _("below average {number} or more months in a row", number=RUN),
}


def what_is_drawn(label: str, measure: str) -> Message:
    """A measure of a site."""
    return _("{site}: {measure}", site=Name(label), measure=lower_first(measure))


def by_month(label: str, measure: str) -> Message:
    """A measure of a site by month, where nothing is known to say of it."""
    return _("{chart} by month", chart=what_is_drawn(label, measure))


def control(label: str, row: Row, alarm: Row | None = None) -> Message:
    """What a control chart shows, as its row says; an alarm that is on comes first."""
    if alarm is not None:
        return _("{site}: {what}", site=Name(label), what=alarm.words)
    chart = what_is_drawn(label, row.label)
    if is_hidden(row):
        if row.points:
            return _("{chart} by month, of which some are hidden", chart=chart)
        return _("{chart} by month, all of them hidden", chart=chart)
    if row.state == "chance":
        if row.label.endswith("s"):
            return _("{chart} by month show no clear change", chart=chart)
        return _("{chart} by month shows no clear change", chart=chart)
    if row.state == "earlier":
        return _("{chart}, a change earlier and none now", chart=chart)
    if row.state == "signal":
        return _("{chart}, {words} in the last month", chart=chart, words=row.words)
    return _("{chart} by month, {words}", chart=chart, words=row.words)


def chance(row: Row, alarm: Row | None) -> list[Text]:
    """What chance alone does to such a chart, and to the alarm that is on."""
    found = [alarm.usual, alarm.false_alarms] if alarm is not None else []
    return [*found, row.chance] if row.chance else found


def is_hidden(row: Row) -> bool:
    """Whether a control chart has no limits because some of its months may not be seen."""
    return bool(row.state == "hidden")


def chart_note(row: Row, alarm: Row | None = None) -> Text:
    """What the limits are and rest on, and which months are signals; with an alarm on, not that none is."""
    if is_hidden(row):
        return _("No limits are drawn: hidden months could be worked out from them.")
    if not row.drawn:
        needed = count(CHART["trial_points"])
        return _("No limits are drawn: they need {number} months that are not all the same.", number=needed)
    limits = (
        _("Exact Poisson limits from {number} months", number=row.points)
        if row.kind == "poisson"
        else _("XmR limits from {number} months", number=row.points)
    )
    if row.trial:
        limits = _("{limits}, on trial until {number} are known", limits=limits, number=count(CHART["enough_points"]))
    if alarm is not None and not row.signals:
        return joined("", [limits, "."])
    signals = _("Ringed: {months}.", months=row.signal_words) if row.signals else _("No month is a signal.")
    return joined(". ", [limits, signals])


def rebased(row: Row) -> Message:
    """The last decision to let the limits start afresh, with whose it was."""
    if row.rebased is None:
        return _("No decision to start the limits afresh is recorded.")
    return _(
        "Limits start afresh in {month}: {reason} ({who}).",
        month=write_month(row.rebased),
        reason=row.reason,
        who=row.who,
    )
