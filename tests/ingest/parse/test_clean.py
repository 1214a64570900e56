"""Which lines of a page are the article's own."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parse.clean import _NEVER_WITHIN, _WORDS_WITHIN, article_lines, is_boilerplate
from tests.effort import tries

NEVER = """
Also Read
ALSO READ:
Also read: Russia's Lavrov to visit North Korea in October
READ MORE | Oil prices jump after the attack
Read also – Ten things to know before the vote.
Click here to follow our WhatsApp channel
Follow our WhatsApp channel
Follow us on Twitter and Facebook.
Join our Telegram channel for updates
Topics :North KoreaRussiaMoscowSergey Lavrov
Tags: elections, Moldova, gas
First Published: Jan 15 2024 | 2:43 PM IST
Last Updated : Jan 15 2024 | 2:43 PM IST
2 min read Last Updated : Jan 15 2024 | 2:43 PM IST
Published on 12 March 2025, 14:30
Updated: 12:30, 4 May 2025
5 minute read
LinkedIN IconTwitter Icon
Share this article
Share on Facebook
Facebook Twitter WhatsApp Copy link
Advertisement
Story continues below advertisement
Subscribe to our newsletter
Sign up for our daily newsletter and never miss a story.
Get the latest news in your inbox every morning.
Download our app for breaking news.
All rights reserved.
© 2025 The Ledger. All rights reserved.
(This story has not been edited by our staff and is auto-generated from a syndicated feed.)
Photo: Reuters
File photo: The minister at an earlier visit
Image credit: AP/Jon Doe
The harbour at dawn | Photo: Wikipedia
The minister at the ministry (AFP/Jon Doe)
Home / World News / Minister visits Moscow
Explore News
Next Story
Most Popular
More from World
Editor's Picks
Skip to content
Lesen Sie auch
Das könnte Sie auch interessieren
Anzeige
Foto: dpa
Veröffentlicht am 12.03.2025 um 14:30
Читайте также
Материалы по теме
Фото: РИА Новости
Опубликовано: 12 марта 2025
관련 기사
많이 본 뉴스
입력 2025.03.12 14:30
무단 전재 및 재배포 금지
À lire aussi
Lea también
相关新闻
関連記事
* * *
Story Continued Below
Share this: Facebook Twitter Email Print
SUBSCRIBE NOW: $1 for the first 3 months
This content is available to everyone thanks to our subscribers.
The Ledger is a reader-supported publication. Support local journalism.
Get the stories you care about delivered to your inbox. By signing up, you agree to our terms.
Receive news on Example Corp - Enter your email address below to receive a concise daily summary.
Please enable JavaScript to view this page.
Play Video
JUST WATCHED Minister resigns Replay More Videos ... MUST WATCH Minister resigns 02:27
Enlarge this image toggle caption Jane Doe/AP
prev next Image 2 of 3
Image copyright Reuters
FILE - In this file photo, officials attend a news conference. (AP Photo)
6 years ago
AP hockey: https://news.example/hockey and https://social.example/ap
The Associated Press contributed to this report.
Our Standards: The Thomson Reuters Trust Principles.
Reporting by Jane Doe; Additional reporting by John Roe; Editing by Max Muster
(Reporting by Jane Doe in Seoul)
Jane Doe covers the port for the Larnport Herald. Reach her at 555-0142.
Follow @ledger
[[ CLICK HERE FOR THE LEDGER APP ]]
( Also on LEDGER: The harbour reopens)
By Jane Doe, Example News
By Jane Doe and John Roe
Jane Doe contributed reporting from Hong Kong.
Jane Doe may be reached at jane@ledger.example.
Follow her on Twitter @janedoe or on Facebook.
Follow the Ledger's full coverage of the vote at https://ledger.example/vote
SEE MORE: Hundreds under siege in university
Tags harbour crane strike
Publicado por Jane Doe
Você pode gostar
""".strip().splitlines()

OWN = """
The minister also read a statement by the families of the victims.
"Like our allies, we stand firm," he said.
Published on Monday, the report blames the ministry for the delay of 2024.
First published in 1984, the novel sold two million copies before it was banned.
Read more than once, the letter still puzzles the historians who found it.
Share prices fell by four percent after the announcement.
Follow the money, investigators were told.
Watch what they do, not what they say, the general told reporters on Friday.
Related parties bought the shares in 2019 at a discount, the filing says.
Photo albums were among the things that the flood carried away on Sunday.
Topics on the agenda include gas prices, sanctions and the harbour of Odesa.
Home prices rose by 3 percent in March, the statistics office said on Tuesday.
Trending higher for a week, the euro fell back on Friday afternoon.
She said: "Subscribe to no lies."
Latest figures show that unemployment fell in all regions but one.
Popular protests spread to the capital.
Tags were removed from the containers, the customs service said on Monday.
Главное управление разведки сообщило о новых ударах по складам.
관련 부처는 월요일에 회의를 열었다.
Anzeigen gegen Unbekannt erstattete die Stadt am Montag bei der Polizei.
Copyright law does not cover such works, the court said in its ruling of 12 May; publishers had asked for more than that.
Recommended doses were exceeded in three cases.
By Friday the ministry will have to answer.
By Land And By Sea They Came, As The General Had Said.
Writing by candlelight, he finished the letter on the night before the battle.
The two men contributed to this year's campaign.
Three years ago the plant was closed.
File sharing cost the labels two billion dollars, the court heard.
Enable them to work, she said of the refugees.
Call them at once, the minister told his aides. Nobody did.
Editing the genome took a week.
See more than this, the guide said, and you will want to stay.
Find them on the shelves, he said.
No.
""".strip().splitlines()


@pytest.mark.parametrize("line", NEVER)
def test_this_line_is_never_the_articles(line: str) -> None:
    assert article_lines([line]) == []


@pytest.mark.parametrize("line", OWN)
def test_this_line_is_the_articles_own(line: str) -> None:
    assert article_lines([line]) == [line]


def test_the_headlines_after_an_opener_go_with_it_and_the_next_sentence_ends_them() -> None:
    lines = [
        "A first sentence.",
        "Also Read",
        "Will Putin go to Pyongyang?",
        "Oxfam: rich grow richer",
        "He did not answer.",
    ]
    assert article_lines(lines) == ["A first sentence.", "He did not answer."]


def test_headlines_without_an_opener_are_not_guessed_away() -> None:
    assert article_lines(["A subheading of the article", "And its text."]) == [
        "A subheading of the article",
        "And its text.",
    ]


def test_a_paragraph_that_is_longer_than_any_headline_ends_a_list() -> None:
    paragraph = "word " * 60
    assert article_lines(["Related", "One headline", paragraph, "A subheading"]) == [paragraph.strip(), "A subheading"]


def test_the_title_is_not_repeated_whatever_its_quotes_and_stops() -> None:
    assert article_lines(["“Strike goes on”.", "The strike goes on for a week."], "Strike goes on") == [
        "The strike goes on for a week."
    ]


def test_a_standfirst_that_repeats_a_paragraph_is_told_once() -> None:
    sentence = "Choe is visiting at the invitation of Lavrov, the ministry said"
    assert article_lines([sentence, "AP", f"{sentence}.", "No.", "No."]) == ["AP", f"{sentence}.", "No.", "No."]


def test_plain_text_is_parted_at_line_breaks() -> None:
    assert article_lines("One.\r\nTwo  words.\n\n\n Three.\n".splitlines()) == ["One.", "Two words.", "Three."]


@tries(200)
@given(st.lists(st.text(max_size=300)), st.text(max_size=50))
def test_cleaning_invents_nothing_keeps_the_order_and_is_done_after_once(lines: list[str], title: str) -> None:
    kept = article_lines(lines, title)
    squeezed = iter([" ".join(line.split()) for line in lines])
    assert all(any(line == other for other in squeezed) for line in kept)
    assert not any(is_boilerplate(line) for line in kept)


@tries(50)
@given(st.sampled_from("a :|/->© \t."), st.integers(150, 200), st.sampled_from(["", "also read", "home", "photo"]))
def test_no_line_makes_the_patterns_run_away(char: str, times: int, start: str) -> None:
    line = (start + char * times)[:200]
    for _ in range(20):
        is_boilerplate(line)


@tries(300)
@given(st.one_of([st.from_regex(re.compile(one, re.IGNORECASE), fullmatch=True) for one in _NEVER_WITHIN]))
def test_what_a_costly_pattern_matches_holds_one_of_the_words_that_it_is_tried_for(line: str) -> None:
    assert any(word in line.lower() for word in _WORDS_WITHIN)
