"""What a channel's limits cut from a message is said in words, and is what the body lacks."""

from dataclasses import replace

import orjson
import pytest

from alerts.channels.layout import View
from alerts.channels.message import Message, message_of
from alerts.channels.registry import KINDS
from alerts.channels.slack_text import slack_body
from alerts.channels.webhook import webhook_body
from tests.alerts.channels.message_shapes import shapes
from tests.alerts.making import EVIDENCE, alert, brief, notification


def message(articles: int = 1, *, title: str = "A title", snippet: str = "A snippet", evidence: int = 1) -> Message:
    told = alert(*(brief(number, title=title, snippet=snippet) for number in range(articles)))
    many = tuple(replace(item, evidence=EVIDENCE * evidence) for item in told.articles)
    return message_of(notification(replace(told, articles=many)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_small_message_is_sent_whole(kind: str) -> None:
    assert KINDS[kind].cut(message()) == ()


LONGEST = [name for name in shapes() if name.startswith("longest-")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", LONGEST)
def test_an_alert_of_the_longest_rule_loses_nothing(kind: str, shape: str) -> None:
    assert KINDS[kind].cut(shapes()[shape]) == ()


@pytest.mark.parametrize("shape", LONGEST)
def test_a_webhook_tells_the_clauses_of_the_longest_rule(shape: str) -> None:
    body = webhook_body(shapes()[shape], attempt=1)
    matches = orjson.loads(body)["articles"][0]["matches"]
    assert len(matches) == len(shapes()[shape].articles[0].matches)
    assert all(0 < len(match["clause"]) <= 500 for match in matches)
    assert not any("как есть" in match["clause"] for match in matches)
    assert len(body) <= 20_000


def test_a_webhook_leaves_articles_out() -> None:
    large = message(200, snippet="word " * 48)
    missing = orjson.loads(webhook_body(large, attempt=1))["truncated"]
    assert KINDS["webhook"].cut(large) == (f"{missing} of 200 articles",)


def test_a_webhook_of_one_article_loses_evidence_and_then_the_rest() -> None:
    flood = message(evidence=1000)
    kept = len(orjson.loads(webhook_body(flood, attempt=1))["articles"][0]["matches"])
    total = len(EVIDENCE) * 1000
    assert KINDS["webhook"].cut(flood) == (f"{total - kept} of {total} places of evidence",)
    monstrous = message(title="x" * 100_000, snippet="y" * 100_000)
    assert KINDS["webhook"].cut(monstrous) == ("all evidence", "the snippet", "the end of the title")


def test_slack_leaves_articles_and_the_ends_of_long_texts_out() -> None:
    assert KINDS["slack"].cut(message(2, title="word " * 60)) == ("the end of 2 titles",)
    assert KINDS["slack"].cut(message(snippet="word " * 90)) == ("the end of 1 snippet",)
    large = message(120)
    (last,) = [block["text"]["text"] for block in orjson.loads(slack_body(large, View()))["blocks"]][-1:]
    assert KINDS["slack"].cut(large) == (f"{last.removeprefix('and ').removesuffix(' more')} of 120 articles",)
