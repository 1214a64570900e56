"""How well feeds, times, pages and stories are read, on the shared sample data with its own scorers; and how fast.

python -m bench.ingest [--data FOLDER] [feeds] [dates] [content] [pages] [pages_web] [facts] [stories] [schedule]

Runs the production functions in this process; times are CPU milliseconds.
"""

import argparse
import html
import itertools
import json
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from time import process_time
from typing import Any

from bench.facts import fact_scores
from bench.pages import PageScore, page_scores
from bench.scorers import scorer
from core.clock import SystemClock
from core.model.outcome import StoryVerdict
from core.model.source import Entry, Source
from ingest.parse.clean import article_lines
from ingest.parse.dates import parse_date
from ingest.parse.read import content_of, feed_of, warm_up
from ingest.parse.shapes import UNKNOWN_PUBLISHER, ParsedFeed, Publisher
from ingest.poll.schedule_trial import traces_of, trial
from ingest.story.memory import StoryMemory
from tests.data_shared import SHARED
from wirewatch.cli.try_articles import articles_of
from wirewatch.cli.try_input import Refusals

URL = "https://herald.example/"
POLLS_A_DAY = (3, 24, 96)
Scored = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "parts", nargs="*", choices=[*PARTS, []], help="default: all but schedule, which takes a minute"
    )
    parser.add_argument("--data", type=Path, default=SHARED / "data")
    arguments = parser.parse_args()
    for name in arguments.parts or [name for name in PARTS if name != "schedule"]:
        PARTS[name](arguments.data)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def feed_scores(data: Path) -> tuple[dict[str, list[int]], float]:
    """Right and all expectations by field, and milliseconds a feed."""
    wanted = list(rows(data / "feeds" / "expect.jsonl"))
    came_with = {row["file"]: (row.get("headers") or {}, row.get("base") or "") for row in wanted}
    found: dict[str, object] = {}
    spent = 0.0
    with tarfile.open(data / "feeds" / "files.tar.gz") as files:
        for name, (headers, base) in came_with.items():
            member = files.extractfile(name)
            body = member.read() if member is not None else b""
            began = process_time()
            feed = feed_of(body, headers.get("content-type", ""), base, UNKNOWN_PUBLISHER, headers)
            spent += process_time() - began
            found[name] = canonical(feed) if isinstance(feed, ParsedFeed) else None
    check, scored = scorer(data, "feeds").check, {"all": [0, 0]}
    for row in wanted:
        for name in ("all", row["field"]):
            count = scored.setdefault(name, [0, 0])
            count[0] += bool(check(row, found[row["file"]]))
            count[1] += 1
    return scored, 1000 * spent / len(came_with)


def canonical(feed: ParsedFeed) -> dict[str, object]:
    """The record that the feed scorer compares."""
    return {
        "feed": {
            "title": feed.title,
            "link": feed.link,
            "language": feed.language,
            "updated": feed.updated and feed.updated.isoformat(),
        },
        "entries": [
            {
                "id": entry.guid,
                "title": entry.title,
                "link": entry.url,
                "author": ", ".join(entry.authors),
                "language": entry.language,
                "published": entry.published and entry.published.isoformat(),
                "updated": entry.updated and entry.updated.isoformat(),
                "summary": entry.summary,
                "content": entry.content,
                "tags": list(entry.tags),
            }
            for entry in feed.entries
        ],
    }


def date_scores(data: Path) -> tuple[int, int]:
    """Right and all times."""
    wanted = list(rows(data / "feeds" / "dates.jsonl"))
    right = 0
    for row in wanted:
        found = parse_date(row["raw"], Publisher(time_zone=row.get("hint")))
        right += (None if found is None else found.at.timestamp()) == row["want"]
    return right, len(wanted)


def content_costs(data: Path) -> tuple[float, float, float]:
    """Milliseconds an article of a feed's own HTML; an item of a JSON feed and of an RSS feed that carry 100 of those."""
    warm_up()
    stories = list(itertools.islice(rows(data / "stories" / "articles.jsonl"), 1000))
    bodies = ["".join(f"<p>{html.escape(part)}</p>" for part in row["text"].split("\n\n")) for row in stories]
    items = [
        {"id": row["id"], "url": URL + row["id"], "title": row["title"], "content_html": body, "date_published": row["published"]}
        for row, body in zip(stories[:100], bodies, strict=False)
    ]  # fmt: skip
    began = process_time()
    for row, body in zip(stories, bodies, strict=True):
        content_of(entry_of(row["id"], row["title"], body))
    spent = process_time() - began
    json_feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()
    entries = "".join(
        f"<item><guid>{item['id']}</guid><link>{item['url']}</link><title>{html.escape(item['title'])}</title>"
        f"<description>{html.escape(item['content_html'])}</description></item>"
        for item in items
    )
    rss = f"<rss version='2.0'><channel>{entries}</channel></rss>".encode()
    return 1000 * spent / len(stories), _milliseconds(json_feed) / 100, _milliseconds(rss) / 100


def entry_of(name: str, title: str, body: str) -> Entry:
    """An entry whose feed carries the article."""
    source = Source(source_id="s", name="Herald", url=URL)
    return Entry(entry_id=name, source=source, url=URL + name, title=title, content=body, seen=SystemClock().now())


def _milliseconds(feed: bytes) -> float:
    """The least of ten: what else the machine does only adds to it."""
    spent = []
    for _ in range(10):
        began = process_time()
        feed_of(feed, "", URL)
        spent.append(process_time() - began)
    return 1000 * min(spent)


def story_scores(data: Path) -> tuple[Scored, float]:
    """The scorer's figures, and milliseconds an article; texts are cleaned as the read stage cleans them, untimed."""
    memory, judged = StoryMemory(), []
    spent = 0.0
    for name, article in articles_of(str(data / "stories" / "articles.jsonl"), Refusals()):
        text = "\n\n".join(article_lines(article.text.split("\n\n"), article.title))
        began = process_time()
        decision = memory.judge(replace(article, text=text))
        spent += process_time() - began
        alert = decision.verdict is not StoryVerdict.COPY
        judged.append({"id": name, "group": decision.story_id, "alert": alert})
    module = scorer(data, "stories")
    scored: Scored = module.score(module.read(data / "stories" / "labels.jsonl"), judged)
    return scored, 1000 * spent / len(judged)


def _feeds(data: Path) -> None:
    scored, spent = feed_scores(data)
    right, total = scored.pop("all")
    print(f"feeds     {right}/{total} expectations ({right / total:.3f}), {spent:.2f} ms a feed")
    print("          " + ", ".join(f"{name} {a}/{b}" for name, (a, b) in sorted(scored.items())))


def _dates(data: Path) -> None:
    right, total = date_scores(data)
    print(f"dates     {right}/{total} ({right / total:.3f})")


def _content(data: Path) -> None:
    article, json_item, rss_item = content_costs(data)
    print(
        f"content   {article:.2f} ms an article; {json_item:.3f} ms an item of a JSON feed, {rss_item:.2f} of an RSS feed"
    )


def _pages(data: Path) -> None:
    _tell("pages", page_scores(data, "pages"))


def _pages_web(data: Path) -> None:
    for half in ("open", "closed"):
        _tell(half, page_scores(data, "pages_web", half))


def _tell(name: str, scored: dict[str, PageScore]) -> None:
    for reader, found in scored.items():
        print(f"{name:<9} {reader:<9} {found}")


def _facts(data: Path) -> None:
    for name, half in (("even", 0), ("odd", 1)):
        counts = fact_scores(data, half=half).counts
        shown = ", ".join(f"{fact} {right}/{total} ({right / total:.3f})" for fact, (right, total) in counts.items())
        print(f"facts     {name:<4} {shown}")


def _stories(data: Path) -> None:
    scored, spent = story_scores(data)
    print(f"stories   {scored['articles']:,} articles, {spent:.2f} ms an article")
    for name in ("alerts", "pairwise", "bcubed"):
        precision, recall, f1 = scored[name]
        print(f"          {name:<9} precision {precision:.4f} recall {recall:.4f} F1 {f1:.4f}")
    print(f"          {scored['alerts_counts']}")


def _schedule(data: Path) -> None:
    published: dict[str, list[float]] = {}
    for path in sorted((data / "traces").glob("*.jsonl")):
        for row in rows(path):
            published.setdefault(row["source"], []).append(row["published_unix"])
    for volume in POLLS_A_DAY:
        found = trial(traces_of(published), volume)
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as polls:
            for source, times in found.polls.items():
                polls.writelines(json.dumps({"source": source, "polled_unix": at}) + "\n" for at in times)
            polls.flush()
            print(f"schedule  {json.dumps(scorer(data, 'schedule').score(data / 'traces', polls.name))}")


PARTS: dict[str, Callable[[Path], None]] = {
    "feeds": _feeds,
    "dates": _dates,
    "content": _content,
    "pages": _pages,
    "facts": _facts,
    "pages_web": _pages_web,
    "stories": _stories,
    "schedule": _schedule,
}

if __name__ == "__main__":
    main()
