"""What a page says after something was done: a word in the address, a sentence on the page. Closed, so that no link can make a page say anything else."""

SAID = {
    "saved": "Saved.",
    "removed": "Removed.",
    "password": "The password has changed; other sessions have ended.",
    "session_ended": "The session has ended.",
    "team": "You work in another team now.",
    "user_added": "The user may sign in.",
    "channel_added": "The channel is made. Send a test message to see that it arrives.",
    "channel_paused": "Paused: its messages wait.",
    "channel_resumed": "Resumed: what waits goes out first.",
    "letter_again": "It is put back, and its stage reads it again.",
    "letter_dropped": "Given up. It can be read again until the retention deletes it.",
    "nothing_redriven": "Nothing was dead.",
    "redriven": "It is due now, under its old id.",
    "reload_not_all": "Not every process has taken the files over: see what is not well below.",
    "reloaded": "Every process has taken the files over.",
    "silence_ended": "The silence is over.",
    "silenced": "Silenced.",
    "unchanged": "It was so already.",
    "theme": "The colours have changed.",
}
