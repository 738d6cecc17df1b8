"""Three sources beside the template and what is counted from them; each rule broken once.

Each entry: file, text, what replaces it (once), and the sentence or sentences.
"""

from __future__ import annotations

from tests.case.broken import II

SO = "indicators/sources.toml"
ACLED, UCDP, FEED = (f"{SO}, [{name}]" for name in ("acled", "ucdp", "feed"))
COUNTED = {name: f"{II}, [counted.{name}]" for name in ("acled", "ucdp", "feed")}
SOURCES = """\
[acled]
kind    = "acled"
country = "Syria"
since   = 2025-01-01
until   = 2025-12-31

[ucdp]
kind    = "ucdp"
version = "25.0.3"
country = ["Syria", "Turkey"]

[feed]
kind    = "table"
at      = "https://example.org/feed.csv"
columns = { id = "nr", date = "begin", admin1 = "Region", text = "what", deaths = "dead" }
"""
COUNTING = """
[counted.acled]
grade   = "B2"
measure = "events"
where   = { type = ["Air/drone strike"], actor = ["Military Forces of Syria"] }

[counted.ucdp]
grade   = "A2"
measure = "sum"
column  = "civilians"

[counted.feed]
grade   = "C3"
measure = "days"
words   = ["strike", "غارة"]
where   = { admin1 = ["Idlib", "Aleppo"] }
"""
RHETORIC = """
[counted.acled]
grade   = "B2"
measure = "events"
"""

BROKEN: dict[str, tuple[str, str, str, str | list[str]]] = {
    # what is pulled from where
    "a source that is no id": (
        SO, "[ucdp]", "[UCDP]",
        [
            f"{COUNTED['ucdp']}: must be a source of {SO} (known: acled, UCDP, feed)",
            f"{SO}, [UCDP]: must be an id: a-z first, then a-z, 0-9 and -",
        ],
    ),
    "a key outside the sources": (
        SO, "[acled]", "until = 1\n[acled]", f"{SO}, until: must be a known key",
    ),
    "an unknown key of a source": (
        SO, "since   =", "sinse = 1\nsince   =",
        f"{ACLED} sinse: must be a known key (did you mean since?)",
    ),
    "a source without a kind": (SO, 'kind    = "acled"\n', "", f"{ACLED} kind: must be given"),
    "an unknown kind": (
        SO, '"acled"', '"gdelt"', f"{ACLED} kind: must be ucdp, acled or table, found gdelt",
    ),
    "a table without a place": (
        SO, 'at      = "https://example.org/feed.csv"\n', "",
        f"{FEED} at: must be given: the kind is table",
    ),
    "a table without columns": (
        SO, "columns = {", "# {", f"{FEED} columns: must be given: the kind is table",
    ),
    "a file of another protocol": (
        SO, "https://", "file://",
        f"{FEED} at: must be a path, or begin with http:// or https:// and hold no space,"
        " found file://example.org/feed.csv",
    ),
    "a path on two lines": (
        SO, "https://example.org/", "a\\n", f"{FEED} at: must be one line, found a\\nfeed.csv",
    ),
    "an address with a password, which is not shown": (
        SO, "https://", "https://me:hunter2@",
        f"{FEED} at: must hold no user name, password, key or token"
        " (a case is shared; for the providers' APIs they are given in the environment)",
    ),
    "an address with a key, which is not shown": (
        SO, "feed.csv", "feed.csv?format=csv&API_KEY=hunter2",
        f"{FEED} at: must hold no user name, password, key or token"
        " (a case is shared; for the providers' APIs they are given in the environment)",
    ),
    "UCDP without a version": (
        SO, 'version = "25.0.3"\n', "",
        f"{UCDP} version: must be given, or at"
        " (for example 25.1, or 24.0.11 for candidate events of November 2024)",
    ),
    "a version of month 13": (
        SO, "25.0.3", "25.0.13",
        f"{UCDP} version: must be a version of UCDP GED such as 25.1, 24.0.11 or 24.01.24.12,"
        " found 25.0.13",
    ),
    "a version that climbs out of its place": (
        SO, "25.0.3", "../25.1",
        f"{UCDP} version: must be a version of UCDP GED such as 25.1, 24.0.11 or 24.01.24.12,"
        " found ../25.1",
    ),
    "a version of ACLED": (
        SO, 'country = "Syria"', 'version = "25.1"',
        f"{ACLED} version: must be left out: the kind is acled",
    ),
    "columns of ACLED": (
        SO, 'country = "Syria"', 'columns = { id = "a", date = "b" }',
        f"{ACLED} columns: must be left out: the kind is acled",
    ),
    "a country twice": (
        SO, '"Turkey"', '"Syria"',
        f"{UCDP} country: must be a name or a list of names that differ, found ['Syria', 'Syria']",
    ),
    "a country that is a number": (
        SO, '= "Syria"', "= 652",
        f"{ACLED} country: must be a name or a list of names that differ, found 652",
    ),
    "a country of a file": (
        SO, "columns =", 'country = "Syria"\ncolumns =',
        f"{FEED} country: must be left out beside at"
        " (a file is pulled whole; filter by country where it is counted)",
    ),
    "a first day in quotes": (
        SO, "2025-01-01", '"2025-01-01"',
        f"{ACLED} since: must be a date, written 2024-12-02 without quotes, found 2025-01-01",
    ),
    "days the wrong way round": (
        SO, "2025-12-31", "2024-12-31",
        f"{ACLED} until: must not be before since, 2025-01-01, found 2024-12-31",
    ),
    "a day at the end of time": (
        SO, "2025-12-31", "9999-12-31",
        f"{ACLED} until: must be in the years 1800 to 2200, found 9999-12-31",
    ),
    "days that a version does not cover": (
        SO, '"25.0.3"', '"25.0.3"\nsince = 2025-03-01\nuntil = 2025-04-01',
        f"{UCDP} until: must lie in what version 25.0.3 covers, 2025-03-01 to 2025-03-31,"
        " found 2025-04-01",
    ),
    "an event without a date": (
        SO, 'date = "begin", ', "", f"{SO}, [feed.columns] date: must be given",
    ),
    "a misspelt column": (
        SO, "deaths =", "daeths =",
        f"{SO}, [feed.columns] daeths: must be a known key (did you mean deaths?)",
    ),
    "a column that is no name": (
        SO, '"dead"', "4", f"{SO}, [feed.columns] deaths: must be text, found 4",
    ),
    "an order of dates that does not exist": (
        SO, "columns =", 'dates = "ydm"\ncolumns =',
        f"{FEED} dates: must be ymd, dmy or mdy, found ydm",
    ),
    "a decimal sign that is none": (
        SO, "columns =", 'decimal = "\'"\ncolumns =', f"{FEED} decimal: must be . or ,, found '",
    ),
    "words for empty cells that repeat": (
        SO, "columns =", 'missing = ["NA", "NA"]\ncolumns =',
        f"{FEED} missing: must be a list of names that differ, without spaces around them,"
        " found ['NA', 'NA']",
    ),
    "longer rows that are nothing known": (
        SO, "columns =", 'longer = "spread"\ncolumns =',
        f"{FEED} longer: must be total or apart, found spread",
    ),
    "a delay of years": (
        SO, "columns =", "delay = 1000\ncolumns =",
        f"{FEED} delay: must be a whole number from 0 to 366, found 1000",
    ),
    "a delay beside dates of publication": (
        SO, "columns = { ", 'delay = 3\ncolumns = { published = "seen", ',
        f"{FEED} delay: must be left out beside columns.published",
    ),
    "what only a table has": (
        SO, 'kind    = "acled"', 'kind    = "acled"\nlonger = "apart"\ndelay = 1\ndates = "dmy"',
        [
            f"{ACLED} {key}: must be left out: the kind is acled"
            for key in ("dates", "longer", "delay")
        ],
    ),
    "an id of a column twice": (
        SO, '"nr"', '["nr", "nr"]', f"{SO}, [feed.columns] id: must be a column or a list of"
        " columns that differ, found ['nr', 'nr']",
    ),
    "own numbers without a column": (
        SO, 'deaths = "dead"', "values = { aircraft = 1 }",
        f'{SO}, [feed.columns] values: must be a table such as {{ aircraft = "Aircraft" }}, names'
        " of a-z, 0-9, - and _, found {'aircraft': 1}",
    ),
    "an own number with a name that is SQL": (
        SO, 'deaths = "dead"', """values = { "x'; DROP TABLE life; --" = "a" }""",
        f'{SO}, [feed.columns] values: must be a table such as {{ aircraft = "Aircraft" }}, names'
        """ of a-z, 0-9, - and _, found {"x'; DROP TABLE life; --": 'a'}""",
    ),
    "an own number with a name every event may have": (
        SO, 'deaths = "dead"', 'values = { deaths = "dead" }',
        f"{SO}, [feed.columns] values: must not name deaths: it is a column of its own"
        ' (deaths = "..." beside it)',
    ),
    "days of rows that last longer": (
        SO, 'deaths = "dead"', 'last_day = "end", day_rows = true',
        f"{SO}, [feed.columns] last_day: must be left out: every day has its own row",
    ),
    "a former id of a source that is there": (
        SO, "columns =", 'was = ["acled"]\ncolumns =',
        f"{FEED} was: must not name acled: it is the source [acled]",
    ),
    "a former id of two sources": (
        SO, "[ucdp]", '[more]\nkind = "acled"\nwas = ["old"]\n[ucdp]\nwas = ["old"]',
        f"{UCDP} was: must not name old: it is what [more] was",
    ),
    "a former id that is none": (
        SO, "columns =", 'was = ["Old"]\ncolumns =',
        f"{FEED} was: must be a list of ids that differ, found ['Old']",
    ),
    "a sum of an own number that is not there": (
        II, '"days"', '"sum"\ncolumn = "vessels"',
        f"{COUNTED['feed']} column: must be a number that feed has, found vessels (known: deaths)",
    ),
    # how readings are counted
    "a counting that is no table": (
        II, COUNTING, "counted = { acled = 1 }",
        f"{II}, counted: must hold a table per source, at least one, found {{'acled': 1}}",
    ),
    "a source that is not pulled": (
        II, '"ucdp"', '"uccp"', f"{COUNTED['ucdp']}: must be one of the indicator's sources"
        " (did you mean uccp?)",
    ),
    "a counting of a misspelt source": (
        II, "[counted.feed]", "[counted.fed]",
        [
            f"{II}, [counted.fed]: must be a source of {SO} (did you mean feed?)",
            f"{II}, [counted.fed]: must be one of the indicator's sources (did you mean feed?)",
        ],
    ),
    "an unknown key of a counting": (
        II, "words   =", "word =",
        f"{COUNTED['feed']} word: must be a known key (did you mean words?)",
    ),
    "a counting without a grade": (
        II, 'grade   = "A2"\n', "", f"{COUNTED['ucdp']} grade: must be given",
    ),
    "a grade that does not exist": (
        II, '"A2"', '"A9"',
        f"{COUNTED['ucdp']} grade: must be an Admiralty grade, A-F then 1-6, found A9",
    ),
    "an unknown measure": (
        II, '"sum"', '"mean"',
        f"{COUNTED['ucdp']} measure: must be events, sum or days, found mean",
    ),
    "a sum of nothing": (
        II, 'column  = "civilians"\n', "",
        f"{COUNTED['ucdp']} column: must be given: the measure is sum",
    ),
    "days of a column": (
        II, '"days"', '"days"\ncolumn = "deaths"',
        f"{COUNTED['feed']} column: must be left out: the measure is days",
    ),
    "a sum of SQL": (
        II, '"civilians"', '"1; DROP TABLE events"',
        f"{COUNTED['ucdp']} column: must be the name of a number: a-z first, then a-z, 0-9, -"
        " and _, found 1; DROP TABLE events",
    ),
    "a sum of what UCDP has not": (
        II, '"civilians"', '"value"', f"{COUNTED['ucdp']} column: must be a number that ucdp has,"
        " found value (known: deaths, deaths_low, deaths_high, civilians)",
    ),
    "a sum of what ACLED has not": (
        II, '"events"', '"sum"\ncolumn = "deaths_low"',
        f"{COUNTED['acled']} column: must be a number that acled has, found deaths_low"
        " (did you mean deaths?)",
    ),
    "a sum of a column that is not mapped": (
        II, '"days"', '"sum"\ncolumn = "value"',
        f"{COUNTED['feed']} column: must be a number that feed has, found value (known: deaths)",
    ),
    "a filter by a column that is not mapped": (
        II, "admin1", "admin2", f"{II}, [counted.feed.where] admin2: must be left out,"
        f" or {SO}, [feed.columns] admin2 be given",
    ),
    "words in a text that is not mapped": (
        SO, ', text = "what"', "", f"{COUNTED['feed']} words: must be left out,"
        f" or {SO}, [feed.columns] text be given",
    ),
    "a filter by a misspelt word": (
        II, "type =", "typ =",
        f"{II}, [counted.acled.where] typ: must be a known key (did you mean type?)",
    ),
    "a filter by one name": (
        II, '["Air/drone strike"]', '"Air/drone strike"',
        f"{II}, [counted.acled.where] type: must be a list of names that differ, without spaces"
        " around them, found Air/drone strike",
    ),
    "a name with a space behind it": (
        II, "drone strike", "drone strike ",
        f"{II}, [counted.acled.where] type: must be a list of names that differ, without spaces"
        " around them, found ['Air/drone strike ']",
    ),
    "a filter that lets nothing through": (
        II, '{ admin1 = ["Idlib", "Aleppo"] }', "{}",
        f"{COUNTED['feed']} where: must be a table such as {{ a = 1 }}, found {{}}",
    ),
    "a word of one letter": (
        II, '"strike"', '"s"',
        f"{COUNTED['feed']} words: must be a list of beginnings of words that differ, each at least"
        " 2 letters or digits, found ['s', 'غارة']",
    ),
    "a word with a sign in it": (
        II, '"strike"', '"stri-ke"',
        f"{COUNTED['feed']} words: must be a list of beginnings of words that differ, each at least"
        " 2 letters or digits, found ['stri-ke', 'غارة']",
    ),
}  # fmt: skip
