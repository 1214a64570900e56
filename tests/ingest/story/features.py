"""The features of a text without the rest of what judging begins with."""

from ingest.story.features import Features, prepared


def features_of(title: str, text: str) -> Features:
    return prepared(title, text).features
