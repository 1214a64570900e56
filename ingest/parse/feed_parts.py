"""What a feed says of an article beside its page: the text of both, and which of them is the article's. Pure.

All that the feed said counts: where the page has less, the feed's text is the article's; else what the page does not repeat
goes along with it.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from core.model.article import ArticleFlag, TextOrigin
from core.model.source import Entry
from core.net.url import BadUrl
from ingest.parse.agency import agencies_in_text
from ingest.parse.byline import split_byline
from ingest.parse.extract import text_of_fragment
from ingest.parse.feed_text import is_flash
from ingest.parse.floods import without_long_tags, without_unclosed
from ingest.parse.identity import canonical_url
from ingest.parse.language import declared, language_of
from ingest.parse.shapes import ParsedPage, ParseFailure, title_of

LEAST_TEASER = 140  # characters of a feed's text that a page must not fall short of
_LESS = 0.7  # of the feed's words: a page with fewer is a stub
_HELD = 0.8  # of a paragraph's word triples, from where on a text has it already
_END = 300  # characters at the end of a text, where it says that more will follow
# A word; a letter, in scripts that put no spaces between words.
_WORD = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)
# "The post X appeared first on Y": what software for blogs puts under each entry.
_FOOTER = re.compile(
    r"^(the post .* (appeared|first appeared) (first )?on .*|der beitrag .* erschien zuerst auf .*|l.article .* est apparu en premier sur .*|"
    r"la entrada .* (se publicó primero|aparece primero) en .*|l.articolo .* proviene da .*|o post .* apareceu primeiro em .*|"
    r"сообщение .* появились? сначала на .*|artykuł .* pochodzi z serwisu .*|het bericht .* verscheen eerst op .*|"
    r"continue reading.{0,120}|read (more|on)\W*|weiterlesen\W*|lire la suite\W*|читать далее\W*|leer más\W*|\[?(\.\.\.|…)\]?)$",
    re.IGNORECASE,
)
_MORE_FOLLOWS = re.compile(
    r"more (to follow|to come|follows|details (to follow|to come|soon))|(further|more) details (to follow|will follow|soon)"
    r"|(this is a |this )?(breaking|developing)( news)? (story|news)|details (to follow|soon)|story (is )?developing|(please )?check back (for|soon)"
    r"|we will (update|bring you more)|will be updated|updates? to follow|(mehr|weitere (informationen|details)) (in kürze|folgt|folgen)"
    r"|in kürze mehr|wird (laufend |weiter )?aktualisiert|plus d.(informations?|détails?) (à (venir|suivre)|dans un instant|à suivre)"
    r"|(suite|davantage) à venir|plus à venir|article en cours de (rédaction|mise à jour)|(habrá|más) (ampliación|información (en breve|próximamente))"
    r"|noticia en (desarrollo|ampliación)|(habrá|en breve) ampliación|seguir[áe]mos ampliando|(segue|seguono) (aggiornamenti|servizio|aggiornamento)"
    r"|notizia in aggiornamento|(mais|outras) informações em (instantes|breve)|(notícia|matéria|reportagem) em (atualização|desenvolvimento)"
    r"|em atualização|подробности (позже|следуют|в ближайшее время)|(новость|текст|материал) (дополняется|обновляется|будет дополнен)"
    r"|следите за (обновлениями|развитием)|деталі (згодом|пізніше)|новина (доповнюється|оновлюється)|więcej (informacji )?wkrótce|wkrótce więcej"
    r"|(artykuł|materiał) (jest )?aktualizowany|(meer|nadere) (informatie|details) volgt|meer volgt|(wordt|dit bericht wordt) (aangevuld|bijgewerkt)"
    r"|(artikeln|texten) uppdateras|mer (kommer|följer)|(saken|artikkelen) oppdateres|(artiklen|historien) opdateres|juttu(a)? päivit\w+|uutinen päivittyy"
    r"|(haber|detaylar) (güncelleniyor|geliyor|birazdan)|ayrıntılar (birazdan|geliyor|az sonra)|(berita|info) (ini )?(akan |sedang )?(diperbarui|dikemaskini|berkembang)"
    r"|(aktualizujeme|zprávu aktualizujeme|článek (průběžně )?aktualizujeme)|podrobnosti připravujeme|részletek hamarosan|cikkünk frissül|știre în curs de actualizare"
    r"|(続報|詳細は(後ほど|追って))|続きます|速報です|(자세한 (내용|소식)은? (잠시 후|곧))|속보.{0,10}(계속|이어집니다)|(稍后|稍後|后续|後續)(更新|报道|報道|报导|補充|补充)|详情稍后|更多(消息|详情)(稍后|随后)"
    r"|(المزيد|التفاصيل) (لاحقا|قريبا|بعد قليل)|يتبع|(جزئیات|اخبار) (بیشتر|تکمیلی) (متعاقبا|به زودی)|(פרטים נוספים|עוד פרטים) (בהמשך|בקרוב)|अधिक जानकारी (जल्द|की प्रतीक्षा)|खबर अपडेट"
    r"|chi tiết (sẽ|tiếp tục) cập nhật|đang (tiếp tục )?cập nhật",
    re.IGNORECASE,
)


def text_of_feed(entry: Entry) -> str:
    """The feed's own text: the longer of content and summary, and before it what the other says beside; "" if there is none.

    Paragraphs are parted by blank lines.
    """
    content, summary = (_text(html, entry.title) for html in (entry.content, entry.summary))
    longer, other = (content, summary) if len(content) >= len(summary) else (summary, content)
    more = beside(other, longer)
    return f"{more}\n\n{longer}" if more and longer else longer or more


def _text(html: str, title: str) -> str:
    if not html.strip():
        return ""
    lines = text_of_fragment(without_unclosed(without_long_tags(html)), title_of(title)).split("\n\n")
    return "\n\n".join(line for line in lines if _FOOTER.match(line.strip()) is None)


def beside(told: str, text: str) -> str:
    """The paragraphs of `told` that `text` does not hold: fewer than four fifths of their words in a row stand there."""
    if not told or not text:
        return told
    words = _words(text)
    whole, held = f" {' '.join(words)} ", frozenset(zip(words, words[1:], words[2:], strict=False))
    return "\n\n".join(one for one in told.split("\n\n") if not _is_held(_words(one), whole, held))


def _is_held(words: list[str], whole: str, held: frozenset[tuple[str, ...]]) -> bool:
    triples = frozenset(zip(words, words[1:], words[2:], strict=False))
    if not triples:
        return f" {' '.join(words)} " in whole
    return len(triples & held) >= _HELD * len(triples)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def with_feed(page: ParsedPage, entry: Entry) -> ParsedPage:
    """The page's article with what its feed says: in place of a page that has less, or beside it."""
    told = text_of_feed(entry)
    flags = page.flags
    if len(told) >= LEAST_TEASER and len(page.text) < _LESS * len(told):
        more = beside(page.text, told)
        text = told if is_flash(more) else f"{told}\n\n{more}"
        flags |= {ArticleFlag.UNFINISHED}
        how = "the feed's: the page has less"
        return replace(page, text=text, page_text=page.text, text_origin=TextOrigin.FEED, flags=flags, how=how)
    if is_unfinished(page.text):
        flags |= {ArticleFlag.UNFINISHED}
    return replace(page, feed_text=beside(told, f"{page.title}\n\n{page.text}"), flags=flags)


def joined(pages: Sequence[ParsedPage], entry: Entry) -> ParsedPage:
    """An article whose text stands on several pages: the first one's facts, and each paragraph once, beside what its feed says.

    The pages after the first were read without what the feed says.
    """
    first = pages[0]
    paragraphs: dict[str, str] = {}
    for page in pages:
        for one in (page.page_text or page.text).split("\n\n"):
            paragraphs.setdefault(" ".join(one.casefold().split()), one)
    whole = replace(
        first,
        text="\n\n".join(paragraphs.values()),
        page_text="",
        text_origin=TextOrigin.PAGE,
        flags=first.flags - {ArticleFlag.UNFINISHED},
        how=f"{first.how}; {len(pages)} pages",
    )
    return with_feed(whole, entry)


def is_unfinished(text: str) -> bool:
    """Whether an article says that more will follow."""
    return _MORE_FOLLOWS.search(text[-_END:]) is not None


def read_entry(entry: Entry) -> ParsedPage | ParseFailure:
    """The article as its feed has it, however short; the headline alone, if need be."""
    try:
        own = canonical_url(entry.url)
    except BadUrl as error:
        return ParseFailure("bad_url", str(error))
    title, text = title_of(entry.title), text_of_feed(entry)
    if not title and not text:
        return ParseFailure("no_text", "the feed says nothing of it")
    byline = split_byline(entry.authors)
    return ParsedPage(
        canonical_url=own,
        title=title,
        text=text,
        lang=language_of(f"{title}. {text}", declared(entry.lang), declared(entry.source.lang)),
        authors=byline.names,
        agencies=tuple(dict.fromkeys((*byline.agencies, *agencies_in_text(text)))),
        text_origin=TextOrigin.FEED if text else TextOrigin.HEADLINE,
        flags=frozenset({ArticleFlag.UNFINISHED}) if is_unfinished(text or title) else frozenset(),
        how="the feed's own text" if text else "the feed's headline: there is no text",
    )
