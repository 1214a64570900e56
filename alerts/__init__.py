"""From articles to people."""
