"""The product agrees with an independent, slow reading of the specification on random rules over real articles."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

import pytest

from alerts.rules.explain import explain
from alerts.rules.parser import parse
from alerts.rules.printer import print_rule
from core.model.article import Article
from core.text.document import Document
from core.text.sentences import paragraph_starts, sentence_starts
from tests.data_shared import SHARED
from tests.reference_evaluator import Field, Fields, true, words_of
from tests.rule_generator import RuleMaker

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PAIRS_EACH = 25_000
OTHER_SCRIPTS = (
    (
        "북한 대표단 모스크바 도착",
        "북한 외무성 부상이 이끄는 대표단이 월요일 모스크바에 도착했다. Lavrov와 회담한다.\n\n북한과 러시아는 부인했다.",
    ),
    (
        "Делегация КНДР в Москве",
        "Заместитель министра КНДР начал в Москве переговоры. Пётр Ёлкин молчит.\n\nРоссия отвергает сообщения.",
    ),
    ("朝鲜代表团抵达莫斯科", "朝鲜外务省副相星期一抵达莫斯科。双方否认武器交易。\n\n会谈为期三天，F-16战机未提及。"),
    (
        "Köln: Größe zählt",
        "Die „Größe“ der Straße in Köln überraschte. Der Bürgermeister sprach vom Café Ångström.\n\nEﬃzienz ist ½ der Miete.",
    ),
    ("ข่าววันนี้", "นายกรัฐมนตรีเดินทางถึงกรุงมอสโก Russia\n\nไม่มีแถลงการณ์"),
)


def article(number: int, title: str, text: str) -> Article:
    return Article(
        article_id=str(number),
        url="https://x.example/a",
        canonical_url="https://x.example/a",
        title=title,
        text=text,
        source_id="s",
        source_name="S",
        domain="x.example",
        seen=NOW,
        accepted=NOW,
    )


def articles(count: int) -> list[Article]:
    with (SHARED / "data" / "stories" / "articles.jsonl").open(encoding="utf-8") as lines:
        raw = [json.loads(line) for line in islice(lines, count * 7)][::7]
    found = [article(k, a["title"], a["text"][:1500]) for k, a in enumerate(raw)]
    return [*found, *(article(1000 + k, title, text) for k, (title, text) in enumerate(OTHER_SCRIPTS))]


def fields(one: Article) -> Fields:
    title = words_of(one.title, [0], [0])
    body = words_of(one.text, paragraph_starts(one.text), sentence_starts(one.text))
    lead = len(body)
    if lead > 50:
        lead = next((k for k in range(50, len(body)) if body[k].paragraph != body[k - 1].paragraph), len(body))
    return {"title": Field(one.title, title), "body": Field(one.text, body), "lead": Field(one.text, body[:lead])}


def test_words_and_their_places_are_those_of_the_specification() -> None:
    for one in articles(60):
        document = Document(one)
        for ours, theirs in ((document.title, fields(one)["title"]), (document.body, fields(one)["body"])):
            assert ours.tokens.words == [w.folded for w in theirs.words]
            assert ours.tokens.starts == [w.start for w in theirs.words]
            assert ours.tokens.ends == [w.end for w in theirs.words]


@pytest.mark.parametrize("seed", range(8))
def test_random_rules_are_true_of_the_same_articles_and_evidence_stands_where_it_says(seed: int) -> None:
    """200,000 pairs in all: 8 seeds of 25,000. Each rule meets the article it was made from, and another."""
    rng = random.Random(seed)
    every = [replace(one, text=one.text[:350]) for one in articles(60)]
    known = [(one, Document(one), fields(one)) for one in every]
    maker = RuleMaker(rng, [one.text for one in every])
    verdicts = {True: 0, False: 0}
    while sum(verdicts.values()) < PAIRS_EACH:
        own = rng.choice(known)
        tree = maker.rule(f"{own[0].title}\n\n{own[0].text}")
        for one, document, theirs in (own, rng.choice(known)):
            verdict = explain(tree, document)
            assert verdict.true == true(tree, theirs), f"{print_rule(tree)} on {one.title}"
            verdicts[verdict.true] += 1
            for proof in verdict.proof():
                source = one.title if proof.field == "title" else one.text
                assert source[proof.start : proof.end] == proof.text
    assert min(verdicts.values()) > 0.2 * sum(verdicts.values()), verdicts


def test_every_random_rule_survives_printing() -> None:
    rng = random.Random(7)
    every = articles(10)
    maker = RuleMaker(rng, [one.text for one in every])
    for one in every:
        for _ in range(100):
            tree = maker.rule(one.text)
            text = print_rule(tree)
            parsed = parse(text)
            if parsed.tree is None:
                assert {p.code.value for p in parsed.problems} <= {"no-anchor", "too-long"}, (text, parsed.problems)
            else:
                assert parsed.tree == tree, text
