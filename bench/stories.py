"""How well stories are told in scripts without capitals and under a notice, on the shared sample data in other guises.

python -m bench.stories [--data FOLDER] [--articles N]

The shared stories are English. Without capitals they yield no names, as Arabic or Hindi; with two characters in the place of
each word and no spaces they are read as Chinese; cut to one or two paragraphs above one notice they are items whose text is
mostly the outlet's. The labels stay: a copy of a whole text may be none of its first paragraph, so compare a guise with
itself, before and after a change.
"""

import argparse
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from time import process_time

from bench.scorers import scorer
from core.model.article import Article
from core.model.outcome import StoryVerdict
from ingest.parse.clean import article_lines
from ingest.story.memory import StoryMemory
from ingest.story.words import language
from tests.data_shared import SHARED
from wirewatch.cli.try_articles import articles_of
from wirewatch.cli.try_input import Refusals

NOTICE = (
    "the rights to all texts, pictures and charts on these pages belong to the company, and nobody may copy, print or send"
    " them without its consent in writing.\n\nthe app brings the news of the hour to readers wherever they are.\n\n"
    "the desk for readers answers questions about subscriptions and advertising from morning till night."
)
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’](?=[^\W\d_]))*")
_SPACE = re.compile(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])")
_SHORT = 3  # letters of a word that becomes one character


def lower(text: str) -> str:
    return text.lower()


def characters(text: str) -> str:
    """One or two characters for each word, the same for the same word, none of which turns a sentence."""
    parted = _WORD.sub(lambda found: _characters(found[0].lower()), text)
    return _SPACE.sub("", parted).replace(". ", "。").replace(", ", "，")


@cache
def _plain() -> list[str]:
    known = language("zh").known
    return [char for char in map(chr, range(0x5200, 0x6400)) if not known.search(char) and char not in known.pattern]


@cache
def _characters(word: str) -> str:
    hashed = int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "big")
    first, second = divmod(hashed, len(_plain()))
    return _plain()[second] + ("" if len(word) <= _SHORT else _plain()[first % len(_plain())])


def _cut(paragraphs: int, guise: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: guise("\n\n".join([*text.split("\n\n")[:paragraphs], NOTICE]))


GUISES: dict[str, tuple[Callable[[str], str], Callable[[str], str], str | None]] = {  # title, text, language
    "as they are": (str, str, None),
    "lower case": (lower, lower, None),
    "characters": (characters, characters, "zh"),
    "one paragraph and a notice": (str, _cut(1, str), None),
    "the same in lower case": (lower, _cut(1, lower), None),
    "the same in characters": (characters, _cut(1, characters), "zh"),
}


def main() -> None:
    """Print a line for each guise."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED / "data")
    parser.add_argument("--articles", type=int, default=None, help="the first N only")
    arguments = parser.parse_args()
    found = articles_of(str(arguments.data / "stories" / "articles.jsonl"), Refusals())
    articles = list(islice(found, arguments.articles))
    for name in GUISES:
        print(f"{name:27}{_figures(arguments.data, name, articles)}", flush=True)


def _figures(data: Path, name: str, articles: list[tuple[str, Article]]) -> str:
    title, guise, lang = GUISES[name]
    memory, judged, spent = StoryMemory(), [], 0.0
    for known, article in articles:
        text = guise("\n\n".join(article_lines(article.text.split("\n\n"), article.title)))
        changed = replace(article, title=title(article.title), text=text, lang=lang or article.lang)
        began = process_time()
        decision = memory.judge(changed)
        spent += process_time() - began
        judged.append({"id": known, "group": decision.story_id, "alert": decision.verdict is not StoryVerdict.COPY})
    module, ids = scorer(data, "stories"), {known for known, _ in articles}
    labels = [row for row in module.read(data / "stories" / "labels.jsonl") if row["id"] in ids]
    scored = module.score(labels, judged)
    precision, recall, _ = scored["pairwise"]
    counts = scored["alerts_counts"]
    return (
        f"pairs precision {precision:.3f} recall {recall:.3f}, {counts['duplicate_alerts']} doubled,"
        f" {counts['lost_alerts']} lost of {counts['true']}, {1000 * spent / len(judged):.2f} ms an article"
    )


if __name__ == "__main__":
    main()
