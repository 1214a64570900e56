"""Which address names an article: what the page says of itself, where that can be believed."""

from core.net.url import BadUrl, clean_url, domain_of, is_homepage


def canonical_url(url: str, *claims: str | None) -> str:
    """The first claim (rel=canonical, og:url) of the same site that is no front page; else the address itself, cleaned.

    A page of another site, or the front page, as canonical is a publisher's mistake that would merge unrelated articles.
    Raises BadUrl when `url` is no web address.
    """
    own = clean_url(url)
    for claim in claims:
        if not claim or not claim.strip():
            continue
        try:
            said = clean_url(claim.strip(), url)
        except BadUrl:
            continue
        if same_site(said, own) and not is_homepage(said):
            return said
    return own


def same_site(a: str, b: str) -> bool:
    """The same host, or one a sub-domain of the other (`www.`, `m.`, `amp.`)."""
    one, two = domain_of(a), domain_of(b)
    return one == two or one.endswith("." + two) or two.endswith("." + one)
