"""Tuples of arrays, declared once: name, dimensions and meaning, from which all else follows.

::

    class Rows(NamedTuple):
        gap: Annotated[Array, "row", "Periods since the last usable reading."]
        series: Annotated[Index, "row", "Which series a row is of."]

    ROWS = Table(Rows)

``ROWS.pack`` makes one vector of floats and one of whole numbers of it, behind the sizes of its
dimensions; ``ROWS.unpack`` is compiled and undoes that with views. A dimension ``row + 1`` is one
longer than ``row``. Sizes are those of the arrays: two that differ are an error here, because
compiled code does not look.

`Split` cuts a vector of free parameters likewise, by the sizes of a table's dimensions, and
`closed` compiles the choice between the functions of a closed set of kinds. Numba compiles what is
written, so all three write what they compile.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple, get_args, get_type_hints

import numpy as np

from forecast.model.jit import written
from forecast.model.spec import Array, Index


class Declared(NamedTuple):
    """One array of a table: dimensions by name, whether of whole numbers, and what it holds."""

    dims: tuple[str, ...]
    whole: bool
    meaning: str


def declared(kind: type[Any]) -> dict[str, Declared]:
    """The arrays of a tuple, by field.

    Raises
    ------
    TypeError
        If a field has no dimensions or no meaning.
    """
    found = {}
    for name, hint in get_type_hints(kind, include_extras=True).items():
        of_array = get_args(hint)
        match of_array[1:]:
            case (str(dims), str(meaning)):
                names = tuple(dim.strip() for dim in dims.split(",") if dim.strip())
                found[name] = Declared(names, of_array[0] == Index, meaning)
            case _:
                raise TypeError(f"{kind.__name__}.{name} must declare its dimensions and meaning")
    return found


class Table[T: tuple[Any, ...]]:
    """How a tuple of arrays is packed and unpacked.

    Attributes
    ----------
    arrays
        Its declared arrays, by field.
    dims
        Names of its dimensions, in the order of their sizes.
    unpack
        Compiled: floats (F,) and whole numbers (W,) to the tuple, as views.
    """

    def __init__(self, kind: type[T]) -> None:
        self.kind, self.arrays = kind, declared(kind)
        plain = (_plain(dim) for array in self.arrays.values() for dim in array.dims)
        self.dims = tuple(dict.fromkeys(plain))
        self.unpack: Callable[..., T] = written(*self._unpacking())

    def sizes(self, values: T) -> dict[str, int]:
        """The size of every dimension.

        Raises
        ------
        ValueError
            If two arrays differ in it, or one has other dimensions than declared.
        """
        found: dict[str, int] = {}
        for (name, array), value in zip(self.arrays.items(), values, strict=True):
            if value.ndim != len(array.dims):
                raise ValueError(f"{name} must have dimensions {', '.join(array.dims)}")
            for dim, size in zip(array.dims, value.shape, strict=True):
                size -= dim != _plain(dim)
                if found.setdefault(_plain(dim), size) != size:
                    raise ValueError(f"{name} must have {found[_plain(dim)]} along {dim}")
        return found

    def contiguous(self, values: T) -> T:
        """The tuple as `unpack` gives it, or compiled code meets two types of it."""
        types = (np.int64 if array.whole else np.float64 for array in self.arrays.values())
        made = (np.ascontiguousarray(v, t) for v, t in zip(values, types, strict=True))
        return self.kind(*made)

    def pack(self, values: T) -> tuple[Array, Index]:
        """All floats, and all whole numbers behind the sizes of dimensions."""
        sizes = self.sizes(values)
        floats, whole = [np.zeros(0)], [np.array([sizes[dim] for dim in self.dims])]
        for array, value in zip(self.arrays.values(), values, strict=True):
            (whole if array.whole else floats).append(np.ravel(value))
        return np.concatenate(floats), np.concatenate(whole).astype(np.int64)

    def unpacked(self, numbers: Array, whole: Index) -> T:
        """What `unpack` gives compiled code, for Python."""
        sizes, values = dict(zip(self.dims, whole.tolist(), strict=False)), []
        at = {False: 0, True: len(self.dims)}
        for array in self.arrays.values():
            shape = [sizes[_plain(dim)] + (dim != _plain(dim)) for dim in array.dims]
            end = at[array.whole] + math.prod(shape)
            vector = whole if array.whole else numbers
            values.append(vector[at[array.whole] : end].reshape(shape))
            at[array.whole] = end
        return self.kind(*values)

    def _unpacking(self) -> tuple[str, dict[str, Any]]:
        names = {dim: f"n{place}" for place, dim in enumerate(self.dims)}
        lines = [f"    {name} = whole[{place}]" for place, name in enumerate(names.values())]
        lines += ["    a, b = 0, 0", f"    c, d = 0, {len(names)}"]
        for field, array in self.arrays.items():
            lines += _cut(field, array.dims, names, ("whole", "c", "d") if array.whole else _FLOATS)
        made = ", ".join(f"v_{field}" for field in self.arrays)
        body = "\n".join(["def unpack(numbers, whole):", *lines, f"    return Kind({made})"])
        return body, {"Kind": self.kind}


_FLOATS = ("numbers", "a", "b")


class Split[T: tuple[Any, ...]]:
    """How a vector of free parameters is cut into the arrays of a tuple, and named.

    Parameters
    ----------
    kind
        The tuple.
    of
        The table whose dimensions its arrays have.

    Attributes
    ----------
    split
        Compiled: a vector (D,) and the table's tuple to views of the vector.
    """

    def __init__(self, kind: type[T], of: Table[Any]) -> None:
        self.kind, self.arrays, self.of = kind, declared(kind), of
        sizes = {dim: _size_in(of, dim) for array in self.arrays.values() for dim in array.dims}
        names = {dim: f"n{place}" for place, dim in enumerate(sizes)}
        lines = [f"    {names[dim]} = {size}" for dim, size in sizes.items()] + ["    a, b = 0, 0"]
        for field, array in self.arrays.items():
            lines += _cut(field, array.dims, names, _FLOATS)
        made = ", ".join(f"v_{field}" for field in self.arrays)
        body = "\n".join(["def split(numbers, given):", *lines, f"    return Kind({made})"])
        self.split: Callable[..., T] = written(body, {"Kind": kind})

    def views(self, numbers: Array, given: Any) -> T:
        """What `split` gives compiled code, for Python."""
        shapes = self.shapes(given).values()
        ends = np.cumsum([math.prod(shape) for shape in shapes]).tolist()
        cuts = zip([0, *ends], ends, shapes, strict=False)
        return self.kind(*(numbers[a:b].reshape(shape) for a, b, shape in cuts))

    def shapes(self, given: Any) -> dict[str, tuple[int, ...]]:
        """The shape of every array, given the table's tuple."""
        sizes = self.of.sizes(given)
        return {name: tuple(sizes[d] for d in array.dims) for name, array in self.arrays.items()}


def closed(names: Mapping[int, str], functions: Mapping[str, Any], parameters: int) -> Any:
    """Compile the choice of a function by its number, written out: none is looked up when it runs.

    Parameters
    ----------
    names
        Names of functions by number; of another number nothing is called.
    functions
        Compiled functions by name.
    parameters
        How many each takes, behind the number.
    """
    given = ", ".join(f"p{place}" for place in range(parameters))
    lines = [f"def chosen(number, {given}):"]
    for number, name in names.items():
        lines += [f"    if number == {number}:", f"        {name}({given})"]
    return written("\n".join([*lines, "    return"]), dict(functions))


@cache
def _plain(dim: str) -> str:
    return dim.removesuffix("+ 1").strip()


def _size_in(table: Table[Any], dim: str) -> str:
    """How the size of a dimension is read off a table's tuple."""
    for name, array in table.arrays.items():
        if dim in array.dims:
            return f"given.{name}.shape[{array.dims.index(dim)}]"
    raise TypeError(f"no array of {table.kind.__name__} has a dimension {dim}")


def _cut(
    field: str, dims: tuple[str, ...], names: Mapping[str, str], vector: tuple[str, str, str]
) -> list[str]:
    """Lines that take an array from where the last one ended in its vector."""
    source, begin, end = vector
    sizes = [names[_plain(dim)] + (" + 1" if dim != _plain(dim) else "") for dim in dims]
    size = " * ".join(f"({size})" for size in sizes) or "1"
    shape = f".reshape(({', '.join(sizes)}))" if len(sizes) > 1 else ""
    return [
        f"    {begin}, {end} = {end}, {end} + {size}",
        f"    v_{field} = {source}[{begin}:{end}]{shape}",
    ]
