"""What a page says of itself in JSON-LD, however it is written, and which object is its own article."""

import json

import pytest

from ingest.parse.extract import tree_of
from ingest.parse.linked_data import LinkedData, linked_data, text_in, texts_in
from ingest.parse.loose_json import json_values

URL = "https://news.example/ports/crane-closes-harbour"
OWN = '{"@type": "NewsArticle", "headline": "Crane closes harbour", "datePublished": "2026-03-02T09:00:00+01:00"}'


def said(*scripts: str, kind: str = "application/ld+json") -> LinkedData:
    body = "".join(f'<script type="{kind}">{script}</script>' for script in scripts)
    page = tree_of(f"<html><head>{body}</head><body><p>x</p></body></html>")
    assert page is not None
    return linked_data(page)


def own(*scripts: str, headlines: tuple[str, ...] = ()) -> str | None:
    return text_in(said(*scripts).own((URL,), headlines), "headline")


@pytest.mark.parametrize(
    "script",
    [
        OWN, f"\n  {OWN}\n", f"{OWN};", "\ufeff" + OWN, f"[{OWN}]", f"[[{OWN}],]", f'{{"@graph": [{OWN}]}}', f"// {{x}}\n{OWN}",
        f"//<![CDATA[\n{OWN}\n//]]>", f"<![CDATA[{OWN}]]>", f"/*<![CDATA[*/{OWN}/*]]>*/", f"/* <![CDATA[ */\n{OWN}\n/* ]]> */",
        f"<!--\n{OWN}\n-->", f"<!--//--><![CDATA[//><!--\n{OWN}\n//--><!]]>", OWN[:-1] + ",}", OWN[:-1] + ", , }", OWN[:-1],
        OWN[:-2], OWN[:-1] + ', "image": }', OWN[:-1] + ', "image": , "a": undefined}', OWN[:-1] + ', "n": NaN}', OWN[:-1] + ', "n": 007}',
        OWN[:-1] + ', "about": "a "quoted" word"}', OWN[:-1] + ', "about": "a\nb\tc\x01"}', OWN[:-1] + r""", "about": "it\'s \x20"}""",
        OWN.replace(",", ", /* a */", 1), OWN.replace(",", ",\n// a line\n", 1), OWN + OWN.replace("Crane", "Second"),
        OWN + "\n" + OWN, OWN + "}", OWN.replace('"', "&quot;"), OWN.replace('"NewsArticle"', '["Thing", "ReportageNewsArticle"]'),
        OWN.replace("NewsArticle", "http://schema.org/NewsArticle"), OWN.replace("NewsArticle", "schema:BlogPosting"),
        OWN.replace("NewsArticle", "newsarticle"), OWN.replace('"headline"', '"schema:headline"'),
        OWN.replace('"headline"', '"https://schema.org/headline"'), OWN.replace('"Crane closes harbour"', '{"@value": "Crane closes harbour"}'),
        OWN.replace('"Crane closes harbour"', '["Crane closes harbour", "Another"]'), OWN.replace(" closes", r" \u0063loses"),
        f'{{"@type": "WebPage", "mainEntity": {OWN}}}', f'{{"@type": "WebPage", "mainEntity": [{OWN}]}}',
        f'{{"@type": "WebPage", "mainEntityOfPage": {OWN}}}', f'{{"@type": "WebSite", "name": "x"}},{OWN}',
    ],
)  # fmt: skip
def test_an_object_is_read_however_it_is_written(script: str) -> None:
    assert own(script) == "Crane closes harbour"


@pytest.mark.parametrize(
    "kind",
    ["application/ld+json", "application/ld+json; charset=utf-8", "Application/LD+JSON", " application/ld+json ;charset=UTF-8", "application/ld+json;"],
)  # fmt: skip
def test_the_scripts_type_is_a_media_type(kind: str) -> None:
    assert text_in(said(OWN, kind=kind).own((URL,)), "headline") == "Crane closes harbour"


def test_other_scripts_are_none_of_it() -> None:
    assert said(OWN, kind="application/json").articles == ()
    assert said("", "  ", "no JSON", "{", "[" * 5000, "1" * 5000).articles == ()


def other(headline: str, **more: object) -> str:
    return json.dumps({"@type": "NewsArticle", "headline": headline} | more)


@pytest.mark.parametrize(
    "scripts",
    [
        (OWN, other("Other")),
        (f"[{OWN}, {other('Other')}, {other('Third')}]",),
        (f'{{"@graph": [{{"@type": "Organization"}}, {OWN}, {other("Other")}]}}',),
        (other("Other", url="https://news.example/other"), other("Crane closes harbour", url=URL)),
        (other("Other", url="/other"), other("Crane closes harbour", url="/ports/crane-closes-harbour")),
        (other("Other"), other("Crane closes harbour", **{"@id": URL + "#article"})),
        (other("Other"), other("Crane closes harbour", mainEntityOfPage={"@type": "WebPage", "@id": URL + "/?utm_source=x"})),
        (other("Other"), other("Crane closes harbour", mainEntityOfPage="http://www.news.example/ports/crane-closes-harbour/")),
        (json.dumps({"@type": "ItemList", "itemListElement": [json.loads(other("Other"))]}), OWN),
        (json.dumps({"@type": "WebPage", "hasPart": json.loads(other("Other"))}), OWN),
        (json.dumps({"@type": "NewsArticle", "headline": "Crane closes harbour", "isPartOf": json.loads(other("Other"))}),),
    ],
)  # fmt: skip
def test_the_pages_own_article_goes_before_others(scripts: tuple[str, ...]) -> None:
    assert own(*scripts) == "Crane closes harbour"


@pytest.mark.parametrize(
    ("headline", "heading"),
    [
        ("Crane closes harbour", "Crane closes harbour"),
        ("CRANE CLOSES HARBOUR", "Crane closes harbour"),
        ("Crane closes “harbour”", 'Crane closes "harbour"'),
        ("Crane&amp;#39;s fall closes harbour", "Crane's fall closes harbour"),
        ("Crane closes har\u00adbour", "Crane closes harbour"),
        ("Crane closes harbour of …", "Crane closes harbour of Larnport"),
    ],
)
def test_a_headline_that_stands_on_the_page_tells_it(headline: str, heading: str) -> None:
    scripts = (other("Other"), other(headline, datePublished="2026"))
    assert text_in(said(*scripts).own((URL,), (heading,)), "datePublished") == "2026"


def test_an_object_of_another_page_with_another_headline_is_never_its_own() -> None:
    related = other("Chip makers cut output", url="https://news.example/chips", datePublished="2020-01-01")
    assert said(related).own((URL,), ("Crane closes harbour",)) == {}
    lists = (other("Chip makers cut output"), other("Bank raises rates", datePublished="2020-01-01"))
    assert said(*lists).own((URL,), ("Crane closes harbour",)) == {}
    assert own(*lists) == "Chip makers cut output", "nothing tells another headline"
    assert own(related.replace("https://news.example/chips", "https://news.example/"), headlines=("Crane",)) is not None
    assert own(other("Seo words", url="https://google.com/article"), headlines=("Crane",)) == "Seo words"


def test_names_are_texts_objects_or_references() -> None:
    data = said(
        json.dumps(
            {
                "@graph": [
                    {"@type": "Person", "@id": "#jane", "name": "Jane Doe"},
                    {"@type": "Article", "author": [{"@id": "#jane"}, "John &amp; Co", {"name": ["A", "B"]}, {"@id": "#nobody"}, 5]},
                ]
            }
        )
    )  # fmt: skip
    assert data.named(data.articles[0], "author") == ("Jane Doe", "John & Co", "A", "B")


def test_texts_are_unescaped_once_or_twice_and_never_lose_what_is_no_entity() -> None:
    for raw, wanted in {
        "Kim &amp; Putin: what&#8217;s next": "Kim & Putin: what’s next",
        "Kim &amp;amp; Putin": "Kim & Putin",
        "&lt;Pyongyang Times&gt; says": "<Pyongyang Times> says",
        "R&D at AT&T; ?a=1&copy=2": "R&D at AT&T; ?a=1&copy=2",
        "  two\n lines ": "two lines",
    }.items():
        assert list(texts_in({"headline": raw}, "headline")) == [wanted]


def test_values_of_one_script_come_in_their_order() -> None:
    assert list(json_values('{"a": 1}{"b": 2} [3]')) == [{"a": 1}, {"b": 2}, [3]]
