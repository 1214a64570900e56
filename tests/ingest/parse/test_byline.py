"""Who wrote an article, and which agency's report it is."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.model.article import ArticleFlag
from core.model.source import Entry, Source
from ingest.parse.agency import agencies_in_text, agency_of
from ingest.parse.byline import split_byline
from ingest.parse.feed_parts import read_entry
from ingest.parse.page import read_page
from ingest.parse.shapes import ParsedPage

URL = "https://www.herald.example/ports/crane"
PROSE = (
    "<p>The harbour of Larnport was closed on Monday after a crane fell into the main channel, the authority said.</p>"
    * 2
)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Jane Doe", ["Jane Doe"]), ("By Jane Doe", ["Jane Doe"]), ("BY JANE DOE", ["JANE DOE"]), ("by: Jane Doe", ["Jane Doe"]), ("Von Jana Müller", ["Jana Müller"]),
        ("Par Jeanne Dupont", ["Jeanne Dupont"]), ("Por Ana Gómez", ["Ana Gómez"]), ("Da Anna Rossi", ["Anna Rossi"]), ("Di Anna Rossi", ["Anna Rossi"]), ("Door Anna de Vries", ["Anna de Vries"]),
        ("Av Anna Berg", ["Anna Berg"]), ("Af Anna Berg", ["Anna Berg"]), ("Автор: Анна Иванова", ["Анна Иванова"]), ("Text: Jana Müller", ["Jana Müller"]), ("Written by Jane Doe", ["Jane Doe"]),
        ("Jane Doe and John Roe", ["Jane Doe", "John Roe"]), ("Jane Doe & John Roe", ["Jane Doe", "John Roe"]), ("Jana Müller und Max Mann", ["Jana Müller", "Max Mann"]),
        ("Jane Doe, John Roe and Ann Lee", ["Jane Doe", "John Roe", "Ann Lee"]), ("Jeanne Dupont et Paul Martin", ["Jeanne Dupont", "Paul Martin"]), ("Ana Gómez y Luis Paz", ["Ana Gómez", "Luis Paz"]),
        ("Ana Souza e João Lima", ["Ana Souza", "João Lima"]), ("Анна Иванова и Пётр Петров", ["Анна Иванова", "Пётр Петров"]), ("Jane Doe; John Roe", ["Jane Doe", "John Roe"]), ("Jane Doe | John Roe", ["Jane Doe", "John Roe"]),
        ("Jane Doe, Staff Writer", ["Jane Doe"]), ("Jane Doe, Senior Correspondent", ["Jane Doe"]), ("Jane Doe in Seoul", ["Jane Doe"]), ("By Jane Doe in Seoul and John Roe in Washington", ["Jane Doe", "John Roe"]),
        ("Jane Doe jane.doe@herald.example", ["Jane Doe"]), ("Jane Doe @janedoe", ["Jane Doe"]), ("Jane Doe (@janedoe)", ["Jane Doe"]), ("Jane Doe https://herald.example/jane", ["Jane Doe"]),
        ("Jane Doe | March 2, 2026", ["Jane Doe"]), ("Jane Doe, 2 March 2026, 08:30", ["Jane Doe"]), ("Jane Doe Published: 2026-03-02", ["Jane Doe"]), ("By Jane Doe Updated 3 hours ago", ["Jane Doe"]), ("Jane Doe for The Herald", ["Jane Doe"]),
        ("Jane Doe, MD", ["Jane Doe"]), ("John Roe Jr.", ["John Roe Jr."]), ("Jane Doe, Jane Doe", ["Jane Doe"]), ("Jana Müller, Korrespondentin", ["Jana Müller"]), ("김철수 기자", ["김철수"]), ("记者 王小明", ["王小明"]), ("王小明 記者", ["王小明"]),
        ("Analysis by Jane Doe", ["Jane Doe"]), ("Jane Doe Monday, March 2, 2026", ["Jane Doe"]), ("Editorial", []), ("Ministry of Health and Welfare", ["Ministry of Health and Welfare"]), ("Standards and Practices Board", ["Standards and Practices Board"]), ("A. Writer", ["A. Writer"]), ("admin", []), ("Staff Writer", []), ("Reporter", []), ("", []), ("https://herald.example/jane", []),
        ("262588213843476", []), ("By", []), ("Maria da Silva", ["Maria da Silva"]), ("Vincent van Gogh", ["Vincent van Gogh"]), ("Dec 23 Written By Linny and Peter", ["Linny and Peter"]), ("Jane Doe &amp; John Roe", ["Jane Doe", "John Roe"]),
    ],
)  # fmt: skip
def test_a_byline_is_names(line: str, names: list[str]) -> None:
    assert list(split_byline([line]).names) == names


@pytest.mark.parametrize(
    ("line", "names", "agencies"),
    [
        ("Reuters", [], ["Reuters"]), ("By Reuters", [], ["Reuters"]), ("By The Associated Press", [], ["AP"]), ("AP", [], ["AP"]), ("Jane Doe, Associated Press", ["Jane Doe"], ["AP"]), ("Jane Doe | AFP", ["Jane Doe"], ["AFP"]),
        ("dpa/AFP", [], ["dpa", "AFP"]), ("AFP and Reuters", [], ["AFP", "Reuters"]), ("Agence France-Presse", [], ["AFP"]), ("Yonhap News Agency", [], ["Yonhap"]), ("연합뉴스", [], ["Yonhap"]), ("Синьхуа", [], ["Xinhua"]), ("新华社", [], ["Xinhua"]), ("共同通信", [], ["Kyodo"]),
        ("By Jane Doe and Reuters", ["Jane Doe"], ["Reuters"]), ("ТАСС", [], ["TASS"]), ("PTI", [], ["PTI"]), ("TT", [], ["TT"]), ("Ritzau", [], ["Ritzau"]), ("Anadolu Agency", [], ["Anadolu"]), ("Bloomberg News", [], ["Bloomberg"]), ("UPI", [], ["UPI"]),
        ("Jane Doe (Reuters)", ["Jane Doe"], ["Reuters"]), ("ANSA", [], ["ANSA"]), ("PTI, Washington", [], ["PTI"]), ("JANE DOE and JOHN ROE Associated Press", ["JANE DOE", "JOHN ROE"], ["AP"]), ("Agencia EFE", [], ["EFE"]), ("Jane Doe/AP", ["Jane Doe"], ["AP"]),
    ],
)  # fmt: skip
def test_agencies_stand_apart(line: str, names: list[str], agencies: list[str]) -> None:
    found = split_byline([line])
    assert (list(found.names), list(found.agencies)) == (names, agencies)


@pytest.mark.parametrize(
    ("text", "agencies"),
    [
        ("SEOUL (Reuters) - North Korea fired a missile.", ["Reuters"]), ("SEOUL, South Korea (AP) — North Korea fired a missile.", ["AP"]), ("(AP) — North Korea fired a missile.", ["AP"]), ("WASHINGTON (AP) The Senate voted.", ["AP"]),
        ("Paris (AFP) – Le président a parlé.", ["AFP"]), ("Berlin (dpa) - Der Kanzler sprach.", ["dpa"]), ("Berlin/Paris (dpa/AFP) - Der Kanzler sprach.", ["dpa", "AFP"]), ("Madrid, 15 ene (EFE).- El presidente habló.", ["EFE"]), ("(ANSA) - ROMA, 15 GEN - Il premier parla.", ["ANSA"]),
        ("NEW DELHI, Jan 15 (PTI) The minister spoke.", ["PTI"]), ("New Delhi [India], January 15 (ANI): The minister spoke.", ["ANI"]), ("МОСКВА, 15 января. /ТАСС/. Президент выступил.", ["TASS"]), ("MOSCOW, January 15. /TASS/. The president spoke.", ["TASS"]),
        ("(서울=연합뉴스) 김철수 기자 = 북한이 미사일을 쐈다.", ["Yonhap"]), ("[서울=뉴시스] 북한이 미사일을 쐈다.", ["Newsis"]), ("新华社北京1月15日电 国家主席讲话。", ["Xinhua"]), ("【ソウル共同】北朝鮮がミサイルを発射した。", ["Kyodo"]), ("SEOUL, Jan. 15 (Yonhap) -- The army said so.", ["Yonhap"]),
        ("BEIJING, Jan. 15 (Xinhua) -- The president spoke.", ["Xinhua"]), ("ANKARA (AA) - The minister spoke.", ["Anadolu"]), ("Wien (APA) - Der Kanzler sprach.", ["APA"]), ("Bern (Keystone-SDA) - Der Rat tagte.", ["Keystone-SDA"]), ("Warszawa (PAP) - Premier mówił.", ["PAP"]),
        ("The minister spoke on Monday.\n\n(Reuters)", ["Reuters"]), ("The minister spoke on Monday. (AFP)", ["AFP"]), ("The minister spoke.\n\nSource: Xinhua", ["Xinhua"]), ("Der Minister sprach.\n\nQuelle: dpa", ["dpa"]), ("The minister spoke on Monday. -- AFP", ["AFP"]), ("The minister spoke.\n\n© 2026 The Associated Press. All rights reserved.", ["AP"]),
        ("The minister spoke.\n\nCopyright 2026 Reuters", ["Reuters"]), ("The minister spoke. (With inputs from PTI)", ["PTI"]),
        ("Thomson Reuters shares rose 5 percent on Monday, the company (TRI) said.", []), ("The news agency Reuters (London) said it would close its office.", []), ("Reuters said on Monday that it would cut jobs.", []), ("AP, AFP and dpa reported losses, the union said.", []),
        ("A journalist of Bloomberg (New York) was freed on Monday.", []), ("According to the agency (Reuters), the minister spoke.", []), ("The map (AP) shows the harbour.", []), ("He told Reuters - and nobody else - that he would go.", []), ("The minister spoke to AFP.", []), ("The spokesman of TASS was dismissed, /sources/ said.", []),
        ("Bloomberg is running for mayor.", []), ("A crane.\n\n© REUTERS / Jane Doe", []), ("Beta testers (Beta) - all of them - left the town.", []), ("The Bloomberg terminal - a screen - costs much.", []), ("", []),
    ],
)  # fmt: skip
def test_a_text_names_its_origin_at_its_ends_and_a_story_about_an_agency_is_not_by_it(
    text: str, agencies: list[str]
) -> None:
    assert list(agencies_in_text(text)) == agencies


def read(head: str, body: str) -> ParsedPage:
    found = read_page(f"<html lang='en'><head>{head}</head><body>{body}</body></html>", None, URL)
    assert isinstance(found, ParsedPage), found
    return found


def linked(**fields: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": "Crane closes harbour"} | fields)}</script>'


def article(inner: str, behind: str = "") -> str:
    return f"<article><h1>Crane closes harbour</h1>{inner}{PROSE}{behind}</article>"


@pytest.mark.parametrize(
    ("head", "body", "names", "agencies"),
    [
        (linked(author=[{"name": "By Jane Doe"}, {"name": "Reuters"}]), article(""), ("Jane Doe",), ("Reuters",)),
        (linked(author={"name": "Jane Doe"}, provider={"name": "Agence France-Presse"}), article(""), ("Jane Doe",), ("AFP",)),
        (linked(author="Jane Doe", copyrightHolder={"@type": "Organization", "name": "The Associated Press"}), article(""), ("Jane Doe",), ("AP",)),
        (linked(author="Jane Doe", sourceOrganization="dpa"), article(""), ("Jane Doe",), ("dpa",)),
        (linked(publisher={"name": "The Herald"}, author="Jane Doe and John Roe"), article(""), ("Jane Doe", "John Roe"), ()),
        (linked(headline="Other", url="https://www.herald.example/b", author="Reuters"), article(""), (), ()),
        ("<meta name='author' content='By Jane Doe, Staff Writer'>", article(""), ("Jane Doe",), ()),
        ("<meta name='author' content='Jane Doe'><meta name='author' content='John Roe'>", article(""), ("Jane Doe", "John Roe"), ()),
        ("<meta property='article:author' content='https://social.example/jane'>", article("<a rel='author' href='/jane'>Jane Doe</a>"), ("Jane Doe",), ()),
        ("", article("<span itemprop='author' itemscope itemtype='https://schema.org/Person'><span itemprop='name'>Jane Doe</span></span>"), ("Jane Doe",), ()),
        ("", article("<div class='byline'>By Jane Doe and John Roe | Reuters</div>"), ("Jane Doe", "John Roe"), ("Reuters",)),
        ("", article("<p>By Jane Doe</p>"), ("Jane Doe",), ()),
        ("", article("", "<div class='related'><span class='byline'>By John Roe</span></div>"), (), ()),
        ("", article("<p>By Monday the harbour was open again, the authority of the port said.</p>"), (), ()),
        ("", article("", "<p>© 2026 The Associated Press. All rights reserved.</p>"), (), ("AP",)),
        ("", article("", "<p>Copyright (c) 2026 AFP</p>"), (), ("AFP",)),
        ("", article("<figure><img><figcaption>Photo: © AFP</figcaption></figure>"), (), ()),
        ("", article("") + "<footer>© 2026 Reuters</footer>", (), ()),
        ("<meta name='copyright' content='Reuters'>", article(""), (), ("Reuters",)),
    ],
)  # fmt: skip
def test_authors_and_agencies_of_a_page(
    head: str, body: str, names: tuple[str, ...], agencies: tuple[str, ...]
) -> None:
    found = read(head, body)
    assert (found.authors, found.agencies) == (names, agencies)


def test_a_feeds_own_text_tells_its_agency_too() -> None:
    source = Source(source_id="s", name="s", url=URL)
    entry = Entry(
        entry_id="",
        source=source,
        url=URL,
        seen=datetime(2026, 3, 2, tzinfo=UTC),
        summary=f"<p>SEOUL (Reuters) - {PROSE[3:]}",
    )
    found = read_entry(entry)
    assert isinstance(found, ParsedPage)
    assert found.agencies == ("Reuters",)
    by = read_entry(replace(entry, authors=("By Jane Doe, AFP",)))
    assert isinstance(by, ParsedPage)
    assert (by.authors, by.agencies) == (("Jane Doe",), ("AFP", "Reuters"))


@pytest.mark.parametrize(
    ("name", "agency"),
    [("reuters", "Reuters"), ("Agence France Presse", "AFP"), ("the associated press", "AP"), ("Apa", "APA"), ("ap", None), ("pa", None), ("Reutersville", None), ("", None)],
)  # fmt: skip
def test_a_name_is_an_agencys_by_the_table_alone(name: str, agency: str | None) -> None:
    assert agency_of(name) == agency


@pytest.mark.parametrize(
    ("head", "body", "flags"),
    [
        (linked(isAccessibleForFree=False), article(""), {ArticleFlag.PAYWALL}), (linked(isAccessibleForFree="False"), article(""), {ArticleFlag.PAYWALL}), (linked(isAccessibleForFree="http://schema.org/False"), article(""), {ArticleFlag.PAYWALL}),
        (linked(isAccessibleForFree="no"), article(""), {ArticleFlag.PAYWALL}), (linked(isAccessibleForFree=0), article(""), {ArticleFlag.PAYWALL}), (linked(hasPart=[{"@type": "WebPageElement", "isAccessibleForFree": "false", "cssSelector": ".paywall"}]), article(""), {ArticleFlag.PAYWALL}),
        (linked(isAccessibleForFree=True), article(""), set()), (linked(isAccessibleForFree="True"), article(""), set()), (linked(isAccessibleForFree=None), article(""), set()), ("<meta property='article:content_tier' content='locked'>", article(""), {ArticleFlag.PAYWALL}),
        ("<meta property='article:content_tier' content='free'>", article(""), set()), ("", article("<meta itemprop='isAccessibleForFree' content='false'>"), {ArticleFlag.PAYWALL}),
        (linked(**{"@type": "LiveBlogPosting"}), article(""), {ArticleFlag.LIVE_BLOG}), (linked(coverageEndTime="2026-03-02T10:00:00Z"), article(""), {ArticleFlag.LIVE_BLOG}), (linked(**{"@type": ["NewsArticle", "http://schema.org/LiveBlogPosting"]}), article(""), {ArticleFlag.LIVE_BLOG}),
        ("", f"<div itemscope itemtype='https://schema.org/LiveBlogPosting'><h1>Crane closes harbour</h1>{PROSE}</div>", {ArticleFlag.LIVE_BLOG}),
        (linked(correction="An earlier version named the wrong pier."), article(""), {ArticleFlag.CORRECTION}), (linked(correction=[{"@type": "CorrectionComment", "text": "x"}]), article(""), {ArticleFlag.CORRECTION}), (linked(correction=""), article(""), set()), (linked(correctionsPolicy="https://x.example"), article(""), set()),
        (linked(headline="Other", url="https://www.herald.example/b", isAccessibleForFree=False), article(""), set()),
    ],
)  # fmt: skip
def test_flags_that_a_page_gives_itself(head: str, body: str, flags: set[ArticleFlag]) -> None:
    assert read(head, body).flags == flags
