"""Whether the process lives (`/healthz`) and has an edition to show (`/readyz`), for balancers and probes."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, jsonify

from dashboard.access.settings import Settings
from dashboard.data.edition import Edition, Editions, NoEdition


def add_health(server: Flask, settings: Settings) -> None:
    """Answers both, to anybody: neither says a count, and neither asks who somebody is."""
    editions = Editions(settings.data, settings.open_as or "central")

    @server.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @server.get("/readyz")
    def readyz() -> Any:
        try:
            return jsonify(about(editions.get(), settings.clock))
        except NoEdition as problem:
            return Response(f"{problem}\n", status=503, mimetype="text/plain")


def about(edition: Edition, clock: Callable[[], float]) -> dict[str, Any]:
    """The current edition: its name, its last month of data, and how many days ago it was made."""
    month = edition.data_month
    return {
        "edition": edition.name,
        "data_month": month.strftime("%Y-%m") if month else None,
        "age_days": age_days(edition, clock()),
    }


def age_days(edition: Edition, now: float) -> int:
    """How many whole days ago an edition was made; none where a clock has been set back since."""
    made: datetime = edition.about.made
    return max(0, (datetime.fromtimestamp(now, UTC).replace(tzinfo=None) - made).days)
