"""Credentials: looked up in two places, and shown in none."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

import keyring
import keyring.errors
import pytest

from forecast.case import EventSource
from forecast.errors import PullError
from forecast.sources import acled, ucdp
from forecast.sources.credentials import Secret, credentials
from forecast.sources.problems import Problems
from tests.sources.serving import Desk, Reply, Request, Script, as_json, redirect, serving

USERNAME, PASSWORD, TOKEN = "plant-me@example.org", "plänt&d word/", "planted-token-4711"
ACCESS, REFRESH = "planted-access-token", "planted-refresh-token"
PLANTED = [USERNAME, PASSWORD, TOKEN, ACCESS, REFRESH, "pl%C3%A4nt", "plant-me%40"]
SOURCES = {
    "acled": EventSource("acled", "acled", country=("Syria",)),
    "ucdp": EventSource("ged", "ucdp", version="24.1"),
}
GIVEN = {"access_token": ACCESS, "refresh_token": REFRESH}


def test_the_environment_speaks_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORECAST_UCDP_TOKEN", "from-environment\n")
    monkeypatch.setattr(keyring, "get_password", lambda *_: "from-keyring")
    assert credentials(ucdp.ACCOUNT, Problems("ged")) == [Secret("from-environment")]


def test_then_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {("watchlist-forecast", "acled-username"): "me", ("watchlist-forecast", "x"): "no"}
    monkeypatch.setattr(keyring, "get_password", lambda *key: kept.get(key))
    monkeypatch.setenv("FORECAST_ACLED_PASSWORD", "word")
    found = credentials(acled.ACCOUNT, Problems("acled"))
    assert found == [Secret("me"), Secret("word")]


@pytest.mark.parametrize(
    "error", [keyring.errors.NoKeyringError, keyring.errors.KeyringLocked, OSError]
)
def test_without_a_keyring_it_is_as_if_it_held_nothing(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(*_: str) -> str:
        raise error

    monkeypatch.setattr(keyring, "get_password", fail)
    with pytest.raises(PullError, match="must have credentials: set FORECAST_UCDP_TOKEN"):
        credentials(ucdp.ACCOUNT, Problems("ged"))


def test_what_is_missing_is_named_with_where_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORECAST_ACLED_USERNAME", "me")
    with pytest.raises(PullError) as caught:
        credentials(acled.ACCOUNT, Problems("acled"))
    assert str(caught.value) == (
        "acled: must have credentials: set FORECAST_ACLED_PASSWORD (or keep acled-password in the "
        'system\'s keyring as "watchlist-forecast"; an account is free: '
        "https://acleddata.com/user/register)"
    )


@pytest.mark.parametrize("kind", SOURCES)
def test_nothing_is_asked_without_credentials(desk: Desk, kind: str) -> None:
    with (
        serving([Reply()]) as server,
        pytest.raises(PullError, match="must have credentials"),
    ):
        desk.fetch(SOURCES[kind], desk.service(server.url))
    assert server.asked == []


def test_a_token_that_fits_no_header_is_refused_unseen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORECAST_UCDP_TOKEN", "two\nlines")
    with pytest.raises(PullError, match="must be a token as UCDP gave it") as caught:
        desk.fetch(SOURCES["ucdp"], desk.service("http://127.0.0.1:9"))
    assert "lines" not in str(caught.value)


def test_a_secret_shows_nothing() -> None:
    secret = Secret(PASSWORD)
    assert {repr(secret), str(secret), f"{secret}", repr([secret])} == {"***", "[***]"}


def everything(request: Request) -> str:
    """Return all that was sent, as a careless server may say it back."""
    names = ("x-ucdp-access-token", "authorization")
    sent = [request.headers[name] for name in names if name in request.headers]
    return f"{' '.join(sent)} {request.body} {' '.join(request.form.values())}"


def echo(status: int) -> Script:
    return lambda request: as_json(
        {"message": everything(request), "success": False, "data": []}, status
    )


def echo_after_login(status: int) -> Script:
    later = echo(status)
    return lambda r: as_json(GIVEN) if r.method == "POST" else later(r)


def typed(request: Request) -> Reply:
    if request.method == "POST":
        return as_json(GIVEN)
    return Reply(headers={"Content-Type": everything(request)})


def not_json(request: Request) -> Reply:
    return Reply(everything(request).encode(), headers={"Content-Type": "application/json"})


def garbled(request: Request) -> Reply:
    return redirect(f"http://[{everything(request)}".encode("ascii", "replace").decode())


def away(request: Request) -> Reply:
    if request.method == "POST":
        return as_json(GIVEN)
    return redirect(f"ftp://example.org/{everything(request)}".replace(" ", "/"))


def whole(request: Request) -> Reply:
    if request.method == "POST":
        return as_json(GIVEN)
    data: list[object] = []
    return as_json({"success": True, "data": data, "TotalCount": 0, "Result": data})


SCRIPTS = {
    "echo-200": echo(200), "echo-400": echo(400), "echo-401": echo(401), "echo-500": echo(500),
    "later-200": echo_after_login(200), "later-401": echo_after_login(401),
    "later-403": echo_after_login(403), "later-503": echo_after_login(503),
    "typed": typed, "not-json": not_json, "away": away, "garbled": garbled, "whole": whole,
    "cut": lambda r: Reply(everything(r).encode(), how="cut"),
}  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("kind", SOURCES)
def test_a_planted_secret_is_in_no_error_log_or_file(
    desk: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    kind: str,
    script: str,
) -> None:
    monkeypatch.setenv("FORECAST_ACLED_USERNAME", USERNAME)
    monkeypatch.setenv("FORECAST_ACLED_PASSWORD", PASSWORD)
    monkeypatch.setenv("FORECAST_UCDP_TOKEN", TOKEN)
    caplog.set_level(logging.DEBUG)
    shown = ""
    with serving(SCRIPTS[script]) as server:
        try:
            desk.fetch(SOURCES[kind], desk.service(server.url))
        except PullError as error:
            shown = traceback.format_exc() + repr(error) + repr(error.problems)
            shown += repr(error.__context__) + repr(error.__cause__)
    assert shown or script == "whole"
    for secret in PLANTED:
        assert secret not in shown
        assert secret not in caplog.text
        for path in tmp_path.rglob("*"):
            assert secret not in path.name
            assert not path.is_file() or secret not in path.read_text("utf-8")
