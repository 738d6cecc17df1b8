"""The last line is pinned by nothing: every value of it is looked at before it is believed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forecast.errors import LedgerError
from forecast.families import FAMILIES
from forecast.kit.checks import one_of
from forecast.ledger import append, first_fault, read, verify
from forecast.ledger.chain import GENESIS, encode
from tests.factories import make_forecast

GOOD: dict[str, Any] = json.loads(json.dumps(make_forecast().to_json()))
WAR, STRIKES = ("scenarios", 0), ("indicators", 0)
Path_ = tuple[str | int, ...]


def changed(path: Path_, value: object) -> dict[str, Any]:
    data = copy.deepcopy(GOOD)
    inner: Any = data
    for key in path[:-1]:
        inner = inner[key]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return data


def test_what_is_logged_is_sound() -> None:
    assert first_fault(GOOD) == ""


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ((*WAR, "probability"), "x", "scenarios 1, probability must be a finite number, found x"),
        ((*WAR, "probability"), 7.5, "scenarios 1, probability must be a probability, 0 to 1"),
        ((*WAR, "probability"), True, "probability must be a finite number, found true"),
        ((*WAR, "probability"), None, "scenarios 1, probability must be a finite number"),
        ((*WAR, "probability"), 0.4, "probability must have a probability per scenario that sum"),
        ((*WAR, "probability"), ..., "scenarios 1, probability must be given"),
        ((*WAR, "low"), 0.35, "the range of scenario war must hold its probability"),
        ((*WAR, "id"), "", "scenarios 1, id must be text"),
        ((*WAR, "id"), "other", "scenarios must be two at least, with ids that differ"),
        ((*WAR, "id"), "peace", "support of strikes must have a number per scenario"),
        ((*WAR, "change"), 2, "scenarios 1, change must be from -1 to 1"),
        ((*WAR, "horizons"), {}, "must have a probability per scenario that sum to 1"),
        ((*WAR, "ever_within"), {}, "horizons and ever_within of scenario war must be of the same"),
        ((*WAR, "horizons", "1"), 10**400, "must be a finite number"),
        ((*WAR, "ever_within"), {"1": 0.3, "x": 0.3}, "must be periods ahead, 1 to 520, found x"),
        (("outcomes",), [{"period": "2024-W48", "possible": []}], "must leave some of the"),
        (("outcomes",), [{"period": "2024-W48", "possible": ["war", "other"]}], "not all"),
        (("outcomes",), [{"period": "2024-W48", "possible": ["wra"]}], "must leave some of the"),
        (("outcomes",), [{"period": "2024-W48", "possible": ["war", "war"]}], "must leave some"),
        (("outcomes",), [{"period": "2024-W49", "possible": ["war"]}], "in order, to 2024-W48"),
        (("outcomes",), [{"period": "2024-W48", "possible": ["war"]}] * 2, "of different periods"),
        (("outcomes",), [{"period": "x", "possible": ["war"]}], "outcomes 1, period must be a"),
        (("scenarios",), [], "scenarios must be two at least"),
        (("scenarios",), "x", "scenarios must be a list, found x"),
        (("history", 0, "filtered"), [1.0], "filtered, must have a probability per scenario"),
        (("history", 0, "low"), [0.1], "history of 2024-W48 must have a range per scenario"),
        (("history", 0, "period"), "2024-W47", "history must have every period once, to 2024-W48"),
        (("period",), "2024-13", "period must be a period, found 2024-13"),
        (("period",), "2024-11", "periods must all be weeks, found 2024-11"),
        (("as_of",), "2024-W48", "as_of must be a date, found 2024-W48"),
        (("as_of",), "2024-12-01", "nothing must be published after 2024-12-01, found 2024-12-02"),
        (("issued",), "2024-W48", "issued must be a date and time"),
        (("mode",), "lively", "mode must be live or replayed, found lively"),
        (("cadence",), "day", "cadence must be week or month, found day"),
        (("language",), [], "language must be text, found []"),
        (("pinned",), 0, "pinned must be true or false, found 0"),
        (("readings_used",), -1, "readings_used must be at least 0, found -1"),
        (("readings_used",), 1.5, "readings_used must be a whole number, found 1.5"),
        (("fingerprint",), None, "fingerprint must be text"),
        (("fit",), [], "fit must be a table"),
        (("fit", "ok"), "yes", "fit, ok must be true or false"),
        (("fit", "failures"), [1], "fit, failures 1 must be text, found 1"),
        (("fit", "divergences"), ..., "fit, divergences must be given"),
        ((*STRIKES, "family"), "counts", f"indicators 1, family {one_of(*FAMILIES)(None)}"),
        ((*STRIKES, "state"), "worse", "indicators 1, state must be none, ok, watch"),
        ((*STRIKES, "due"), "", "indicators 1, due must be reported, due or overdue"),
        ((*STRIKES, "value"), -1, "indicators 1, value must be at least 0"),
        ((*STRIKES, "recent", 1), 1e308, "indicators 1, recent 2 must be at least 0 and at most"),
        ((*STRIKES, "value"), None, "strikes must have all of its latest reading, or nothing"),
        ((*STRIKES, "days"), 0, "indicators 1, days must be at least 1"),
        ((*STRIKES, "grade"), "Z9", "indicators 1, grade must be an Admiralty grade"),
        ((*STRIKES, "recent"), [1.0], "strikes, recent must end with 2024-W48"),
        ((*STRIKES, "recent_first"), "2024-W01", "strikes, recent must end with 2024-W48"),
        ((*STRIKES, "next", "quantiles"), {}, "quantiles must have 0.05, 0.5 and 0.95"),
        ((*STRIKES, "next", "quantiles", "0.5"), 1.0, "quantiles must not fall"),
        ((*STRIKES, "next", "thresholds"), {"panic": 0.1}, "must be watch, warning, critical"),
        ((*STRIKES, "next", "levels"), [0.5, 0.5], "levels must have a probability per level"),
        ((*STRIKES, "support"), {"war": 1.0}, "support of strikes must have a number per scenario"),
        (("held", 0, "published"), "2124-12-02", "nothing must be published after 2024-12-02"),
        (("alerts",), [{"indicator": "x", "threshold": "watch", "probability": 0.5,
                        "raised": "2024-W48", "state": "raised"}],
         "alerts must be of its indicators, found x"),
        (("change_since",), {"period": "2024-W47"}, "change_since, as_of must be given"),
        (("files",), {"indicators/x.csv": [1]}, "files, indicators/x.csv 1 must be text, found 1"),
    ],
)  # fmt: skip
def test_a_value_that_is_none_of_a_forecast_is_named(
    tmp_path: Path, path: Path_, value: object, fault: str
) -> None:
    data = changed(path, value)
    assert fault in first_fault(data)
    ledger = tmp_path / "reports" / "ledger.jsonl"
    ledger.parent.mkdir()
    ledger.write_bytes(encode(1, GENESIS, data) + b"\n")
    (problem,) = verify(ledger, None)
    assert str(problem).startswith("reports/ledger.jsonl, line 1: must hold a forecast")
    with pytest.raises(LedgerError, match=r"line 1: must hold a forecast"):
        read(ledger)


@pytest.mark.parametrize("data", [None, [], "x", 7, {}, {"period": "2024-W48"}])
def test_what_is_no_table_of_all_fields_is_no_forecast(data: object) -> None:
    assert first_fault(data)


@pytest.mark.parametrize(
    "edit",
    [
        lambda data: data | {"later": [1, 2]},
        lambda data: {k: v for k, v in data.items() if k not in ("alerts", "files", "support")},
        lambda data: data | {"issued": "2024-12-02T09:00:00+08:00"},
        lambda data: data | {"scenarios": [s | {"change": -0.25} for s in data["scenarios"]]},
    ],
)
def test_other_versions_are_read(edit: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    assert first_fault(edit(GOOD)) == ""


def test_a_line_that_another_pins_is_looked_at_by_a_verification_alone(tmp_path: Path) -> None:
    ledger = tmp_path / "reports" / "ledger.jsonl"
    ledger.parent.mkdir()
    ledger.write_bytes(encode(1, GENESIS, changed((*WAR, "probability"), 7.5)) + b"\n")
    append(ledger, make_forecast(fingerprint="new"))
    assert len(read(ledger)) == 2
    assert verify(ledger, None) == []
    (problem,) = verify(ledger, None, every=True)
    assert problem.where == "reports/ledger.jsonl, line 1"


def test_what_could_not_be_read_again_is_not_logged(tmp_path: Path) -> None:
    ledger = tmp_path / "reports" / "ledger.jsonl"
    made = make_forecast()
    object.__setattr__(made.scenarios[0], "probability", 0.5)
    with pytest.raises(LedgerError, match=r"per scenario that sum to 1: nothing was logged"):
        append(ledger, made)
    assert not ledger.exists()
