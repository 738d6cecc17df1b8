"""Recording a reading: one line more, or the file as it was."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from forecast.case import Case
from forecast.errors import CaseError, ReadingError
from forecast.readings import append_reading, check_readings, known_as_of, load_readings
from tests.factories import HEADER, make_case

ROW = {
    "period": "2024-W48",
    "value": "52",
    "published": "2024-12-02",
    "source": "acled",
    "grade": "B2",
    "url": "https://example.org/a",
}
REFUSED = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
NOTES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])).filter(
    lambda text: set(REFUSED).isdisjoint(text)
)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path / "case")


def path(case: Case) -> Path:
    return case.readings_paths["strikes"]


def test_a_reading_is_appended_as_one_line_and_returned(case: Case) -> None:
    reading = append_reading(case, "strikes", **ROW, days="4", note='40, "raids"').reading
    assert path(case).read_text("utf-8") == HEADER + (
        '2024-W48,52,2024-12-02,acled,B2,4,,north-west,https://example.org/a,"40, ""raids"""\n'
    )
    assert (reading,) == load_readings(case)


@given(notes=st.lists(NOTES, min_size=1, max_size=4), end=st.sampled_from(["\n", "\r\n"]))
@example(notes=['"', ',"', "\ufeff", " ", "\xa0", "=1+1", "[red]", "'"], end="\r\n")
@settings(max_examples=60)
def test_any_printable_note_survives(notes: list[str], end: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        case = make_case(Path(folder) / "case")
        path(case).write_bytes(HEADER.replace("\n", end).encode())
        made = [
            append_reading(
                case, "strikes", **{**ROW, "period": f"2024-W{40 + k}"}, note=note
            ).reading
            for k, note in enumerate(notes)
        ]
        assert tuple(made) == load_readings(case)
        assert [reading.note for reading in made] == notes
        assert path(case).read_bytes().count(end.encode()) == len(notes) + 1


@given(st.text(max_size=8))
@example("\ud800")
@example("a\nb")
@settings(max_examples=60)
def test_any_text_is_recorded_as_it_is_or_refused_and_the_file_stays_sound(note: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        case = make_case(Path(folder) / "case")
        try:
            append_reading(case, "strikes", **ROW, note=note)
        except ReadingError:
            assert load_readings(case) == ()
        else:
            assert [reading.note for reading in load_readings(case)] == [note]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HEADER, HEADER),
        (HEADER.removesuffix("\n"), HEADER),
        (HEADER.replace("\n", "\r\n"), HEADER.replace("\n", "\r\n")),
        ("\ufeff" + HEADER, "\ufeff" + HEADER),
        (HEADER + "\n\n", HEADER + "\n\n"),
    ],
    ids=["plain", "no end", "crlf", "bom", "blank lines"],
)
def test_every_byte_before_the_new_row_stays(case: Case, before: str, after: str) -> None:
    path(case).write_bytes(before.encode())
    reading = append_reading(case, "strikes", **ROW).reading
    data = path(case).read_bytes()
    assert data.startswith(after.encode() + b"2024-W48,")
    assert data.endswith(b"\r\n" if "\r\n" in before else b"\n")
    assert load_readings(case) == (reading,)


def test_columns_follow_the_order_of_the_file(case: Case) -> None:
    path(case).write_text("note," + HEADER.replace(",note", ""), "utf-8")
    append_reading(case, "strikes", **ROW, note="first")
    assert path(case).read_text("utf-8").endswith("\nfirst,2024-W48,52,2024-12-02,acled,B2,,,"
        "north-west,https://example.org/a\n")  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"value": "-1"}, "strikes, value"),
        ({"period": "2024-W54"}, "strikes, period"),
        ({"note": "two\nlines"}, "strikes, note"),
        ({"url": ""}, "strikes, url"),
        ({"source": "cnn"}, "strikes, source"),
        ({"value": ""}, "strikes, value"),
        ({"value": "", "note": "withdrawn"}, "strikes, value"),
        ({"published": "2124-12-02"}, "strikes, published"),
    ],
)
def test_what_breaks_a_rule_changes_nothing(case: Case, fields: dict[str, str], where: str) -> None:
    append_reading(case, "strikes", **{**ROW, "period": "2024-W47"})
    before = path(case).read_bytes()
    with pytest.raises(ReadingError) as caught:
        append_reading(case, "strikes", **{**ROW, **fields})
    assert [problem.where for problem in caught.value.problems] == [where]
    assert path(case).read_bytes() == before


def test_an_unknown_indicator_is_named_with_the_closest(case: Case) -> None:
    with pytest.raises(ReadingError, match=r"found strike \(did you mean strikes\?\)"):
        append_reading(case, "strike", **ROW)


def test_a_file_with_a_problem_is_not_added_to(case: Case) -> None:
    path(case).write_text(HEADER + "2024-W48\n", "utf-8")
    with pytest.raises(CaseError, match="line 2: must have 10 fields"):
        append_reading(case, "strikes", **ROW)
    assert path(case).read_text("utf-8") == HEADER + "2024-W48\n"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_at_any_step_leaves_the_old_file_and_nothing_else(
    case: Case, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os if step == "fsync" else Path, step, fail)
    with pytest.raises(ReadingError, match="must be writable: nothing was recorded"):
        append_reading(case, "strikes", **ROW)
    assert path(case).read_text("utf-8") == HEADER
    assert not list(path(case).parent.glob("*.tmp"))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes and links")
def test_mode_and_link_of_the_file_are_kept(case: Case, tmp_path: Path) -> None:
    elsewhere = path(case).rename(tmp_path / "elsewhere.csv")
    elsewhere.chmod(0o640)
    path(case).symlink_to(elsewhere)
    append_reading(case, "strikes", **ROW)
    assert path(case).is_symlink()
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o640
    assert len(load_readings(case)) == 1


def test_a_row_that_is_there_is_not_written_again(case: Case) -> None:
    append_reading(case, "strikes", **ROW)
    before = path(case).read_bytes()
    done = append_reading(case, "strikes", **{**ROW, "value": "52.0"}, days="7")
    assert (done.known, done.replaced) == ("indicators/strikes.csv, line 2", None)
    assert path(case).read_bytes() == before


def test_a_slip_of_the_same_day_is_corrected_by_the_next_row_and_that_by_another(
    case: Case,
) -> None:
    values = ["52", "53", "52"]
    done = [append_reading(case, "strikes", **{**ROW, "value": value}) for value in values]
    assert [each.known for each in done] == ["", "", ""]
    assert [each.replaced and each.replaced.value for each in done] == [None, 52.0, 53.0]
    (reading,) = load_readings(case)
    assert (reading.value, reading.line) == (52.0, 4)
    assert check_readings(case) == []
    known = known_as_of(case, load_readings(case), date(2024, 12, 9))
    assert (known.silent, known.replaced) == ((), ())  # the slip never was


@pytest.mark.parametrize("published", ["2024-12-02", "2024-12-05"])
def test_what_a_source_withdraws_is_not_known_from_then_on(case: Case, published: str) -> None:
    append_reading(case, "strikes", **{**ROW, "source": "sohr", "value": "60"})
    append_reading(case, "strikes", **ROW)
    gone = {**ROW, "value": "", "grade": "", "url": "", "source": "sohr"}
    append_reading(case, "strikes", **{**gone, "published": published}, note="counted twice")
    readings = load_readings(case)
    assert check_readings(case) == []

    def spoken(day: date) -> list[tuple[str, float]]:
        known = known_as_of(case, readings, day)
        return [(r.source, r.value) for r in known.speaking.values()]

    before = [("sohr", 60.0)] if published == "2024-12-05" else [("acled", 52.0)]
    assert spoken(date(2024, 12, 4)) == before
    assert spoken(date(2024, 12, 5)) == [("acled", 52.0)]
    with pytest.raises(ReadingError, match="there is no earlier reading to withdraw"):
        append_reading(case, "strikes", **{**gone, "published": "2024-12-06"}, note="again")
    append_reading(case, "strikes", **{**ROW, "source": "sohr", "published": "2024-12-07"})
    last = known_as_of(case, load_readings(case), date(2024, 12, 9))
    assert [r.source for r in last.speaking.values()] == ["sohr"]
    assert not any(r.withdrawn for r in (*last.replaced, *last.silent, *last.held))
