"""The aliases of the files, with the terms of the files that they name, and where they stand."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from alerts.rules.term_list import (
    MOST_TERMS,
    ONLY_EXCLUSIONS,
    TermProblem,
    exclusions,
    is_exclusion,
    is_table,
    term_problem,
)
from alerts.rules.term_table import Layout
from core.config import Document, KeyPath, Problem, nearest
from core.model.rule import AliasDraft
from wirewatch.config.across import Files
from wirewatch.config.schema import AliasTable
from wirewatch.config.term_files import Reading, Stamp, read_term_file

_MOST_NAMES = 2000  # of a folder that are looked at for one like a missing file


@dataclass(frozen=True, slots=True)
class TermFile:
    """A file of terms that an alias names. `key`: of its table; `shown`: as it is reported."""

    key: str
    path: Path
    shown: str


@dataclass(frozen=True, slots=True)
class ListedAlias:
    """An alias with the files that it names, so that they can be read again; `place` is shown with its problems."""

    table: AliasTable
    files: tuple[TermFile, ...]
    place: Callable[[str, str], Problem] = field(repr=False, compare=False)

    @property
    def owner(self) -> tuple[str, str]:
        """Its team and name."""
        return self.table.team, self.table.name

    @property
    def names_terms(self) -> bool:
        """Whether its table has terms at all, or a file of them."""
        return self.table.terms is not None or self.table.terms_file is not None

    def read(self) -> "ReadAlias":
        """Its terms as the files have them now."""
        readings = {one.key: self._reading(one) for one in self.files}
        found = {key: reading.terms for key, reading in readings.items()}
        terms = [*self.table.own_terms, *(found["terms_file"].terms if "terms_file" in found else ())]
        terms += exclusions(found["exclude_file"].terms if "exclude_file" in found else ())
        terms.sort(key=is_exclusion)  # behind the terms, which keep their order
        draft = AliasDraft(name=self.table.name, team=self.table.team, terms=tuple(dict.fromkeys(terms)), author="file")
        return ReadAlias(
            draft, {one.path: readings[one.key].stamp for one in self.files}, tuple(self._problems(readings))
        )

    def repeated(self) -> list[tuple[str, int]]:
        """How many terms each of its files repeats."""
        return [(one.shown, self._reading(one).terms.repeated) for one in self.files]

    def _reading(self, one: TermFile) -> Reading:
        lines = one.key == "exclude_file" and not is_table(one.path.name)
        return read_term_file(one.path, Layout() if lines else self.table.layout)

    def _problems(self, readings: Mapping[str, Reading]) -> Iterator[Problem]:
        for one in self.files:
            for problem in readings[one.key].terms.problems:
                yield self._placed(one, problem)

    def _placed(self, one: TermFile, problem: TermProblem) -> Problem:
        if problem.key == "file":
            return self.place(one.key, f"{one.shown}: {problem.message}{_other_names(one.path)}")
        if problem.key or not problem.line:
            key = one.key
            if problem.key == "column":
                key = (
                    "columns" if self.table.columns is not None else "column" if self.table.column is not None else key
                )
            return self.place(key, f"{one.shown}: {problem.message}")
        return Problem(one.shown, problem.line, f"@{self.table.name}", problem.message)


@dataclass(frozen=True, slots=True)
class ReadAlias:
    """`stamps`: what its files were when they were read."""

    draft: AliasDraft
    stamps: Mapping[Path, Stamp]
    problems: tuple[Problem, ...]


def _other_names(missing: Path) -> str:
    """The file that may be meant."""
    try:
        names = [one.name for one, _ in zip(missing.parent.iterdir(), range(_MOST_NAMES), strict=False)]
    except OSError:
        return f"; there is no folder {missing.parent.name!r}" if missing.parent.name else ""
    return nearest(missing.name, [name for name in names if name != missing.name])


def listed_aliases(files: Files, base: Path) -> Iterator[ListedAlias]:
    """All aliases of the configuration, in their order. `base`: the folder that files are reported relative to."""
    for document, tables in files:
        for index, table in enumerate(tables.aliases):
            yield ListedAlias(table, tuple(_term_files(document, table, base)), partial(_problem, document, index))


def _problem(document: Document, index: int, key: str, message: str) -> Problem:
    where: KeyPath = ("aliases", index, key) if key else ("aliases", index)
    return document.problem(where, message)


def _term_files(document: Document, table: AliasTable, base: Path) -> Iterator[TermFile]:
    for key in ("terms_file", "exclude_file"):
        name = getattr(table, key)
        if name is not None:
            path = document.path.parent / name
            shown = os.path.relpath(path, base)
            yield TermFile(key, path, shown)


def names_of_broken_aliases(files: Files) -> frozenset[str]:
    """Those that stand in a file and were left out: rules that use one are not wrong for that."""
    good = {table.name for _, tables in files for table in tables.aliases}
    tables = [one for document, _ in files for one in document.data.get("aliases") or () if isinstance(one, dict)]
    return frozenset(str(one.get("name")).removeprefix("@") for one in tables) - good


def term_problems(alias: ListedAlias, draft: AliasDraft) -> Iterator[Problem]:
    """What is wrong with the terms and exclusions that stand in the table itself, and with all of them as one list."""
    for key, terms in (("terms", alias.table.terms or ()), ("exclude", exclusions(alias.table.exclude))):
        for term in terms:
            wrong = term_problem(term)
            if wrong is not None:
                yield alias.place(key, wrong)
    if len(draft.terms) > MOST_TERMS:
        yield alias.place(
            "terms_file", f"it has {len(draft.terms):,} terms, at most {MOST_TERMS:,}; make several aliases"
        )
    elif alias.names_terms and draft.terms and not some_terms(draft):
        yield alias.place("", ONLY_EXCLUSIONS)


@dataclass(frozen=True, slots=True)
class ReadAliases:
    """All aliases of a configuration; `listed` and `drafts` are in one order."""

    listed: tuple[ListedAlias, ...]
    drafts: tuple[AliasDraft, ...]
    stamps: Mapping[Path, Stamp]
    problems: tuple[Problem, ...]

    @property
    def files(self) -> list[str]:
        """The files of terms, as they are reported."""
        return [one.shown for alias in self.listed for one in alias.files]

    @property
    def without_terms(self) -> set[str]:
        """The aliases that nothing can be looked for of."""
        return {draft.name for draft in self.drafts if not some_terms(draft)}


def some_terms(draft: AliasDraft) -> bool:
    """Whether there is a term beside its exclusions."""
    return not all(map(is_exclusion, draft.terms))


def read_again(listed: tuple[ListedAlias, ...]) -> ReadAliases:
    """The aliases with what their files hold now; a file that has not changed is not read."""
    read = [one.read() for one in listed]
    return ReadAliases(
        listed,
        tuple(one.draft for one in read),
        {path: stamp for one in read for path, stamp in one.stamps.items()},
        tuple(problem for one in read for problem in one.problems),
    )


def read_aliases(files: Files, base: Path) -> ReadAliases:
    """The aliases of the files. `base`: the folder that files are reported relative to."""
    return read_again(tuple(listed_aliases(files, base)))
