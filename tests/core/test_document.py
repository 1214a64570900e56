"""An article as rules search it."""

from dataclasses import replace

from core.text.document import Document
from tests.fakes.records import an_article

PAGE = replace(an_article("https://news.example/1"), title="Talks begin", text="First.\n\nSecond.")


def test_an_article_with_nothing_beside_its_page_is_searched_as_it_is() -> None:
    document = Document(PAGE)
    assert (document.titles, document.text) == (PAGE.title, PAGE.text)
    assert document.place("body", 8) == ("body", 8)


def test_what_the_feed_says_is_a_paragraph_of_its_own() -> None:
    document = Document(replace(PAGE, feed_title="Talks end", feed_text="Third."))
    assert document.title.tokens.words == ["talks", "begin", "talks", "end"]
    assert document.title.paragraphs == [0, 0, 1, 1]
    assert document.body.tokens.words == ["first", "second", "third"]
    assert len(set(document.body.paragraphs)) == 3
    assert document.place("title", document.titles.index("end")) == ("feed_title", 6)
    assert document.place("body", document.text.index("Third")) == ("feed_text", 0)
    assert document.place("body", 0) == ("body", 0)


def test_an_article_without_a_text_has_the_feeds_lead() -> None:
    document = Document(replace(PAGE, text="", feed_text="One two three."))
    assert (document.lead_length, document.place("body", 4)) == (3, ("feed_text", 4))
