"""What stands above and below an article goes; the article's own first and last sentences stay."""

import pytest

from ingest.parse.edges import without_edges

OWN = [
    "The harbour of Larnport was closed on Monday after a crane fell into the main channel, the port authority said.",
    "Nobody was hurt, but nine ships wait outside and the wheat terminal stands still, according to the harbour master.",
    "“We shall be open again on Friday,” Maria Kessler told reporters, who stood in the rain since the early morning.",
]


@pytest.mark.parametrize(
    "line",
    [
        "20 November 2019 - 11:28 AMT",
        "November 20, 2019 - 11:28 AMT",
        "sexta-feira, 22 de outubro de 2010 às 20:13",
        "5:45 AM PST 11/19/2019 by Jane Roe",
        "05/10/2018 - Publicado por: Jane Roe - Categoria: Saúde",
        "2026年11月28日 08:30",
        "By Jane Roe • March 12, 2025",
        "Analysis by Jane Roe, Herald Editor-at-large",
        "by Jane Roe—10 min read",
        "Jane Roe",
        "Table of contents",
    ],
)
def test_times_and_bylines_above_the_text_go(line: str) -> None:
    assert without_edges([line, *OWN], ["Jane Roe"]) == OWN


@pytest.mark.parametrize(
    "line",
    [
        "Jane Roe is a freelance travel writer and the founder of a small bureau in Larnport.",
        "Jane Roe has over 15 years of experience, covering ports, ships and trade.",
        "Executive Editor at the Herald. On ships since 2008.",
        "Jane Roe's book about ships is out now. Follow her on Twitter @janeroe.",
        "There's more where that came from. Sign up for the Herald today to get the free daily newsletter.",
        "Get access to the Herald's fastest growing subscriptions service for as little as 5 a month.",
        "Comentários com textos ininteligíveis não serão aprovados pelo moderador.",
        "This post contains affiliate links. We may earn a commission if you buy something.",
        "Please share your ideas in the comments below!",
    ],
)
def test_notes_below_the_text_go(line: str) -> None:
    assert without_edges([*OWN, line], ["Jane Roe"]) == OWN


@pytest.mark.parametrize(
    "line",
    [
        "Maria Kessler is the editor of the port's own paper and has worked there for ten years.",
        "The port was founded on 5 May 1961, three years after the war.",
        "The election is on 20 November 2026 at 08:30.",
        "By Friday all of it will be gone.",
        "The government follows the case, he said.",
    ],
)
def test_sentences_of_the_article_stay_where_they_stand(line: str) -> None:
    assert without_edges([line, *OWN]) == [line, *OWN]
    assert without_edges([*OWN, line]) == [*OWN, line]


def test_a_text_is_never_cut_down_to_nothing() -> None:
    assert without_edges(["Jane Roe is a writer who covers ships."], ["Jane Roe"]) == [
        "Jane Roe is a writer who covers ships."
    ]
    assert without_edges([]) == []
