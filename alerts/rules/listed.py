"""Lists of terms as an OR, for what does not look for a list as a whole."""

from alerts.rules.syntax import Listed, Or, Term


def either(node: Listed) -> Term | Or:
    """The terms as an OR, each with the span of the list."""
    terms = tuple(Term(term.words, term.cased, term.shown, node.span) for term in node.terms)
    return terms[0] if len(terms) == 1 else Or(terms, node.span)
