"""Single values of the ledger's last line changed: every verb that reads says it in words."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from forecast.ledger.chain import GENESIS, encode
from tests.cli.conftest import Run

VALUES: tuple[Any, ...] = (
    None, "x", "", 0, 1, -1, 7.5, -0.5, 1e308, 2**60, 10**400, True, [], {}, [1], {"a": 1},
    "2062-11-30", "2024-13", "W", "\u202e", "a\nb", "\x1b[31m", "9" * 200, "2024-W48", "2024-11",
)  # fmt: skip
VERBS = ("check", "show", "watch", "log", "log --verify", "memo --output -", "")


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(data, dict | list):
        inner = data.items() if isinstance(data, dict) else enumerate(data)
        for key, value in inner:
            yield from places(value, (*path, key))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_no_value_of_the_last_line_leads_to_a_fault(forecast: Run, root: Path, seed: int) -> None:
    assert forecast("refresh").code == 0
    ledger = root / "reports" / "ledger.jsonl"
    good = json.loads(ledger.read_bytes())["forecast"]
    chance = random.Random(seed)  # noqa: S311  # not for secrets
    for path in places(good):
        data: Any = copy.deepcopy(good)
        inner = data
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = value = chance.choice(VALUES)
        if chance.random() < 0.1:
            del inner[path[-1]]
        ledger.write_bytes(encode(1, GENESIS, data) + b"\n")
        for verb in chance.sample(VERBS, 2):
            result = forecast(*verb.split())
            assert result.code in (0, 1), (path, value, verb, result.err)
            assert "fault" not in result.err, (path, value, verb, result.err)
