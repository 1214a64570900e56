"""Ways to people and tools, one file a kind; the registry knows them all."""
