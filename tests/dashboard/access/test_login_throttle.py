"""Brute force: guesses wait longer and longer, and the answer says nothing about which names there are."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dashboard.access.login_throttle import Attempts
from dashboard.access.rate_limit import RateLimiter
from dashboard.access.store import Store

WRONG = "a wrong password here"


def guess(attempts: Attempts, clock: Any, seconds: float, name: str, address: Callable[[int], str]) -> int:
    """How many guesses somebody gets in who tries again as soon as they may."""
    end, made = clock.now + seconds, 0
    while clock.now < end:
        wait = attempts.take(name, address(made))
        clock.now += wait
        made += 0 if wait else 1
    return made


def test_from_one_address_a_day_has_few_guesses(tmp_path: Path, clock: Any) -> None:
    attempts = Attempts(Store(tmp_path), clock)
    assert guess(attempts, clock, 86_400, "ann", lambda n: "192.0.2.1") < 130


def test_from_many_addresses_a_day_has_not_many(tmp_path: Path, clock: Any) -> None:
    attempts = Attempts(Store(tmp_path), clock)
    assert guess(attempts, clock, 7_200, "ann", lambda n: f"192.0.{n % 250}.{n % 199}") < 170


def test_many_names_from_one_address_are_slowed(tmp_path: Path, clock: Any) -> None:
    attempts = Attempts(Store(tmp_path), clock)
    taken = [attempts.take(f"name{n}", f"2001:db8::{n:x}") for n in range(40)]
    assert taken[:20] == [0.0] * 20
    assert all(taken[20:]), "addresses of one network count as one"


def test_somebody_else_s_failures_keep_nobody_out_for_long(tmp_path: Path, clock: Any) -> None:
    attempts = Attempts(Store(tmp_path), clock)
    for n in range(60):
        clock.now += attempts.take("ann", f"198.51.100.{n}")
        attempts.take("ann", f"198.51.100.{n}")
    assert attempts.take("ann", "192.0.2.1") <= 60


def test_at_once_no_more_get_through_than_one_after_another(tmp_path: Path, clock: Any) -> None:
    stores = [Attempts(Store(tmp_path), clock) for _ in range(2)]  # as in two worker processes
    waits: list[float] = []
    threads = [
        threading.Thread(target=lambda n=n: waits.append(stores[n % 2].take("ann", "192.0.2.1"))) for n in range(24)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert waits.count(0.0) == 5


def test_a_right_attempt_forgives_its_own_and_not_others(tmp_path: Path, clock: Any) -> None:
    attempts = Attempts(Store(tmp_path), clock)
    for n in range(25):
        clock.now += attempts.take("ann", f"198.51.100.{n}")
        attempts.take("ann", f"198.51.100.{n}")
    clock.now += 61
    assert attempts.take("ann", "192.0.2.1") == 0
    attempts.right("ann", "192.0.2.1")
    assert attempts.take("ann", "198.51.100.77") > 0, "guessing goes on no faster after a right attempt"


def test_what_is_typed_is_not_kept(tmp_path: Path, clock: Any) -> None:
    Attempts(Store(tmp_path), clock).take("my secret password", "192.0.2.1")
    kept = (tmp_path / "access" / "sessions.sqlite").read_bytes()
    assert b"my secret" not in kept
    assert b"192.0.2" not in kept


def test_the_page_waits_too_and_lets_in_afterwards(reader: Any, clock: Any) -> None:
    for _ in range(5):
        assert reader.sign_in("ann", WRONG).status_code == 403
    slowed = reader.sign_in("ann")
    assert slowed.status_code == 429
    assert int(slowed.headers["Retry-After"]) >= 1
    assert "Too many attempts" in slowed.get_data(as_text=True)
    clock.now += 2
    assert reader.sign_in("ann").status_code == 303


def test_wrong_name_and_wrong_password_get_the_same_answer(another: Callable[..., Any]) -> None:
    def said(name: str) -> tuple[int, str, list[str]]:
        answer = another("192.0.2.5").sign_in(name, WRONG)
        text = answer.get_data(as_text=True).replace(name, "NAME")
        return answer.status_code, text.split('name="csrf"')[0], sorted(answer.headers.keys())

    assert said("ann") == said("bob")


def test_a_lost_cookie_does_not_reset_the_count(another: Callable[..., Any]) -> None:
    answers = [another("192.0.2.9").sign_in("ann", WRONG).status_code for _ in range(7)]
    assert answers == [403] * 5 + [429] * 2


def test_an_old_form_tries_nothing(reader: Any) -> None:
    form = {"csrf": "old", "name": "ann", "password": "four words in a row"}
    assert reader.client.post("/sign-in", data=form).status_code == 400
    reader.client.get("/sign-in")
    assert reader.client.post("/sign-in", data=form).status_code == 400
    assert reader.see("/").status_code == 401


def test_after_signing_in_one_lands_on_our_own_pages(another: Callable[..., Any]) -> None:
    elsewhere = ("https://evil.example/", "//evil.example/x", "/\\evil.example", "javascript:alert(1)", "/%0d%0aX-Y:1")
    for wanted in (*elsewhere, "/sign-out", "/\t/evil.example", "///evil.example"):
        where = another().sign_in("ann", wanted=wanted).location
        assert where.startswith("/"), wanted
        assert not where.startswith(("//", "/\\", "/sign-out")), wanted
        assert "\n" not in where
    assert another().sign_in("ann", wanted="/costs?site=croydon").location == "/costs?site=croydon"


def test_pace_fills_again_and_forgets() -> None:
    now = [0.0]
    pace = RateLimiter(3, 1.0, lambda: now[0])
    assert [pace.allows("a") for _ in range(4)] == [True, True, True, False]
    assert pace.allows("b")
    now[0] += 1
    assert [pace.allows("a") for _ in range(2)] == [True, False]


def test_somebody_else_s_attempt_a_moment_later_is_no_reason_to_wait(tmp_path: Path, clock: Any) -> None:
    """Two workers' clocks are read in another order than they get to write."""
    store = Store(tmp_path)
    assert Attempts(store, lambda: clock.now + 5).take("ann", "192.0.2.1") == 0
    assert Attempts(store, clock).take("bob", "192.0.2.1") == 0
