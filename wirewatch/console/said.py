"""What a page says after something was done: a word in the address, a sentence on the page. Closed, so that no link can make a page say anything else."""

SAID = {
    "saved": "Saved.",
    "removed": "Removed.",
    "theme": "The colours have changed.",
}
