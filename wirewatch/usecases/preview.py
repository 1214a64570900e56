"""Preview: what a rule would have found in the stored articles; nothing is stored or sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from alerts.management.preview import Against, Preview, Shown, Window, compare, first_page
from alerts.management.preview import preview as judged
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.named_rules import named
from wirewatch.usecases.permission import Permission

Stories = Sequence[Sequence[Shown]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPreview:
    """`query`: a stored rule's name or a text. `against`: the same, to compare with."""

    query: str
    days: float
    against: str | None = None


@dataclass(frozen=True, slots=True)
class Previewed:
    """`against` None: nothing was to be compared."""

    found: Preview
    against: Against | None


class Watcher(Protocol):
    """The receiver of a preview's results."""

    @property
    def stories(self) -> int:
        """How many of the newest stories to find before all else."""

    def first(self, stories: Stories) -> None:
        """These are they."""

    def judged(self, articles: int) -> None:
        """So many candidates are judged by now."""


@reads(Permission.READ_ARTICLES)
async def preview(acting: Acting, asked: AskedPreview, watcher: Watcher) -> Previewed:
    """Judge the stored articles of the last days. Raises NotFound, Invalid with every problem of a text."""
    async with acting.db.connection() as conn:
        now = acting.clock.now()
        window = Window(now - timedelta(days=asked.days), now, team_id=acting.team)
        new = await named(conn, acting, asked.query)
        old = None if asked.against is None else await named(conn, acting, asked.against)
        watcher.first(await first_page(conn, new.tree, window, watcher.stories, new.judge))
        found = await judged(conn, new.tree, window, new.judge, progress=watcher.judged)
        other = None if old is None else await judged(conn, old.tree, window, old.judge)
    return Previewed(found, None if other is None else compare(found, other))
