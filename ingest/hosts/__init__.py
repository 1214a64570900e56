"""How a host may be asked: spacing, robots.txt, patience, and when it is left alone."""
