"""The command line: one small module per verb, and the door they leave by.

::

    app        the verbs, grouped as in the help
    common     what several verbs share: the case, its ledger, its clock, how they speak
    step       one forecast computed and logged, for `refresh` and `replay`
    waiting    what is due, and whether the last forecast still knows all

Nothing heavy is imported before the verb that needs it runs. `run` is the door: whatever goes
wrong inside becomes a line or two on stderr and an exit code.

====  ===========================================
0     fine (also when a reader like ``head`` closed the pipe)
1     a problem in data, case or record
2     wrong usage
130   interrupted from the keyboard
====  ===========================================
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from pickle import UnpicklingError
from typing import NoReturn

import typer

from forecast.cli.app import app_for
from forecast.cli.common import say, say_problems
from forecast.errors import ForecastError, Problem, Stopped, UsageError, printable
from forecast.kit.cache import remove_temporary


def main() -> NoReturn:
    """Run the command line of this process, and end it."""
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # `run` has said what there is to say of a full disk
            stream.flush()
    remove_temporary()
    os._exit(code)  # nothing is left to do, and to take numba's modules apart takes long


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code; no error leaves it as a traceback."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # what the locale cannot show is no error
    command = typer.main.get_command(app_for(arguments))
    try:
        code = command.main(list(arguments), prog_name="forecast", standalone_mode=False)
        sys.stdout.flush()
    except ForecastError as error:
        say_problems(error.problems)
        return 2 if isinstance(error, UsageError) else 1
    except typer.TyperException as error:
        say(f"{error.format_message()} (see `forecast --help`)")
        return 2
    except Stopped:
        say("Interrupted: nothing was done by then.")
        return 130
    except (KeyboardInterrupt, typer.Abort) as error:  # typer makes an EOFError an Abort
        if _in_kept_code(error.__context__):
            return _damaged()
        say("Interrupted.")
        return 130
    except (BrokenPipeError, SystemExit):  # rich and typer leave a closed pipe by SystemExit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # the machine's, no fault of ours
        say(str(_refused(error)))
        return 1
    except Exception as error:  # noqa: BLE001  # the last door: a fault of ours, said in one line
        if _in_kept_code(error):
            return _damaged()
        say(f"forecast has a fault, please report it: {_place(error)}: {error!r}")
        return 1
    if code == 130:
        say("Interrupted.")
    return int(code or 0)


def _refused(error: OSError) -> Problem:
    """Return what the machine did not let be done: a full disk, a folder that is not there."""
    where = "the output, or a temporary file" if error.filename is None else error.filename
    rule = "must be readable and writable"
    return Problem(printable(str(where)), rule, hint=error.strerror or "")


def _in_kept_code(error: BaseException | None) -> bool:
    """Whether an error came from loading compiled code (a cache cut off by a full disk)."""
    if error is None:
        return False
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    unreadable = isinstance(error, EOFError | ValueError | UnpicklingError)
    return unreadable and any(Path(name).parts[-2:] == ("core", "caching.py") for name in files)


def _damaged() -> int:
    from forecast.model.caches import code_folder

    folder = code_folder().parent
    say(f"{folder}: kept compiled code is damaged; delete the folder, it is made anew.")
    return 1


def _place(error: Exception) -> str:
    """The file and line an error was raised at."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return (
        f"{Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}" if trace else ""
    )
