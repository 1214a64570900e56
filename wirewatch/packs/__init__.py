"""Ready-made packs of sources: a catalogue of public feeds and news sitemaps, by topic, language, country and region."""
