"""Renamed keys of the configuration: the old name works for one more release, with a warning."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.config import Document, KeyPath, Problem, dotted


@dataclass(frozen=True, slots=True)
class Renamed:
    """`old` and `new` with dots, such as `fetch.max_bytes`; of a list's items without their number, as `sources.country`.

    Both begin alike where they are of a list's items. `until`: the first release that does not know the old name.
    """

    old: str
    new: str
    until: str

    def head(self) -> str:
        """The section or list of the old key."""
        return self.old.partition(".")[0]


@dataclass(slots=True)
class Applied:
    """What was read under an old name, and where both names stand."""

    notices: list[Problem]
    problems: list[Problem]


def apply_renames(document: Document, renames: Sequence[Renamed]) -> Applied:
    """Read old keys as the new ones. A problem of a value is reported at its place, under the new name."""
    applied = Applied([], [])
    for rename in renames:
        for old, new in list(_found(document.data, rename.old.split("."), rename.new.split("."))):
            _move(document, old, new, rename, applied)
    return applied


def _found(data: Any, old: Sequence[str], new: Sequence[str], at: KeyPath = ()) -> Iterator[tuple[KeyPath, KeyPath]]:
    """Where the old key stands, and where the new one would."""
    if isinstance(data, list):
        for index, item in enumerate(data):
            yield from _found(item, old, new, (*at, index))
    elif isinstance(data, dict) and old[0] in data:
        if len(old) == 1:
            yield (*at, old[0]), (*at, *new)
        elif old[0] == new[0] and len(new) > 1:
            yield from _found(data[old[0]], old[1:], new[1:], (*at, old[0]))
        elif _holds(data[old[0]], old[1:]):
            yield (*at, *old), (*at, *new)


def _holds(data: Any, keys: Sequence[str]) -> bool:
    for key in keys:
        if not isinstance(data, dict) or key not in data:
            return False
        data = data[key]
    return True


def _move(document: Document, old: KeyPath, new: KeyPath, rename: Renamed, applied: Applied) -> None:
    told = f"`{dotted(old)}` is now `{dotted(new)}`"
    (*above_old, old_name), (*above_new, new_name) = old, new
    holder = _table(document.data, above_old, made=False)
    target = _table(document.data, above_new, made=True)
    if holder is None or target is None:
        return  # not a table; checking the file reports that
    value = holder.pop(str(old_name))
    if new_name in target:
        applied.problems.append(document.problem(old, f"{told}, and both stand here; leave the old one out"))
        return
    applied.notices.append(document.problem(old, f"{told}; the old name works until {rename.until}"))
    target[str(new_name)] = value
    document.lines = {**document.lines, **_moved(document.lines, old, new)}
    document.origins |= _moved(document.origins, old, new)


def _moved(places: Any, old: KeyPath, new: KeyPath) -> dict[KeyPath, Any]:
    return {(*new, *path[len(old) :]): place for path, place in places.items() if path[: len(old)] == old}


def _table(data: Any, path: Sequence[str | int], *, made: bool) -> dict[str, Any] | None:
    for part in path:
        if isinstance(data, dict) and made:
            data.setdefault(part, {})
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data if isinstance(data, dict) else None
