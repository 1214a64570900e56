"""`wirewatch rules format`: rules laid out for reading, of standard input, of files, or stored."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from alerts.rules.layout import formatted
from alerts.rules.problem import render
from wirewatch.cli import output
from wirewatch.cli.opened import act, config_option
from wirewatch.cli.told import Told
from wirewatch.config.rule_texts import with_queries
from wirewatch.usecases import rules

_STANDARD_INPUT = "-"


@click.command("format")
@click.argument("names", metavar="[FILE|NAME|-]...", nargs=-1)
@click.option("--check", is_flag=True, help="Print nothing but what would change; exit code 1 where something would.")
@click.option("--write", is_flag=True, help="Change the files.")
@config_option
def format_rules(names: tuple[str, ...], path: Path, *, check: bool, write: bool) -> None:
    """Lay rules out: a long one with a clause in each line, indented, comments at their clauses. The meaning stays.

    A file that ends with .toml has rules in [[rules]]; any other one is the text of one rule, as is standard input (`-`, or no name).
    What is no file is the name of a stored rule.
    """
    if check and write:
        raise click.UsageError("--check changes nothing: give one of --check and --write")
    changed = [_format(name, path, check=check, write=write) for name in names or (_STANDARD_INPUT,)]
    if check and any(changed):
        raise click.exceptions.Exit(1)


def _format(name: str, path: Path, *, check: bool, write: bool) -> bool:
    """Whether something changes, or would."""
    named = Path(name)
    file = named if name != _STANDARD_INPUT and (named.is_file() or named.is_fifo()) else None
    text = _read(name, file, path)
    new = _laid_out(name, text, is_table=file is not None and file.suffix == ".toml")
    if write:
        if file is None:
            what = "standard input" if name == _STANDARD_INPUT else f"{name!r} is no file; a stored rule"
            raise Told(f"{what} is not changed by --write: store what is printed with `wirewatch rules add`")
        if new != text:
            _write(file, new)
            output.say(f"changed {name}", err=True)
    elif check:
        if new != text:
            output.say(f"would change {name}")
    else:
        output.say(new, nl=not new.endswith("\n"))
    return new != text


def _read(name: str, file: Path | None, path: Path) -> str:
    if name == _STANDARD_INPUT:
        return sys.stdin.read()
    if file is None:
        if name.endswith((".toml", ".rule", ".txt")):
            raise Told(f"{name}: there is no such file")
        return act(path, lambda me: rules.current(me, name)).query
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Told(f"{name}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Told(f"{name}: it is not UTF-8") from None


def _write(file: Path, text: str) -> None:
    """All of it or nothing."""
    whole = file.resolve()
    beside = whole.with_name(f"{whole.name}.new")
    try:
        beside.write_bytes(text.encode())
        shutil.copymode(whole, beside)
        beside.replace(whole)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise Told(f"{file}: {error.strerror}") from None


def _laid_out(name: str, text: str, *, is_table: bool) -> str:
    """The text of a rule, or of a file of rules, laid out. Raises Told with every problem."""
    wrong: list[str] = []

    def lay_out(rule: str, query: str) -> str:
        if not query.strip():
            return query  # it watches a source
        found = formatted(query)
        wrong.extend(f"{rule}: {render(problem, query)}" for problem in found.problems)
        if found.problems or found.text == query.strip():
            return query
        return found.text + _end(query)

    try:
        new = with_queries(text, lay_out) if is_table else lay_out(name, text)
    except ValueError as error:
        raise Told(f"{name}: {error}") from None
    if wrong:
        raise Told("\n".join(_under(name, wrong) if is_table else wrong))
    return new


def _under(name: str, wrong: list[str]) -> Iterator[str]:
    return (f"{name}: {one}" for one in wrong)


def _end(query: str) -> str:
    """A line end where the text has one."""
    return "\n" if query.endswith("\n") else ""
