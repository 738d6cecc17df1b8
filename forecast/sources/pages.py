"""Pages of an API into one CSV as they arrive, each event once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from forecast.sources.flat import Row, Sheet
from forecast.sources.problems import Problems

MOST_EVENTS = 5_000_000  # of one pull: their ids are in memory


class Pages:
    """Writes rows under those of the documented ``columns`` that the first row has.

    A column the provider no longer sends is thus missing in the file, not empty in it, and the
    reader can say so. An event that comes a second time shows that paging does not hold still, and
    that others may have been passed over.
    """

    def __init__(self, to: Path, columns: Sequence[str], key: str, problems: Problems) -> None:
        self._to = to
        self._columns = list(columns)
        self._key = key
        self._problems = problems
        self._seen: set[str] = set()
        self._sheet: Sheet | None = None

    @property
    def received(self) -> int:
        """How many events came so far, those not kept included."""
        return len(self._seen)

    def add(self, rows: Sequence[Row], kept: Sequence[Row]) -> None:
        """Take in a page: ``rows`` that came, of which some are ``kept``.

        Raises
        ------
        PullError
            If a row lacks its id or another column that the first row had, or came before, or if
            there are too many.
        """
        if self.received + len(rows) > MOST_EVENTS:
            hint = "ask for fewer days or countries: since, until, country"
            raise self._problems.error(f"must send at most {MOST_EVENTS:,} events", "more", hint)
        if self._sheet is None and rows:
            self._columns = [column for column in self._columns if column in rows[0]]
            self._sheet = Sheet(self._to, self._columns, self._problems)
        for row in rows:
            missing = {self._key, *self._columns} - {name for name in row if name in self._columns}
            if missing:
                raise self._problems.error(f"must send {min(missing)} of every event", "none")
            if row[self._key] in self._seen:
                raise self._problems.error(
                    "must send each event once",
                    f"{row[self._key]} twice",
                    "it may have changed while it was read: pull again",
                )
            self._seen.add(str(row[self._key]))
        if self._sheet is not None:
            self._sheet.add(kept)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._sheet is None and kind is None:
            self._sheet = Sheet(self._to, self._columns, self._problems)
        if self._sheet is not None:
            self._sheet.close()
