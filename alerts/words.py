"""The folded words of an article, by which the preview finds it again."""

from core.model.article import Article
from core.text.document import Document


def words_of_article(article: Article) -> list[str]:
    """Every word of every field that a rule can search, once; in the order of their code points."""
    document = Document(article)
    fields = (document.title, document.body, document.author, document.section, document.tag)
    return sorted({word for field in fields for word in field.tokens.words})
