"""Replays that are killed, shared out, and both: the same numbers, nothing computed twice."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from forecast.ledger import read, verify
from tests.cli.replaying import ROOT, WEEKS, Desk, kill, make_desk, until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, object]:
    desk = make_desk(tmp_path_factory.mktemp("undisturbed"))
    return desk, desk.replay()


def same(desk: Desk, scores: object, undisturbed: tuple[Desk, object]) -> None:
    """Hold a replay against the undisturbed one: ledger, scores, and every fit kept once."""
    whole, expected = undisturbed
    assert scores == expected
    assert desk.logged() == whole.logged()
    assert verify(desk.ledger, None) == []
    assert max(Counter(desk.samples("kept")).values()) == 1
    assert set(desk.samples("kept")) == set(whole.samples("kept"))


def test_a_second_replay_computes_nothing(undisturbed: tuple[Desk, object]) -> None:
    desk, scores = undisturbed
    before = desk.samples("begin")
    assert len(desk.logged()) == WEEKS
    assert desk.replay() == scores
    assert desk.samples("begin") == before
    assert len(desk.logged()) == WEEKS


def test_killed_in_the_middle_it_goes_on_where_it_was(
    tmp_path: Path, undisturbed: tuple[Desk, object]
) -> None:
    desk = make_desk(tmp_path, slowly=0.4)
    with desk.start() as process:
        until(lambda: len(desk.samples("begin")) >= 4)
        kill([process.pid])
    kept, logged = desk.samples("kept"), len(read(desk.ledger))
    assert 0 < logged < WEEKS
    begun = desk.samples("begin")
    same(desk, desk.replay(), undisturbed)
    again = desk.samples("begin")[len(begun) :]
    assert set(again).isdisjoint(kept)  # only what was under way is begun again


def test_two_processes_say_what_one_says(tmp_path: Path, undisturbed: tuple[Desk, object]) -> None:
    desk = make_desk(tmp_path)
    scores = desk.replay("--workers", "2")
    same(desk, scores, undisturbed)
    assert len(desk.samples("begin")) == len(desk.samples("kept"))


def test_a_killed_replay_takes_its_processes_with_it(
    tmp_path: Path, undisturbed: tuple[Desk, object]
) -> None:
    desk = make_desk(tmp_path, slowly=0.4)
    with desk.start("--workers", "2") as process:
        until(lambda: len(desk.samples("begin")) >= 3)
        workers = _children(process.pid)
        assert len(workers) >= 2
        kill([process.pid])
    until(lambda: not any(map(_alive, workers)))
    kept = desk.samples("kept")
    begun = desk.samples("begin")
    same(desk, desk.replay("--workers", "2"), undisturbed)
    assert set(desk.samples("begin")[len(begun) :]).isdisjoint(kept)


def test_a_killed_worker_is_said_and_made_up_for(
    tmp_path: Path, undisturbed: tuple[Desk, object]
) -> None:
    desk = make_desk(tmp_path, slowly=0.4)
    with desk.start("--workers", "2") as process:
        until(lambda: len(desk.samples("begin")) >= 3)
        kill([pid for pid in _children(process.pid) if "spawn_main" in _command(pid)][:1])
        out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (1, "")
    assert err == (
        "the worker processes: must be left alive: one was ended from outside "
        "(run it again: what was computed is kept)\n"
    )
    same(desk, desk.replay(), undisturbed)


CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        pids = [nanny.pid for nanny in cluster.workers.values()]
        print(cluster.scheduler_address, *pids, flush=True)
        sys.stdin.readline()
"""


def test_a_cluster_makes_up_for_a_killed_worker(
    tmp_path: Path, undisturbed: tuple[Desk, object]
) -> None:
    pytest.importorskip("distributed")
    desk = make_desk(tmp_path, slowly=0.4)
    (tmp_path / "cluster.py").write_text(CLUSTER, "utf-8")
    with subprocess.Popen(
        [sys.executable, str(tmp_path / "cluster.py")],
        env=desk.environment, cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as cluster:  # fmt: skip
        assert cluster.stdout is not None
        address, first, _ = cluster.stdout.readline().split()
        with desk.start("--cluster", address) as process:
            until(lambda: len(desk.samples("begin")) >= 3)
            kill([int(first)])
            out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        cluster.communicate("\n", timeout=60)
    same(desk, json.loads(out), undisturbed)


def _children(pid: int) -> list[int]:
    return [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and _stat(int(entry.name))[1:2] == [str(pid)]
    ]


def _stat(pid: int) -> list[str]:
    """Return a process's state, its parent and more; nothing of one that is gone."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


def _command(pid: int) -> str:
    return (Path("/proc") / str(pid) / "cmdline").read_text()


def _alive(pid: int) -> bool:
    return _stat(pid)[:1] not in ([], ["Z"])
