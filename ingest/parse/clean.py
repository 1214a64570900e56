"""Lines that stand among an article's paragraphs and are not the article: none of them may fire a rule. Pure.

also read, share, follow, topics, newsletter, date and photo lines; a headline list that follows an opener goes with it.
What reads like a sentence of the article is kept: a lost sentence is a missed alert, and nobody would see it.
"""

import re
from collections.abc import Iterable, Sequence

_SHORT = 200  # characters; a longer paragraph is the article's own, whatever it begins with
_HEADLINE = 160
_SENTENCE_WORDS = 8  # from so many words on, a line that ends like a sentence is one

# After one of these, the short lines that follow are headlines of other articles.
_OPENERS = (
    r"(also|must|now|further) read(ing)?|read (also|more|next|on|this)|read more (on|about) .{1,60}",
    r"related( (stories|story|articles?|news|topics|content|coverage|posts|links|reads))?|similar (stories|articles)",
    r"more (on|about) this( (story|topic))?|more (from|on|in|stories from) .{1,40}|more (stories|news|headlines)",
    r"see also|don'?t miss( this| it)?|recommended( (for you|stories|reading|articles))?|we recommend|our picks",
    r"you (may|might) (also )?(like|enjoy|be interested in)|(readers|people|others) also (read|liked|viewed)",
    r"(most|top) (read|popular|viewed|shared|commented)( (stories|articles|news))?|popular( (now|stories|articles|news))?",
    r"trending( (now|stories|news|topics))?|(top|latest|other|breaking|live)( (stories|news|headlines|videos|updates))",
    r"editor'?s'? (picks?|choice)|in case you missed it|icymi|what to read next|up next|(next|previous) (story|article)",
    r"explore (news|more)|(top|latest|related|featured) videos?|from our partners|sponsored( (content|links|stories))?",
    r"around the web|promoted (content|stories)|from the web|latest",
    r"lesen sie (auch|mehr)( zum thema)?|auch interessant|mehr zum thema|das könnte sie (auch )?interessieren|meistgelesen",
    r"zum thema|weitere (artikel|meldungen|nachrichten)|ähnliche artikel|mehr (aus|von|zu) .{1,40}|empfehlungen",
    r"(à )?lire (aussi|également)|sur le même sujet|les plus lus|à lire|voir aussi|dans la même rubrique",
    r"(lea|lee|ver) (también|además|más)|te puede interesar|le puede interesar|noticias relacionadas|más (leídas|noticias)",
    r"leggi anche|potrebbe interessarti( anche)?|articoli correlati|i più letti|leia (também|mais)|veja também|mais lidas|você (também )?pode gostar( de)?",
    r"lees ook|czytaj (też|także|również|więcej)|zobacz (też|także)|läs (också|mer)|ayrıca oku(yun)?|ilgili haberler",
    r"читайте (также|ещ[её])|материалы по теме|(ещ[её] )?по теме|смотрите также|самое читаемое|главное( за день)?|новости по теме",
    r"читайте (також|ще)|за темою|관련\s?(기사|뉴스)|많이 본 (뉴스|기사)|함께 보면 좋은 (기사|뉴스)|이 시각 (주요\s?)?뉴스|추천\s?(기사|뉴스)",
    r"相关(新闻|阅读|报道|文章)|延伸阅读|推荐阅读|更多(新闻|报道)|関連(記事|ニュース)|あわせて読みたい|おすすめ(記事)?|यह भी पढ़ें|ये भी पढ़ें|اقرأ أيضا|اقرأ أيضًا|مواضيع ذات صلة",
)
# A line of its own that is never the article's, even where it ends like a sentence.
_NEVER = (
    r"(also|must|now) read ?[:|–—>»-].*|read (more|also|next) ?[:|–—>»-].*|(see|watch|listen|related|recommended|more)( also| now)? ?[:|].*",
    r"(lesen sie auch|lire aussi|à lire aussi|lea también|leggi anche|leia também|lees ook|czytaj też|читайте также|читайте також) ?[:|–—-].*",
    r"(click here to |please )?(follow|join|like|find|connect with) (us|our (channel|page|whatsapp|telegram|facebook|twitter)\b.*) ?((on|at|via)\b.*)?",
    r"(click|tap) (here )?(to|for) (the .{3,40} app|follow|join|subscribe|read|watch|see|view|sign|get|download|more|the latest)\b.*|click here",
    r"(follow|join|subscribe to) .{0,40}\b(whatsapp|telegram|youtube|facebook|twitter|instagram|google news|newsletters?)\b.{0,60}",
    r"(subscribe|sign up)( now| today| here| free)?|(subscribe|sign up) (to|for) .{0,80}",
    r"get (the )?(latest|all|breaking|daily|our|more) .{0,80}\b(newsletters?|inbox|alerts?|app|updates|news)\b.{0,60}",
    r"download (our|the) .{0,40}\bapp\b.*|(catch|stay (updated|tuned)) .{0,100}\b(news|updates?)\b.*",
    r"share (this( (story|article|page|post))?|on|via|with)( \w+){0,3}|(share|tweet|print|e-?mail|save|copy link|bookmark|listen|comments?( ?\(?\d+\)?)?|views?|\d+ (comments?|shares|views))",
    r"((facebook|twitter|linkedin|whatsapp|telegram|instagram|youtube|reddit|pinterest|flipboard|messenger|x|vk|ok|viber|icon|share|copy link|email|e-mail|print)\W*+)+",
    r"advertise?ment|advertising|anzeige|werbung|реклама|publicité|publicidad|pubblicità|광고|广告|story continue[sd] below( advertisement)?|advertisement .{0,30}continue.{0,30}|loading",
    r"share this ?: ?.{0,80}|subscribe now\b.{0,80}|follow @\S+.{0,80}|our standards ?: ?.{0,100}\bprinciples",
    r"(please )?(enable|turn on) javascript\b.{0,100}|play video|(play|watch) (the )?video .{0,60}|just watched\b.{0,120}\bmust watch\b.{0,80}|(enlarge this image|toggle caption)\b.*",
    r"((prev(ious)?|next) )*image \d+ of \d+( (prev(ious)?|next))*|image (copyright|caption|source)\b.{0,150}|file( photo)? ?[-–—:] .*",
    r"\d+ (years?|months?|weeks?|days?|hours?|hrs?|minutes?|mins?) ago|[\w /]{1,40}: ?https?://\S+(( and|,)? https?://\S+)*",
    r"(follow|find) (him|her|them|me) on (twitter|facebook|instagram|x|linkedin)\b.{0,80}|follow .{0,40}\b(full|complete) coverage\b.*",
    r"(publicado|postado|escrito|publié|scritto) (por|par|da) .{3,60}|also on \w+ ?: .*|see more ?: .*|see (also|full|complete) .{0,60} coverage",
    r"(copyright|©|\(c\)) ?(©|\(c\)|\d{4}|by ).*|©.*",
    r"(this (story|article|report|copy|content) (has not been|was not|is) (edited|auto-?generated|published)|except for the headline|only the headline|disclaimer:).*",
    r"(first|last) (published|updated|modified) ?(on|at|:|[-–|]).{0,60}\d.{0,20}|\d{1,3} ?min(ute)?s?( |-)?read\b.{0,90}|reading time ?:? ?\d.{0,20}",
    r"(already a subscriber|this (is a |article is )?(premium|exclusive|subscriber-only)|log in to|register (to|for)|create (a )?(free )?account)\b.{0,80}",
    r"(log ?in|sign ?in|register|menu|search|skip to .{0,30}|back to top|close|follow|home|read (full|more|the full) (story|article))",
)
# The same, wherever in the line the words stand. Trying each of these from every letter on is what costs; so they are tried
# on lines that hold one of the words below them, without which none can match.
_NEVER_WITHIN = (
    r".{0,100}\bdelivered to your inbox\b.{0,80}|.{0,140}\benter your e-?mail\b.{0,80}|.{0,80}\breader-supported\b.{0,80}",
    r".{0,60}\bsupport (our|local|independent) journalism\b.{0,60}|.{0,60}\bthanks to our (subscribers|readers|members|supporters)\b.{0,40}",
    r".{0,150}\b(contributed|contributing) (to this (report|story|article)|reporting)\b.{0,80}|.{0,60}all rights reserved.{0,60}|.{0,60}무단\s?전재.{0,60}",
    r".{0,150}\b(reach|contact|e-?mail|write to|call) (him|her|them|us|the (author|writer|reporter)) (at|on|via|by|under) [^ .!?]*[@\d][^ !?]*.{0,40}",
    r".{0,100}\b(may|can) be (reached|contacted) (at|on|via) .{3,100}",
)
_WORDS_WITHIN = (
    *("delivered to your inbox", "enter your e", "reader-supported", "journalism", "thanks to our", "contribut"),
    *("rights reserved", "무단", "reach", "contact", "e-mail", "email", "write to", "call "),
)
# A line that is not the article's unless it reads like a sentence.
_UNLESS_SENTENCE = (
    r"(also|must) read\b.*|read (more|also)\b.*|see also\b.*|related\b.{0,30}:.*",
    r"tags? .{3,}|(topics?|tags?|keywords?|filed under|more (on|about)|categories|themen|schlagwörter|теги|темы|mots-clés|etiquetas|temas|태그|キーワード|标签) ?[:|].*",
    r"(published|updated|posted|modified|created|date|stand|veröffentlicht|aktualisiert|опубликовано|обновлено|publié|mis à jour|publicado|입력|수정)( (on|at|le|am|el))? ?:?.{0,60}\d.{0,30}",
    r"((file )?(photo|image|picture|photograph|video|graphic|foto|bild|фото|사진)s?)( (credit|courtesy|source|by|via))? ?[:|/©].{0,120}",
    r".{0,190}[|(\[] ?((file )?(photo|image|picture|photograph)s?( (credit|courtesy|by))?|credits?|source) ?[:/].{0,60}",
    r".{0,120}\((ap|afp|reuters|epa|getty( images)?|ani|pti)( (photo|file))?/[^)]{2,60}\)|(getty images|shutterstock|istock)\b.{0,40}",
    r".{0,30}\bhome ?[/>»›|] ?.{3,}|(home|news|world|sports?|business|politics|opinion|india)( ?[/>»›|] ?\w[\w &'’-]*)+",
    r"(watch|listen)( (the|to|live|now|this|here))? ?(video|live|podcast|audio)?\b.{0,60}",
    r"copyright.*|(next story|explore news|premium|exclusive|subscriber exclusive|live updates?|developing( story)?)",
    r"(follow|join|like|subscribe to) (us|our)\b.*|newsletters?|whatsapp channel|follow .{0,30}\bon\b.{0,60}",
)


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    # The start takes marks but never gives them back, so that a line of marks costs no more than its length.
    return re.compile(rf"^[^\w(\[©]*+[(\[]{{0,2}}\s*(?:{'|'.join(patterns)})\W*$", re.IGNORECASE)


_OPENER = _any_of(_OPENERS)
_IS_NEVER = _any_of(_NEVER)
_IS_NEVER_WITHIN = _any_of(_NEVER_WITHIN)
_IS_UNLESS_SENTENCE = _any_of(_UNLESS_SENTENCE)
# "By Jane Doe, Example News" and "Reporting by Jane Doe; Editing by John Roe": names in capitals.
_BYLINE = re.compile(
    r"\W*(?:By|BY|Von|Par|Por) [A-ZÀ-Þ][\w.'’-]+(?: [A-ZÀ-Þ][\w.'’-]+){1,3}(?: and [A-ZÀ-Þ][\w.'’ -]{3,40})?(?:, [A-Z][^.!?]{1,40})?\W*"
    r"|\W*(?:(?:Additional |Further )?[Rr]eporting|Writing|Editing|Compiled|Edited) by [A-ZÀ-Þ][^.!?]{2,180}\W*"
)
_WORD = re.compile(r"\w")
_REPEATED = 30  # characters; shorter lines may well stand twice in an article
_GLUED = re.compile(r"^\W*(topics?|tags?)\s*:", re.IGNORECASE)
_CLOSING = r"[\"'’”»)\]」』]*$"
_SENTENCE_END = re.compile(r"[.!?…。！？।۔؟]" + _CLOSING)
_FULL_STOP = re.compile(r"(?<!\.\.)[.。।۔]" + _CLOSING)


def is_boilerplate(line: str) -> bool:
    """Whether a line, seen alone, is never an article's own."""
    if len(line) > _SHORT:
        return False
    if _IS_NEVER.match(line) or _OPENER.match(line) or _BYLINE.fullmatch(line) or _is_never_within(line):
        return True
    return _IS_UNLESS_SENTENCE.match(line) is not None and not _is_sentence(line)


def article_lines(lines: Sequence[str], *titles: str) -> list[str]:
    """The article's own paragraphs out of a page's lines, in order. `titles`: not repeated as paragraphs."""
    kept: list[str] = []
    listing = False
    headings = {bare for title in titles if (bare := _bare(" ".join(title.split())))}
    for line in (" ".join(raw.split()) for raw in lines):
        if _WORD.search(line) is None or _bare(line) in headings:
            continue
        if is_boilerplate(line):
            listing = listing or _OPENER.match(line) is not None or _GLUED.match(line) is not None
        elif not (listing and _is_headline(line)):
            listing = False
            kept.append(line)
    return _without_repeats(kept)


def _is_never_within(line: str) -> bool:
    lower = line.lower()
    return any(word in lower for word in _WORDS_WITHIN) and _IS_NEVER_WITHIN.match(line) is not None


def _is_sentence(line: str) -> bool:
    return _SENTENCE_END.search(line) is not None and len(line.split()) >= _SENTENCE_WORDS


def _is_headline(line: str) -> bool:
    """A short line without a full stop; after an opener that is another article's headline, a question among them."""
    return len(line) <= _HEADLINE and _FULL_STOP.search(line) is None


def _without_repeats(lines: Sequence[str]) -> list[str]:
    """Standfirsts, captions and pull quotes repeat a paragraph: of the same words the last complete one stays."""
    bare = [_bare(line) for line in lines]
    last = {key: place for place, key in enumerate(bare)}
    return [line for place, line in enumerate(lines) if last[bare[place]] == place or len(bare[place]) < _REPEATED]


def _bare(line: str) -> str:
    return line.casefold().strip(" \t.,;:!?…\"'“”‘’«»|-–—")
