"""Short words that are common in a press language, and that an abbreviation in capitals, or a word with marks, also finds."""

_WORDS = {
    "de": "ab als am an aus bei bis da das dem den der des die du ein er es hat ich ihr im in ist ja man mit nun ob so tag tat um und von war was"
    " wer wie wir zu zum zur",
    "en": "act age aid aim all am an and any are arm art as ask at bad bar be bid big but by can car cat cut day did die do dog eat end era far"
    " fit for gas get go had has he her him his hot how ice if ill in is it its job key law let low man may me men met mix my new no nor not"
    " now of off oil old on one or our out own pay per pin put ran raw red run saw say sea see set she sir sit six so son start stop sun tax"
    " ten the tie to too top try two up us use war was way we wet who why win won yes yet you salt home race care fast spring",
    "es": "al con de del el en es ha la las le lo los mas me mi muy ni no o se si son su sus te tu un una uno y ya dia",
    "fr": "a ai au aux car ce ces cet dans de des du elle en est et eu il ils je la le les leur lui ma mai mais me mes mon ne ni non nos nous on"
    " ont ou par pas peu plus pour qui sa sans se ses si son sur ta te tes toi ton tous tu un une vie vos vous ete",
    "it": "ai al che chi come con da dai dal dei del di due e gli ha hai ho i il in io la le lo ma mi ne nel noi non o per piu sei si sia su sul"
    " te tra tu un una uno",
    "nl": "aan al als bij dan dat de den der die dit een en er had heb hem het hij ik in is maar men met mij na niet nog nu of om ons op te tot u"
    " uit van was wat we wel wij ze zich zo",
    "pl": "a ale bo by co czy do go i ich ile im ja jak jej jest juz ma mi my na nas nie nim no o od on po pod sa sie ta tak tam te tej ten to tu tym"
    " w we wy z za ze",
    "pt": "a ao aos as com da das de do dos e ela ele em era eu foi ha ja la lhe mais mas me meu na nas nem no nos o os ou para pela pelo por que"
    " quem se sem ser seu sua te tem um uma",
    "sv": "att av de den det du ej en er ett ha han har hon i inte jag kan man med men mig min nu och om oss pa ser sin som ta till ur ut var vi",
    "tr": "bir bu ve ya da de ne o on su en mi mu ki iki ile ise ama gibi icin var yok",
    "vi": "ai an anh ba ban bao bi cac cai can cho chi co con cua da day de den di do em gi hai ho la lai lam len ma me moi mot nam nay nen ngay nguoi"
    " nhu noi qua ra sau se ta tai theo thi tren trong tu va vao ve voi",
    "ss": "ss",  # from ß, and the name of many ships
}
COMMON_SHORT = frozenset(word for words in _WORDS.values() for word in words.split() if len(word) > 1)
_NAMES = {
    "de": "German", "en": "English", "es": "Spanish", "fr": "French", "it": "Italian", "nl": "Dutch", "pl": "Polish", "pt": "Portuguese",
    "sv": "Swedish", "tr": "Turkish", "vi": "Vietnamese",
}  # fmt: skip


def languages_with(word: str) -> list[str]:
    """The languages in which a folded word is common."""
    return [_NAMES[lang] for lang, words in _WORDS.items() if lang in _NAMES and word in words.split()]
