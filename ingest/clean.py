"""Lines that stand among an article's paragraphs and are not the article: none of them may fire a rule. Pure.

also read, share, follow, topics, newsletter, date and photo lines; a headline list that follows an opener goes with it.
"""

import re
from collections.abc import Sequence

_SHORT = 200  # characters; a longer paragraph is the article's own, whatever it begins with
_HEADLINE = 160

# After one of these, the short lines that follow are headlines of other articles.
_OPENER = re.compile(
    r"^\W*(also read|read also|read more|read next|related( (stories|articles|news|topics|content|coverage))?|more on this( story)?|"
    r"more from .{1,40}|see also|don'?t miss|recommended( for you| stories)?|you (may|might) (also )?like|most (read|popular|viewed)|"
    r"trending( now| stories)?|top stories|latest( news| stories)?|editor'?s picks?|in case you missed it|explore (news|more)|next story|"
    r"previous story|popular (now|stories)|what to read next|top (videos|news)|"
    r"lesen sie auch|auch interessant|mehr zum thema|lesen sie mehr( zum thema)?|das könnte sie auch interessieren|meistgelesen|"
    r"lire aussi|à lire aussi|sur le même sujet|lea también|le puede interesar|leggi anche|"
    r"читайте также|материалы по теме|по теме|смотрите также|самое читаемое|"
    r"관련\s?기사|관련\s?뉴스|많이 본 (뉴스|기사)|함께 보면 좋은 기사|相关(新闻|阅读|报道)|関連記事)\W*$",
    re.IGNORECASE,
)
# A line of its own that is never the article's.
_LINE = re.compile(
    r"^\W*(also read\b.*|read more\b.*|read also\b.*|related:.*|see also:.*|watch:.*|listen:.*|"
    r"(click here to )?(follow|join|subscribe|like) (us|our|to our|here|now)\b.*|follow us.*|subscribe( now| today)?|sign up (for|to|here)\b.*|"
    r"(share|tweet|print|e-?mail|save|copy link|comments?( \(\d+\))?|advertisement|advertising|anzeige|werbung|реклама|publicité)\W*|"
    r"share (this|on|via)\b.*|(facebook|twitter|linkedin|whatsapp|telegram|instagram|x|icon|\W)+|"
    r"topics?\s*:.*|tags?\s*:.*|keywords?\s*:.*|filed under.*|themen\s*:.*|теги\s*:.*|"
    r"(first|last)\s+(published|updated)\b.*|(published|updated|posted|modified)( on| at|:).{0,60}|\d{1,2} min(ute)?s? read\b.*|"
    r"(photo|image|picture|file photo|photograph|foto|bild|фото|사진)\s*(credit|courtesy|by)?\s*[:|/].{0,120}|"
    r".{0,190}\| ?photo: ?.{0,60}|.{0,30}\bhome ?[/>»›] ?.{3,}|(all rights reserved|copyright|©).*|"
    r"(this (story|article) (has not been edited|was (first )?published)).*|"
    r"(subscribe|sign up) (to|for) (our|the) .*newsletter.*|get the latest .*(newsletter|inbox|alerts?|app)\b.*|"
    r"download (our|the) .*app.*|click here (to|for)\b.*|watch (the )?(video|live)\b.*|"
    r"(home|world|news|sport|business|politics)( ?[/>|] ?\w[\w ]*)+|skip to .*|next story|explore news|loading\W*|"
    r"this is a premium article.*|already a subscriber\b.*|log ?in|sign ?in|register)\W*$",
    re.IGNORECASE,
)
_GLUED = re.compile(r"^topics?\s*:", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'’”»)\]]*$")


def is_boilerplate(line: str) -> bool:
    """Whether a line, seen alone, is never an article's own."""
    return len(line) <= _SHORT and (_LINE.match(line) is not None or _OPENER.match(line) is not None)


def article_lines(lines: Sequence[str], title: str = "") -> list[str]:
    """The article's own paragraphs out of a page's lines, in order."""
    kept: list[str] = []
    listing = False
    for line in (" ".join(raw.split()) for raw in lines):
        if not line or (title and line == title):
            continue
        if len(line) <= _SHORT and _OPENER.match(line):
            listing = True
        elif is_boilerplate(line):
            listing = listing or _GLUED.match(line) is not None
        elif not (listing and _is_headline(line)):
            listing = False
            kept.append(line)
    return kept


def _is_headline(line: str) -> bool:
    """A short line that does not end like a sentence; after an opener that is another article's headline."""
    return len(line) <= _HEADLINE and _SENTENCE_END.search(line) is None


def article_text(text: str, title: str = "") -> str:
    """Clean a plain text whose paragraphs are parted by line breaks."""
    return "\n\n".join(article_lines(text.splitlines(), title))
