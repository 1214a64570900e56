"""Whether the desk got exactly the due alerts: none missing, none twice, no others. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wirewatch.demo.outlets import Outlet
from wirewatch.demo.receiver import ChatMessage


@dataclass(frozen=True, slots=True)
class Verdict:
    """(rule, story) pairs that are missing, were raised twice, or should not have been raised."""

    missing: tuple[tuple[str, str], ...]
    repeated: tuple[tuple[str, str], ...]
    unexpected: tuple[tuple[str, str], ...]

    @property
    def complete(self) -> bool:
        return not self.missing

    @property
    def right(self) -> bool:
        return not (self.missing or self.repeated or self.unexpected)

    def sentences(self) -> list[str]:
        """What is wrong, a line each."""
        return [
            *(f"missing: no alert of {rule} for {story}" for rule, story in self.missing),
            *(f"repeated: {rule} alerted twice for {story}" for rule, story in self.repeated),
            *(f"unexpected: {rule} alerted for {story}" for rule, story in self.unexpected),
        ]


def stories_by_url(outlets: Sequence[Outlet], bases: dict[str, str]) -> dict[str, str]:
    """Address of an article -> the story it tells; `bases` gives each outlet's address."""
    return {f"{bases[outlet.key]}/news/{item.slug}.html": item.story for outlet in outlets for item in outlet.items}


def judge(messages: Iterable[ChatMessage], expected: frozenset[tuple[str, str]], stories: dict[str, str]) -> Verdict:
    """Compare first alerts (updates do not count) with what is expected."""
    raised = Counter(
        (m.rule, stories.get(m.article_urls[0], m.article_urls[0])) for m in messages if m.kind == "created"
    )
    return Verdict(
        missing=tuple(sorted(expected - raised.keys())),
        repeated=tuple(sorted(pair for pair, count in raised.items() if count > 1)),
        unexpected=tuple(sorted(raised.keys() - expected)),
    )
