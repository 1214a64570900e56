"""What the pages of one host share, learned from its articles: paragraphs under many stories, titles of many pages, walls. Pure.

A paragraph is the site's own when it stood in several articles that are otherwise different, and in a good share of all since it
was first seen. Copies and updates of one story count once: whose paragraphs are mostly those of another article is that article.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ingest.parse.shapes import HostPatterns

LEAST_ARTICLES = 4
_FEW = 20  # articles of a host, below which a larger share is asked for
_SHARE_OF_FEW, _SHARE = 0.5, 0.1
_SAME_STORY = 0.5  # of an article's paragraphs, from where on it is a version of another
_SHARED_TITLE = 3  # pages
_MOST_BLOCKS, _MOST_TITLES, _MOST_KEYS = 400, 60, 6
_MOST_PARAGRAPHS = 60  # of an article that are looked at: the first and the last of them


@dataclass(slots=True)
class Block:
    """A paragraph. `keys`: of the first articles that had it; `many`: of all; `since`: the host's articles before the first."""

    since: int
    many: int = 0
    keys: tuple[int, ...] = ()
    shown: str = ""


@dataclass(slots=True)
class PageMemory:
    """Of one host, as one source shows it. The oldest paragraphs that stood in one article only are forgotten first."""

    articles: int = 0
    blocks: dict[int, Block] = field(default_factory=dict)
    titles: dict[int, tuple[int, ...]] = field(default_factory=dict)  # keys of the first pages with that title
    walls: Counter[str] = field(default_factory=Counter)

    def learn(self, key: int, paragraphs: Mapping[int, str], left_out: Iterable[int] = ()) -> None:
        """Take in an article. `key`: of its headline; `left_out`: paragraphs that were known and cut."""
        chosen = list(paragraphs)
        half = _MOST_PARAGRAPHS // 2
        chosen = chosen if len(chosen) <= _MOST_PARAGRAPHS else [*chosen[:half], *chosen[-half:]]
        if self._is_known(key, chosen):
            return
        self.articles += 1
        for block in (*chosen, *left_out):
            known = self.blocks.pop(block, None) or Block(self.articles - 1, shown=paragraphs.get(block, ""))
            known.many += 1
            if len(known.keys) < _MOST_KEYS:
                known.keys = (*known.keys, key)
            self.blocks[block] = known
        self._forget()

    def _is_known(self, key: int, paragraphs: list[int]) -> bool:
        """Whether it is an article that was taken in, or a version of one."""
        shared = Counter(one for block in paragraphs if block in self.blocks for one in self.blocks[block].keys)
        own = [block for block in paragraphs if block not in self.blocks or not self.is_repeated(self.blocks[block])]
        return key in shared or any(many > _SAME_STORY * max(1, len(own)) and many > 1 for many in shared.values())

    def is_repeated(self, block: Block) -> bool:
        since = max(1, self.articles - block.since)
        share = _SHARE_OF_FEW if self.articles < _FEW else _SHARE
        return block.many >= LEAST_ARTICLES and block.many >= share * since

    def repeated(self) -> dict[int, str]:
        """The site's own paragraphs, and the beginning of each."""
        return {block: known.shown for block, known in self.blocks.items() if self.is_repeated(known)}

    def saw_title(self, title: int, page: int) -> None:
        """Note a page's title."""
        pages = self.titles.pop(title, ())
        self.titles[title] = pages if page in pages or len(pages) >= _SHARED_TITLE else (*pages, page)
        while len(self.titles) > _MOST_TITLES:
            del self.titles[next(iter(self.titles))]

    def saw_wall(self, outcome: str) -> None:
        self.walls[outcome] += 1

    def patterns(self) -> HostPatterns:
        """What of it a parser needs."""
        titles = frozenset(title for title, pages in self.titles.items() if len(pages) >= _SHARED_TITLE)
        return HostPatterns(blocks=frozenset(self.repeated()), titles=titles)

    def _forget(self) -> None:
        if len(self.blocks) <= _MOST_BLOCKS:
            return
        once = [block for block, known in self.blocks.items() if known.many == 1]
        for block in [*once, *self.blocks][: len(self.blocks) - _MOST_BLOCKS]:
            self.blocks.pop(block, None)


def union(parts: Iterable[HostPatterns]) -> HostPatterns:
    """Of a host that several sources show."""
    known = list(parts)
    return HostPatterns(
        blocks=frozenset().union(*(one.blocks for one in known)),
        titles=frozenset().union(*(one.titles for one in known)),
    )


def as_json(memory: PageMemory) -> dict[str, object]:
    """For a column."""
    return {
        "articles": memory.articles,
        "blocks": [[block, one.since, one.many, list(one.keys), one.shown] for block, one in memory.blocks.items()],
        "titles": [[title, list(pages)] for title, pages in memory.titles.items()],
        "walls": dict(memory.walls),
    }


def of_json(told: Mapping[str, object]) -> PageMemory:
    """What `as_json` wrote; nothing of what cannot be read: it is learned anew."""
    try:
        return PageMemory(
            articles=int(told["articles"]),  # type: ignore[call-overload]
            blocks={
                int(block): Block(int(since), int(many), tuple(map(int, keys)), str(shown))
                for block, since, many, keys, shown in told["blocks"]  # type: ignore[attr-defined]
            },
            titles={int(title): tuple(map(int, pages)) for title, pages in told["titles"]},  # type: ignore[attr-defined]
            walls=Counter({str(wall): int(many) for wall, many in told["walls"].items()}),  # type: ignore[attr-defined]
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return PageMemory()
