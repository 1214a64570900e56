"""The folded words of an article, by which the preview finds it again."""

from core.model.article import Article
from core.text.tokens import distinct_words


def words_of_article(article: Article) -> list[str]:
    """Every word of every field that a rule can search, once; in the order of their code points."""
    texts = (
        article.title,
        article.text,
        article.feed_title,
        article.feed_text,
        *article.authors,
        article.section or "",
        *article.tags,
    )
    return sorted(set().union(*map(distinct_words, texts)))
