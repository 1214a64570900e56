"""From the world to articles."""
