"""What outlets change in a text that they copy, in all languages of the pairs: none of it is news."""

import tomllib
import unicodedata
from collections.abc import Callable, Iterator

import pytest

from core.model.outcome import StoryVerdict
from ingest.story.memory import StoryMemory
from tests.ingest.story.cases import FOLDER, made

Lines = list[str]
Change = Callable[[str, Lines], tuple[str, Lines]]


def texts() -> Iterator[tuple[str, str, Lines]]:
    for file in sorted(FOLDER.glob("*.toml")):
        for lang, table in tomllib.loads(file.read_text(encoding="utf-8")).items():
            yield lang, table["title"], table["text"]


def each(change: Callable[[str], str]) -> Change:
    return lambda title, lines: (title, list(map(change, lines)))


def wide(line: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if char.isascii() and char.isdigit() else char for char in line)


CHANGES: dict[str, Change] = {
    "another headline": lambda _, lines: (lines[0][:60], lines),
    "the outlet's name": lambda title, lines: (f"{title} | Daily Gazette", lines),
    "a headline in capitals": lambda title, lines: (title.upper(), lines),
    "a dateline": lambda title, lines: (title, [f"OSMUND (Wire) - {lines[0]}", *lines[1:]]),
    "a byline": lambda title, lines: (title, ["By Tom Roe", *lines]),
    "a pointer": lambda title, lines: (title, [*lines, "Read more: Storm closes port"]),
    "a cut": lambda title, lines: (title, lines[:2]),
    "one paragraph": lambda title, lines: (title, [" ".join(lines)]),
    "wide digits": each(wide),
    "letters and marks apart": each(lambda line: unicodedata.normalize("NFD", line)),
    "wider spaces": each(lambda line: line.replace(" ", "  ")),
    "fixed spaces": each(lambda line: line.replace(" ", "\u00a0")),
    "a blank without width": each(lambda line: f"{line[:7]}\u200b{line[7:]}"),
    "no full stops": each(lambda line: line.rstrip(".。।։:၊۔!")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_copy_that_an_outlet_changed_is_a_copy(name: str) -> None:
    told = {}
    for lang, title, lines in texts():
        memory, (changed, others) = StoryMemory(), CHANGES[name](title, lines)
        memory.judge(made((title, "\n\n".join(lines)), "https://one.example/a", lang))
        copy = made((changed, "\n\n".join(others)), "https://two.example/b", lang)
        told[lang, title] = memory.judge(copy).verdict
    assert set(told.values()) == {StoryVerdict.COPY}, {key for key, one in told.items() if one is not StoryVerdict.COPY}
    assert len({lang for lang, _ in told}) > 45
