"""Bytes as the web sends them, and the text that was meant."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.article import ArticleFlag
from ingest.parse.charset import claims_of, codec_of, decoded
from ingest.parse.read import feed_of, page_of
from ingest.parse.shapes import ParsedFeed, ParsedPage, ParseFailure

# A sentence as a newsroom writes it, and the encodings that its country has used.
SENTENCES = {
    "Посол прибыл в Москву в понедельник, сообщило министерство": ("cp1251", "koi8-r", "cp866", "iso8859-5"),
    "Посол прибув до Києва, повідомило міністерство енергетики": ("cp1251", "koi8-u"),
    "Министърът пристигна в София, съобщиха от пресцентъра": ("cp1251",),
    "Ο πρέσβης έφτασε στην Αθήνα τη Δευτέρα, δήλωσε το υπουργείο": ("cp1253", "iso8859-7"),
    "השגריר הגיע לירושלים ביום שני, מסר משרד החוץ": ("cp1255", "iso8859-8"),
    "وصل السفير إلى القاهرة يوم الاثنين، حسبما قالت الوزارة": ("cp1256",),
    "เอกอัครราชทูตเดินทางถึงกรุงเทพเมื่อวันจันทร์": ("cp874",),
    "大使が月曜日に東京に到着したと外務省が発表した": ("cp932", "euc_jp"),
    "大使星期一抵达北京，外交部发言人表示": ("gb18030",),
    "大使星期一抵達台北，外交部發言人表示": ("big5hkscs",),
    "대사가 월요일 서울에 도착했다고 외교부가 밝혔다": ("cp949",),
    "Ambasador przybył w poniedziałek do Łodzi, żądają wyjaśnień": ("cp1250", "iso8859-2"),
    "Velvyslanec přijel v pondělí do Třebíče, řekl mluvčí při jednání": ("cp1250", "iso8859-2"),
    "A nagykövet hétfőn érkezett Győrbe, közölte a külügyi szóvivő, őrizetbe vették": ("cp1250", "iso8859-2"),
    "Büyükelçi pazartesi günü İstanbul'a geldi, şüpheli değil, açıkladı": ("cp1254",),
    "Der Botschafter erklärte für die Behörden, Äußerungen seien überprüft": ("cp1252",),
    "L’ambassadeur est arrivé à Genève, a déclaré le ministère, très préoccupé": ("cp1252",),
    "El embajador llegó a España, según señaló el ministerio – “mañana”": ("cp1252",),
    "O embaixador chegou a São Paulo, não há informações, disse o ministério": ("cp1252",),
    "Ambassadören kom till Malmö på måndagen, säger utrikesdepartementet": ("cp1252",),
}
SENT = [(text, encoding) for text, encodings in SENTENCES.items() for encoding in encodings]
CLAIMS = ["", "text/xml; charset=utf-8", "text/xml; charset=ISO-8859-1", "text/xml; charset=us-ascii"]


def feed(text: str, declared: str = "") -> str:
    return (
        f"<?xml version='1.0'{declared}?><rss version='2.0'><channel><item><title>{text}</title></item></channel></rss>"
    )


@pytest.mark.parametrize("content_type", CLAIMS)
@pytest.mark.parametrize(("text", "encoding"), SENT)
def test_bytes_without_a_true_claim_are_read_by_what_they_are(text: str, encoding: str, content_type: str) -> None:
    assert decoded(feed(text).encode(encoding), content_type) == feed(text)


@pytest.mark.parametrize("claimed", ["windows-1251", "gb2312", "shift_jis", "euc-kr", "iso-8859-1", "big5", "koi8-r"])
@pytest.mark.parametrize("text", SENTENCES)
def test_utf_8_is_utf_8_whatever_is_claimed(text: str, claimed: str) -> None:
    said = feed(text, f" encoding='{claimed}'")
    assert decoded(said.encode(), f"text/xml; charset={claimed}") == said


@pytest.mark.parametrize(("text", "encoding"), SENT)
def test_of_two_claims_the_one_that_fits_counts(text: str, encoding: str) -> None:
    label = {"cp949": "ks_c_5601-1987", "big5hkscs": "big5", "gb18030": "gb2312", "cp932": "x-sjis"}.get(
        encoding, encoding
    )
    said = feed(text, f' encoding="{label}"')
    for header in ("utf-8", "iso-8859-1", "koi8-r" if encoding != "koi8-u" else "euc-kr"):
        assert decoded(said.encode(encoding), f"text/xml; charset={header}") == said
    page = f"<html><head><meta charset=big5><script>{'x' * 90_000}</script><meta charset={label}></head><p>{text}</p>"
    assert decoded(page.encode(encoding), "text/html") == page


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("windows-949", "cp949"),
        ("KS_C_5601-1987", "cp949"),
        ("x-sjis", "cp932"),
        ("Shift_JIS", "cp932"),
        ("gb2312", "gb18030"),
        ("x-gbk", "gb18030"),
        ("cp936", "gb18030"),
        ("x-x-big5", "big5hkscs"),
        ("unicode-1-1-utf-8", "utf-8"),
        ("latin-1", "cp1252"),
        ("ISO8859-1", "cp1252"),
        ("ascii", "cp1252"),
        ("win-1251", "cp1251"),
        ("windows1251", "cp1251"),
        ("tis-620", "cp874"),
        ("koi8-ru", "koi8-u"),
        ("utf8", "utf-8"),
        ("base64", None),
        ("rot13", None),
        ("idna", None),
        ("utf-7", None),
        ("unicode_escape", None),
        ("", None),
    ],
)
def test_a_label_names_what_browsers_take_it_for(label: str, codec: str | None) -> None:
    assert codec_of(label) == codec


def test_what_software_says_that_knows_nothing_comes_last() -> None:
    body = b"<?xml version='1.0' encoding='koi8-r'?><meta http-equiv=Content-Type content='text/html; charset=windows-1251'>"
    assert claims_of(body, "text/html; charset=ISO-8859-1") == ["koi8-r", "cp1251", "cp1252"]
    assert claims_of(b"<meta charset='utf-16'><meta charset=base64>", "") == []


@pytest.mark.parametrize(
    ("sent", "label", "text"),
    [
        (b"\x87\x40\x8d\x82", "shift_jis", "①高"),
        (b"\xfb\xfc\x8b\xb4\x87\x8a", "Shift_JIS", "髙橋㈱"),
        ("髙橋".encode("cp932"), "windows-31j", "髙橋"),
        (b"\xad\xa1\xfc\xe2\xb6\xb6", "euc-jp", "①髙橋"),
        (b"\xe9F\xbb\xf9", "gb2312", "镕基"),
        ("뷁쀍".encode("cp949"), "euc-kr", "뷁쀍"),
        ("裏恒碁銹粧".encode("cp950"), "big5", "裏恒碁銹粧"),
        (b"\x80100", "gbk", "€100"),
        (b"\x93go\x94 \x80", "iso-8859-1", "“go” €"),
    ],
)
def test_the_characters_of_vendors_are_read(sent: bytes, label: str, text: str) -> None:
    around = {"shift_jis": "東京で", "Shift_JIS": "東京で", "windows-31j": "東京で", "euc-jp": "東京で"}.get(label, "")
    body = around.encode(codec_of(label) or "") + sent
    assert decoded(b"<p>" + body + b"</p>", f"text/html; charset={label}") == f"<p>{around}{text}</p>"


@pytest.mark.parametrize("text", ["①速報", "大使が東京に到着した"])
def test_japanese_in_seven_bits_is_read(text: str) -> None:
    body = (
        text.replace("①", "一").encode("iso2022_jp").replace(b"0l", b"-!") if "①" in text else text.encode("iso2022_jp")
    )
    for content_type in ("text/html; charset=iso-2022-jp", ""):
        assert decoded(b"<p>" + body + b"</p>", content_type) == f"<p>{text}</p>"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "Посол прибыл в Москву"),
        ("cp932", "大使が東京に到着した"),
        ("gb18030", "大使星期一抵达北京"),
        ("cp949", "대사가 월요일 서울에 도착했다"),
        ("big5hkscs", "大使星期一抵達台北"),
        ("euc_jp", "大使が東京に到着した"),
    ],
)
@pytest.mark.parametrize("bad", [b"\xff", b"\x81\xff", b"\xff\xff"])
def test_a_bad_byte_costs_itself_and_not_its_neighbours(encoding: str, text: str, bad: bytes) -> None:
    body = f"<p>{text}".encode(encoding) + bad + f"</p><p>{text}</p><p>{text}</p>".encode(encoding)
    label = {"big5hkscs": "big5", "euc_jp": "euc-jp"}.get(encoding, encoding)
    read = decoded(body, f"text/html; charset={label}")
    assert read.startswith(f"<p>{text}\ufffd")
    assert read.endswith(f"</p><p>{text}</p><p>{text}</p>")


def test_utf_8_with_summaries_that_break_off_stays_utf_8() -> None:
    body = b"".join(f"<item><title>Le président à Genève {n}</title>é".encode()[:-1] + b"</item>" for n in range(30))
    assert decoded(b"<rss>" + body, "").count("Le président à Genève") == 30
    assert decoded(("Москва и Петербург " * 20).encode() + b"\xff" + "Харьков".encode(), "").count("\ufffd") == 1


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize(
    "text", ["<?xml version='1.0'?><rss>Köln – Москва</rss>", '{"items": [{"title": "東京"}]}', "<p>x</p>  " * 9]
)
def test_marks_and_wide_characters_are_seen_whatever_is_claimed(encoding: str, text: str) -> None:
    assert decoded(text.encode(encoding), "text/xml; charset=windows-1251") == text


def test_a_mark_of_utf_8_before_other_text_is_dropped() -> None:
    assert decoded(b"\xef\xbb\xbf" + "<p>Посол прибыл".encode("cp1251"), "text/html") == "<p>Посол прибыл"


@pytest.mark.parametrize(
    ("text", "label"), [("快訊", "big5"), ("กรุงเทพ", "tis-620"), ("속보", "euc-kr"), ("速報", "x-sjis")]
)
def test_one_word_is_read_as_it_is_claimed_though_half_of_it_looks_like_utf_8(text: str, label: str) -> None:
    said = feed(text, f' encoding="{label}"')
    assert decoded(said.encode(codec_of(label) or ""), "text/xml; charset=utf-8") == said


def test_signs_alone_are_read_as_western() -> None:
    for text in ("<p>© 2026 Herald</p>", "don’t “go”", "10 € – 20 £", "« a »"):
        for claimed in ("", "utf-8", "iso-8859-1", "euc-kr", "gb2312"):
            assert decoded(text.encode("cp1252"), f"text/html; charset={claimed}") == text


def test_characters_that_were_lost_are_told() -> None:
    words = "The harbour was closed for repairs after the storm of the weekend, the authority said. " * 3
    page = page_of(
        b"<article><h1>Caf" + b"\xff" + f"</h1><p>{words} Köln</p></article>".encode(),
        "",
        "https://a.example/b",
    )
    assert isinstance(page, ParsedPage)
    whole = page_of(f"<article><h1>Café</h1><p>{words}</p></article>".encode(), "", "https://a.example/b")
    assert isinstance(whole, ParsedPage)
    assert ArticleFlag.BROKEN_CHARACTERS in page.flags or "\ufffd" not in page.title + page.text
    assert ArticleFlag.BROKEN_CHARACTERS not in whole.flags
    lost = page_of(
        f"<article><h1>Cafe</h1><p>{words} \ufffd and more</p></article>".encode(), "", "https://a.example/b"
    )
    assert isinstance(lost, ParsedPage)
    assert ArticleFlag.BROKEN_CHARACTERS in lost.flags


def test_entries_that_lost_characters_are_counted() -> None:
    body = feed("Caf\ufffd").replace("</item>", "</item><item><title>Tea</title></item>")
    found = feed_of(body.encode(), "", "https://a.example/")
    assert isinstance(found, ParsedFeed)
    assert (found.broken, len(found.entries)) == (1, 2)


@pytest.mark.parametrize(
    ("body", "feed_ends", "page_ends"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not_a_feed", "not_html"),
        (b"%PDF-1.7\n" + bytes(range(256)), "not_a_feed", "not_html"),
        (b"PK\x03\x04" + bytes(range(256)), "not_a_feed", "not_html"),
        (random.Random(9).randbytes(5000), "bad_encoding", "bad_encoding"),
        (b"\x00" * 300, "bad_encoding", "bad_encoding"),
    ],
)
def test_no_text_is_made_of_what_is_none(body: bytes, feed_ends: str, page_ends: str) -> None:
    found, read = feed_of(body, "text/xml", "https://a.example/f"), page_of(body, "text/html", "https://a.example/p")
    assert isinstance(found, ParseFailure)
    assert isinstance(read, ParseFailure)
    assert (found.outcome, read.outcome) == (feed_ends, page_ends)


def test_json_is_no_page() -> None:
    read = page_of(
        b' {"text": "' + b"The harbour was closed for repairs. " * 20 + b'"}', "text/html", "https://a.example/p"
    )
    assert isinstance(read, ParseFailure)
    assert read.outcome == "not_html"


def test_a_zero_in_a_page_does_not_end_it() -> None:
    words = "The harbour was closed for repairs after the storm, the authority said on Monday. " * 3
    page = page_of(
        f"<article><h1>Har\x00bour</h1><p>{words}\x00</p><p>Last words of it all stand here.</p></article>".encode(),
        "",
        "https://a.example/b",
    )
    assert isinstance(page, ParsedPage)
    assert "Last words" in page.text


def test_a_feed_says_its_title_in_the_encoding_that_fits() -> None:
    found = feed_of(
        feed("Посол", " encoding='windows-1251'").encode("cp1251"), "text/xml; charset=ISO-8859-1", "https://a.example/"
    )
    assert isinstance(found, ParsedFeed)
    assert found.entries[0].title == "Посол"


@given(st.binary(max_size=400), st.text(max_size=40))
def test_any_bytes_are_some_text(body: bytes, label: str) -> None:
    text = decoded(body, f"text/xml; charset={label}")
    text.encode("utf-8", "surrogatepass")


@given(
    st.sampled_from(
        ["cp932", "euc-jp", "gb2312", "big5", "euc-kr", "iso-2022-jp", "hz-gb-2312", "utf-8", "iso-8859-8"]
    ),
    st.binary(max_size=60),
)
def test_any_bytes_in_the_encoding_that_is_claimed_end_with_what_follows(label: str, noise: bytes) -> None:
    assert decoded(b"<p>" + noise + b"</p><p>the end</p>", f"text/html; charset={label}")
