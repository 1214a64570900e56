"""What stands above and below an article's text and is not the article: times, bylines, notes on the author, offers. Pure.

Only the first and the last few lines are looked at: amid the article the same words may be its own. A person whom the text
itself tells of is never taken for its author.
"""

import re
from collections.abc import Collection, Iterable, Sequence

from ingest.parse.words_alike import folded

_HEAD, _TAIL = 4, 5  # lines
_MOST_NOTE = 700  # characters of a note below an article
_MOST_TIME = 90
_LEAST_LEFT = 60
_SENTENCE_END = re.compile(r"[.!?…。！？।۔؟][\"'’”»)\]」』]*$")
_DAY = (
    r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}\.?(?:st|nd|rd|th)? (?:de )?[^\W\d_]{3,12}\.?,? (?:de )?\d{4}"
    r"|[^\W\d_]{3,12}\.? \d{1,2},? \d{4}|\d{4}[年년] ?\d{1,2}[月월] ?\d{1,2}[日일])"
)
_HAS_DAY = re.compile(_DAY)
_STARTS_WITH_TIME = re.compile(rf"^(?:\d{{1,2}}[:.h]\d{{2}}(?: ?[AaPp]\.?[Mm]\.?)?\b.{{0,12}}?)?{_DAY}")
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}\b")
_NAME = r"[A-ZÀ-ÞА-Я][\w.'’-]+(?: (?:[a-z]{2,3} )?[A-ZÀ-ÞА-Я][\w.'’-]*){1,3}"
_BYLINE = re.compile(
    rf"^(?:(?:Analysis|Opinion|Review|Written|Posted|Story|Words|Text|Perspective|Commentary|Interview|Published) )?[Bb]y:? {_NAME}"
    rf"(?:(?:,| and| &) {_NAME})*(?:\s*[,|•·–—-].{{0,60}})?$"
)
_LABEL = re.compile(
    r"^\W*(?:table of contents?(?: show| hide)?|inhaltsverzeichnis|back to (?:the )?(?:blog|news)|posted (?:on|by|in)|publi(?:shed|ée? le)|"
    r"release date|like this|pinterest image|check (?:the )?price on \w+|(?:shop|buy) now|learn more(?: here)?|loading)\W*$",
    re.IGNORECASE,
)
_ROLE = (
    r"(?:writer|reporter|editor|journalist|correspondent|columnist|director|founder|co-founder|author|producer|contributor|blogger|"
    r"critic|specialist|intern|fellow|freelancer?|photographer|redakteur(?:in)?|korrespondent(?:in)?|journaliste|rédact\w+|redactor\w*|"
    r"periodista|giornalista|jornalista|корреспондент|журналист|обозреватель)"
)
_ABOUT = re.compile(
    rf"^\W*(?P<name>{_NAME})(?: \([^)]{{1,60}}\))?,? (?:is|was|has|covers?|started|writes|joined|reports|works|ist|est|es|è|é)\b"
    rf".{{0,160}}\b(?:{_ROLE}|cover(?:s|ing|ed)|writes|reports|years of experience|years' experience)\b",
)
_ROLE_FIRST = re.compile(rf"^(?:(?:[A-Z][\w-]+ )?){{0,3}}{_ROLE}s? (?:at|for|of|in|bei|chez)\b", re.IGNORECASE)
_NOTES = re.compile(
    r"\bfollow (?:him|her|them|me|us|the author) (?:on|at|here)\b|\bfollow me on social media\b|\bsign up (?:for|to|today|now|here)\b.*\b(?:newsletter|inbox|daily)\b"
    r"|\b(?:sign up|subscribe)\b.{0,80}\bdelivered to your inbox\b|\breceive the latest\b.*\binbox\b|\bget access to\b.*\b(?:subscriptions?|for as little as)\b"
    r"|\bchat with us (?:in|on)\b|\baccuracy and availability of\b.*\btranscripts?\b|\bterms of submitting this form\b|\bfill out the form below\b"
    r"|\b(?:share|leave|tell us|let (?:us|me) know|join the conversation)\b.{0,60}\bcomments?\b.{0,10}\bbelow\b|\bby commenting below\b|\bemail has been sent\b"
    r"|\bwe will get back to you soon\b|^this (?:story|article|post) (?:was|is) (?:developed|produced|created|sponsored|supported|republished|made)\b.{0,60}\b(?:by|with|in)\b"
    r"|^(?:this is )?an? open-access article\b|\bis an open-access article distributed under\b|\bpin it\b.{0,60}\bpinterest\b|^support .{2,40}! donate\b"
    r"|\b(?:comentários|comentarios|commentaires|kommentare|comments|комментари\w+)\b.{0,140}\b(?:moderado\w*|moderador\w*|aprovados|aprobados|modér\w+|moderiert|freigeschaltet|moderated|модер\w+)\b",
    re.IGNORECASE,
)
_OFFERS = re.compile(
    r"\baffiliate links?\b.{0,200}\b(?:commission|earn|purchase)|\b(?:earn|receive)\b.{0,40}\bcommission\b|\bproducts are (?:chosen|selected) independently\b",
    re.IGNORECASE,
)


def without_edges(lines: Sequence[str], authors: Collection[str] = ()) -> list[str]:
    """The lines without what stands above and below the article. `authors`: their names, as the page says them."""
    names = {folded(name) for name in authors}
    kept = [line for line in lines if not (len(line) < _MOST_NOTE and (_LABEL.match(line) or _OFFERS.search(line)))]
    head = [line for line in kept[:_HEAD] if not _is_above(line, names)]
    kept = [*head, *kept[_HEAD:]]
    above = max(1, len(kept) - _TAIL)
    text = _words(kept[:above])
    found = kept[:above]
    for line in kept[above:]:
        if not _is_below(line, names, text):
            found.append(line)
            text |= _words([line])
    return found if sum(map(len, found)) >= _LEAST_LEFT else list(lines)


def _words(lines: Iterable[str]) -> set[str]:
    return {word for line in lines for word in re.findall(r"\w+", line.casefold())}


def _is_above(line: str, names: Collection[str]) -> bool:
    if len(line) > 2 * _MOST_TIME or _SENTENCE_END.search(line):
        return False
    if folded(line) in names or _BYLINE.match(line) is not None:
        return True
    if (day := _HAS_DAY.search(line)) is None:
        return False
    rest = len(line) - (day.end() - day.start())
    return (
        rest <= 20
        or (len(line) <= _MOST_TIME and _CLOCK.search(line) is not None)
        or _STARTS_WITH_TIME.match(line) is not None
    )


def _is_below(line: str, names: Collection[str], text: Collection[str]) -> bool:
    if len(line) > _MOST_NOTE:
        return False
    if _NOTES.search(line) is not None or folded(line) in names or _ROLE_FIRST.match(line) is not None:
        return True
    about = _ABOUT.match(line)
    # Whom the text tells of is no stranger to it: such a line may be its last sentence.
    return about is not None and (folded(about["name"]) in names or about["name"].split()[-1].casefold() not in text)
