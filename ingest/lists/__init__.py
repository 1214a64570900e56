"""Lists of sources as other programs and people write them: OPML, CSV, TOML, an address a line; read and written."""
