"""Values that no article can have are told, with what is meant; values that one can have are not."""

import pytest

from alerts.rules.names import countries_meant, is_country, is_language, languages_meant
from alerts.rules.parser import parse
from alerts.rules.problem import Code

ODD = [
    ("domain:*.example.com", "domain:example.com"),
    ("domain:https://example.com/", "domain:example.com"),
    ("domain:example.com/world", "url:example.com/world"),
    ("domain:https://www.example.com/world?a=1", "url:example.com/world?a=1"),
    ("domain:info@example.com", "domain:example.com"),
    ('domain:"The Times"', 'source:"the times"'),
    ("domain:kcna", None),
    ("domain:example..com", None),
    ("domain:-example.com", None),
    ("domain:192.168.1.999", None),
    ("domain:example.com#top", "domain:example.com"),
    ("domain:example.com:port", "domain:example.com"),
    ("source:example.com", "domain:example.com"),
    ("source:www.example.com", "domain:example.com"),
    ("source:@example", None),
    ("url:https://", None),
    ("lang:se", "lang:sv"),
    ("lang:ee", "lang:et"),
    ("domain:*example*", None),
    ("url:*world*", None),
    ("url:example.com/world/*", "url:example.com/world/"),
    ("url:*.example.com/*", "domain:example.com"),
    ("url:*/world/", "url:/world/"),
    ("url:world/europe", "url:/world/europe"),
    ("url:example.com/a?utm_source=rss&id=5", "url:example.com/a?id=5"),
    ("url:example.com/a#part", "url:example.com/a"),
    ("source:Reuters*", None),
    ("source:https://www.example.com/", "domain:example.com"),
    ("country:UK", "country:gb"),
    ("country:USA", "country:us"),
    ("country:EU", None),
    ("country:Deutschland", "country:de"),
    ('country:"South Korea"', "country:kr"),
    ("country:korea", "country:kr"),
    ("country:Росия", "country:ru"),
    ("country:ja", "country:jp"),
    ("lang:ua", "lang:uk"),
    ("lang:cn", "lang:zh"),
    ("lang:jp", "lang:ja"),
    ("lang:kr", "lang:ko"),
    ("lang:eng", "lang:en"),
    ("lang:ger", "lang:de"),
    ("lang:en-GB", "lang:en"),
    ("lang:zh_Hans", "lang:zh"),
    ("lang:Deutsch", "lang:de"),
    ("lang:русский", "lang:ru"),
    ("lang:qq", None),
    ('agency:"Associated Press"', "agency:AP"),
    ("agency:路透社", "agency:Reuters"),
    ("agency:nobody", None),
]


@pytest.mark.parametrize(("test", "meant"), ODD)
@pytest.mark.parametrize("sign", ["", "NOT "])
def test_a_value_that_no_article_has_is_told(sign: str, test: str, meant: str | None) -> None:
    told = [one for one in parse(f"kim AND {sign}{test}").warnings if one.code is Code.ODD_VALUE]
    assert len(told) == 1
    fixes = [fix.text for fix in told[0].fixes]
    assert (fixes[:1] == [f"kim AND {sign}{meant}"]) if meant else not fixes
    for fix in fixes:
        assert [one.code for one in parse(fix).warnings] == [], "a fix leaves nothing to tell"


PLAIN = "domain:example.com domain:ru domain:рф domain:127.0.0.1 domain:localhost domain:com url:/a url:example.com url:a.example/b?c=d url:example.com/#!/news/7 source:Reuters source:Lenta.ru country:gb country:GB country:xk lang:uk lang:he lang:ckb lang:no agency:ap agency:dpa".split()


@pytest.mark.parametrize("test", PLAIN)
def test_a_value_that_an_article_can_have_is_not_told(test: str) -> None:
    assert parse(f"kim AND {test}").warnings == ()


def test_a_value_of_a_list_is_replaced_alone() -> None:
    told = parse("kim AND lang:(en OR ua OR deutsch)").warnings
    assert [fix.text for one in told for fix in one.fixes] == [
        "kim AND lang:(en OR uk OR deutsch)",
        "kim AND lang:(en OR ua OR de)",
    ]


def test_the_tables_are_whole() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    two = [a + b for a in letters for b in letters]
    assert sum(map(is_country, two)) == 250, "249 of ISO 3166-1, and Kosovo's XK"
    assert 176 <= sum(map(is_language, two)) <= 184
    assert all(countries_meant(code) == (code,) for code in two if is_country(code))
    assert all(languages_meant(code) == (code,) for code in two if is_language(code))


SAME = [
    ("site:example.com AND kim", "domain:example.com AND kim"),
    ("-site:www.example.com AND kim", "-domain:example.com AND kim"),
    ("site:example.com/world AND kim", "url:example.com/world AND kim"),
    ("host:*.example.com AND kim", "domain:example.com AND kim"),
    ("inurl:world AND kim", "url:/world AND kim"),
    ("intitle:kim", "title:kim"),
    ('headline:("North Korea" OR kim)', 'title:("North Korea" OR kim)'),
    ("language:english AND kim", "lang:en AND kim"),
    ("language:(en OR de) AND kim", "lang:(en OR de) AND kim"),
    ("byline:smith AND kim", "author:smith AND kim"),
    ("keyword:arms AND kim", "tag:arms AND kim"),
    ("sourcecountry:uk AND kim", "country:gb AND kim"),
    ('publication:"The Times" AND kim', 'source:"The Times" AND kim'),
    ("titel:kim", "title:kim"),
]


@pytest.mark.parametrize(("written", "meant"), SAME)
def test_a_field_of_another_system_is_the_field_that_means_it(written: str, meant: str) -> None:
    told = parse(written).problems
    assert [one.code for one in told] == [Code.UNKNOWN_FIELD]
    assert [fix.text for fix in told[0].fixes] == [meant]


WHOLE = [
    "domain:kcna.kp",
    "source:KCNA OR kim",
    "author:Smith",
    "section:World AND lang:en",
    "url:/dprk AND NOT football",
]
NOT_WHOLE = ["domain:kcna.kp AND kim", "tag:arms AND title:kim", "KOF/2(domain:a.com, kim, lee)"]


@pytest.mark.parametrize("query", WHOLE)
def test_a_rule_that_asks_for_a_place_alone_is_warned_of(query: str) -> None:
    assert Code.WHOLE_PLACE in [one.code for one in parse(query).warnings]


@pytest.mark.parametrize("query", NOT_WHOLE)
def test_a_rule_that_asks_for_a_word_too_is_not(query: str) -> None:
    assert Code.WHOLE_PLACE not in [one.code for one in parse(query).warnings]


@pytest.mark.parametrize(
    "query", ["NOT domain:kcna.kp", "lang:en", "lang:en AND country:gb", "domain:a.com OR lang:en"]
)
def test_what_is_no_place_alone_is_refused(query: str) -> None:
    assert [one.code for one in parse(query).problems] == [Code.NO_ANCHOR]


NAMES = [
    ("kim AND source:The Times", 'kim AND source:"the times"'),
    ("agency:Associated Press AND kim", "agency:AP AND kim"),
    ("kim AND country:Great Britain", "kim AND country:gb"),
    ("kim AND lang:en,de", "kim AND lang:(en OR de)"),
    ("domain:example.com,пример.рф AND kim", "domain:(example.com OR пример.рф) AND kim"),
]


@pytest.mark.parametrize(("written", "meant"), NAMES)
def test_a_value_of_several_words_and_several_values_are_read_as_meant(written: str, meant: str) -> None:
    told = parse(written).problems
    assert [one.code for one in told] == [Code.BARE_WORDS]
    assert [fix.text for fix in told[0].fixes][:1] == [meant]
