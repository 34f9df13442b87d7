"""What a chart draws of a number that is under query."""

from datetime import date

from dashboard import theme
from dashboard.charts.over_time import site_line, under_query
from dashboard.data.edition import Row

MONTHS = [date(2019, month, 1) for month in (7, 8, 9)]


def test_a_month_under_query_is_ringed_and_says_so_where_it_is_pointed_at() -> None:
    rows = {month: Row(queried=month.month == 8) for month in MONTHS}
    values = {month: 10.0 * place for place, month in enumerate(MONTHS, 1)}
    texts = {month: f"{value:.0f}" for month, value in values.items()}
    mark = theme.mark_of(1)
    plain, ringed = (site_line(MONTHS, values, texts, mark, 40, None, asked=a) for a in ((), under_query(rows)))
    (ring,) = [one for one in ringed["data"] if one not in plain["data"] and one["mode"] == "markers"]
    assert (list(ring["x"]), list(ring["y"])) == (["2019-08-01"], [20.0])
    assert ring["marker"]["line"]["width"] == 2 and ring["marker"]["color"] == theme.PARTLY
    line = next(one for one in ringed["data"] if one["mode"] == "lines")
    assert [str(text) for _, text in line["customdata"]] == ["10", "20, under query", "30"]
