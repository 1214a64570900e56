"""What a page says after something was done: a word in the address, a sentence on the page. Closed, so that no link can make a page say anything else."""

SAID = {
    "saved": "Saved.",
    "removed": "Removed.",
    "password": "The password has changed; other sessions have ended.",
    "session_ended": "The session has ended.",
    "team": "You work in another team now.",
    "user_added": "The user may sign in.",
    "theme": "The colours have changed.",
}
