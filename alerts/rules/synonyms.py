"""What other systems call our fields. The nearest name by spelling would be another field (`site:` is not `title:`)."""

_SAME = {
    "domain": "site host hostname sitename website web sourcedomain source_domain url_domain urlhost host_url domain_url root_url rooturl",
    "url": "inurl link uri href address path urlpath permalink allinurl",
    "title": "intitle headline hl head heading hd ti t head_line titel titre titulo título allintitle subjectline",
    "lead": "lede lp leadpara leadparagraph standfirst summary teaser abstract snippet",
    "body": "text content fulltext intext allintext article articletext bodytext story fulltextonly main body_text",
    "hlead": "hlp hleadp headlead headlineandlead titlelead title_lead",
    "author": "byline by writer journalist reporter creator authors au autor auteur",
    "section": "category categories rubric channel desk column page ressort",
    "tag": "keyword keywords tags topic topics subject subjects hashtag label labels kw",
    "source": "publication publisher pub sourcename source_name outlet newspaper paper media medium sources src journal from",
    "agency": "wire newswire newsagency provider credit agencies",
    "lang": "language languages langs lng la sprache langue idioma locale",
    "country": "nation location region sourcecountry source_country countrycode country_code cc geo land pays",
    "wc": "wordcount word_count words length wordlength nwords",
    "published": "date pubdate pub_date publishdate publish_date published_at publishedat datetime time timestamp pd dt day age",
}
_FIELDS = {name: field for field, names in _SAME.items() for name in names.split()}
_OTHERS = {"subject": ("title",), "subjects": ("title",), "from": ("author",), "link": ("domain",)}  # other readings
# Bounds of a time in the name: the sign of the comparison.
BOUNDS = {"after": ">", "since": ">=", "from": ">=", "before": "<", "until": "<=", "newer": "<", "newer_than": "<", "older": ">", "older_than": ">"}  # fmt: skip


def field_meant(name: str) -> str | None:
    """Our field, where another system's name for it is known."""
    return _FIELDS.get(name)


def fields_meant(name: str) -> tuple[str, ...]:
    """All fields of ours that the name may mean, the likeliest first."""
    first = _FIELDS.get(name)
    return () if first is None else (first, *_OTHERS.get(name, ()))
