"""Why a rule is true or false of an article: verdicts on nodes, places in the original text, near misses."""

import unicodedata
from datetime import UTC, datetime

import pytest

from alerts.rules.aliases import AliasSet
from alerts.rules.expand import expand
from alerts.rules.explain import MAX_EVIDENCE, Explained, explain
from alerts.rules.parser import parse
from alerts.rules.syntax import Near, Node
from core.model.article import Article
from core.text.document import Document

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TEXT = (
    "North Korea’s foreign minister met Lavrov in Moscow. Arms were not discussed, the ministry said.\n\n"
    "Analysts in the U.S. doubt that. Köln and Ångström agree; the US does not, said us all. Missiles were seen."
)


def document(title: str = "Pyongyang visit", text: str = TEXT, **changed: object) -> Document:
    given: dict[str, object] = {
        "article_id": "1",
        "url": "https://www.world.example/asia/1?x=1",
        "canonical_url": "https://www.world.example/asia/1",
        "title": title,
        "text": text,
        "source_id": "s",
        "source_name": "World Example",
        "domain": "world.example",
        "authors": ("Jane Doe", "Kim Park"),
        "section": "Asia",
        "tags": ("arms trade", "korea"),
        "lang": "en-GB",
        "country": "GB",
        "seen": NOW,
        "accepted": NOW,
    }
    return Document(Article(**{**given, **changed}))  # type: ignore[arg-type]  # fields by name


ALIASES = AliasSet.of([("dprk", ["North Korea", "북한", "@capital"]), ("capital", ["Pyongyang"])])


def tree_of(rule: str) -> Node:
    parsed = parse(rule, aliases=ALIASES)
    assert parsed.tree is not None, parsed.problems
    return expand(parsed.tree, ALIASES)


def verdict(rule: str, of: Document | None = None) -> Explained:
    return explain(tree_of(rule), of or document())


TRUE = [
    "@dprk AND Lavrov",
    '"North Korea" NEAR/5 Lavrov',
    "Lavrov NEAR/0 met",
    "met ONEAR/0 Lavrov",
    "Lavrov ONEAR/2 Moscow",
    "minister NEAR/0 met NEAR/2 Moscow",
    "minister NEAR/0 (met NEAR/2 Moscow)",
    "Lavrov NOT NEAR/1 arms",
    "Lavrov SENT Moscow",
    "Lavrov PARA arms",
    "(Lavrov SENT Moscow) NEAR/0 arms",
    "Lavrov SENT met PARA arms",
    '"korea s foreign"',
    "Koln AND angstrom",
    '"u s"',
    "U.S.",
    "case(US)",
    "case(us)",
    'case("North Korea")',
    "ATLEAST/2(us)",
    "ATLEAST/3(us OR arms)",
    "KOF/2(Lavrov, football, Moscow)",
    "FIRST/7(Lavrov)",
    "FIRST/1(Pyongyang)",
    "arm? AND missile*",
    "Lavrov AND /Arms? were/",
    "Lavrov AND /(?i)MOSCOW/",
    "author:Jane AND section:asia AND tag:korea",
    'Lavrov AND author:"Kim Park"',
    "Lavrov AND lang:en AND country:gb AND domain:world.example",
    "Lavrov AND domain:example",
    "Lavrov AND url:world.example/asia",
    "Lavrov AND url:https://www.world.example/asia",
    "Lavrov AND url:/asia",
    'Lavrov AND source:"world example"',
    "hlead:Pyongyang AND lead:Lavrov",
    "title:(Pyongyang OR body:x)",
    "title:body:Lavrov",
]
FALSE = [
    "Lavrov NEAR/0 Moscow",
    "Moscow ONEAR/3 Lavrov",
    "Lavrov NEAR/50 Köln",
    '"said analysts"',
    "visit NEAR/9 North",
    "Lavrov SENT arms",
    "(Lavrov SENT Moscow) NEAR/1 discussed",
    "Lavrov PARA Köln",
    "Lavrov NOT NEAR/2 Moscow",
    "missile",
    "arm",
    "case(Us)",
    "case(Koln)",
    "case(lavrov)",
    "ATLEAST/4(us OR arms)",
    "KOF/3(Lavrov, football, Moscow)",
    "FIRST/6(Lavrov)",
    "title:Lavrov",
    "title:FIRST/3(Lavrov)",
    "author:Doe AND tag:trade AND section:arms",
    'author:"Doe Kim"',
    "Lavrov AND lang:de",
    "Lavrov AND domain:rld.example",
    "Lavrov AND url:world.example/europe",
    "Lavrov AND url:/sia",
    "Lavrov AND source:world",
    "Lavrov AND /arms/",
    "Pyongyang NEAR/0 Pyongyang",
]


@pytest.mark.parametrize("rule", TRUE)
def test_it_is_true_and_every_proof_stands_where_it_says(rule: str) -> None:
    found = verdict(rule)
    assert found.true
    article = document().article
    for proof in found.proof():
        texts = {"title": article.title, "body": article.text, "section": article.section or ""}
        source = texts.get(proof.field) or "\n\n".join(article.authors if proof.field == "author" else article.tags)
        assert source[proof.start : proof.end] == proof.text


@pytest.mark.parametrize("rule", FALSE)
def test_it_is_false_and_nothing_is_proved(rule: str) -> None:
    found = verdict(rule)
    assert not found.true
    assert list(found.proof()) == []


def near_of(found: Explained) -> Explained:
    return found if isinstance(found.node, Near) else next(near_of(child) for child in found.children)


@pytest.mark.parametrize(
    ("rule", "nearest"),
    [
        ("Lavrov NEAR/0 Moscow", 1),
        ("Moscow ONEAR/9 Lavrov", 1),
        ("Lavrov NEAR/1 (arms OR Köln)", 2),
        ("Lavrov NEAR/50 Köln", None),
        ("Lavrov NEAR/50 football", None),
        ("Lavrov NOT NEAR/2 Moscow", 1),
    ],
)
def test_a_false_proximity_tells_the_nearest_distance(rule: str, nearest: int | None) -> None:
    assert near_of(verdict(rule)).nearest == nearest


def test_what_spoils_a_not_near_is_shown() -> None:
    found = verdict("Lavrov NOT NEAR/2 Moscow")
    assert [child.true for child in found.children] == [True, True]


def test_the_clause_of_a_proof_is_its_place_in_the_rule_and_an_alias_is_one_clause() -> None:
    rule = "@dprk AND (football OR Lavrov) AND NOT cricket"
    proofs = list(verdict(rule).proof())
    assert {(rule[p.clause_start : p.clause_end], p.text) for p in proofs} == {
        ("@dprk", "Pyongyang"),
        ("@dprk", "North Korea"),
        ("Lavrov", "Lavrov"),
    }


def test_a_clause_shows_five_places_at_most() -> None:
    found = verdict("war AND /w.r/", document(text="war " * 40))
    assert [len(child.evidence) for child in found.children] == [MAX_EVIDENCE, MAX_EVIDENCE]


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        ("Die “Größe” zählt", "grosse", "Größe"),
        ("The eﬃcient way", "efficient", "eﬃcient"),
        ("In Cafe\u0301s today", "cafes", "Cafe\u0301s"),
        ("𝐁𝐨𝐥𝐝 claim 😀 made", "bold", "𝐁𝐨𝐥𝐝"),
        ("😀😀 it’s arms", "arms", "arms"),
        ("한국 소식", unicodedata.normalize("NFD", "한국"), "한국"),
        (unicodedata.normalize("NFD", "한국 소식"), "한국", unicodedata.normalize("NFD", "한국")),
        ("북한의 무기", "북한", "북한"),
        ("ราคาน้ำมันขึ้น", "น้ำมัน", "น้ำมัน"),
        ("ΠΌΛΕΜΟΣ τώρα", "πολεμος", "ΠΌΛΕΜΟΣ"),
        ("Ёлки и йод", "елки", "Ёлки"),
        ("so\u00adft hyphen", "soft", "so\u00adft"),
        ("ＮＡＴＯ met", "nato", "ＮＡＴＯ"),
    ],
)
def test_words_are_found_in_any_script_and_shown_as_the_article_has_them(text: str, rule: str, words: str) -> None:
    (proof,) = verdict(rule, document(title="", text=text)).proof()
    assert proof.text == words
    assert text[proof.start : proof.end] == words


def test_the_lead_is_whole_paragraphs_of_at_least_fifty_words() -> None:
    text = "alpha " * 30 + "\n\n" + "beta " * 30 + "\n\n" + "gamma " * 30
    of = document(text=text)
    assert verdict("lead:beta", of).true
    assert not verdict("lead:gamma", of).true
    assert not verdict("lead:alpha AND lead:/gamma/", of).true
    assert verdict("lead:alpha AND lead:/beta/", of).true
