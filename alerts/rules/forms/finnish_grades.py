"""Finnish consonant gradation, and the nouns whose stems no ending shows. Pure."""

VOWELS = "aeiouyäöå"

# What the strong grade before the last vowel is in the weak grade; the longest comes first.
_WEAK = (
    ("nkk", "nk"), ("ntt", "nt"), ("ltt", "lt"), ("rtt", "rt"), ("lkk", "lk"), ("rkk", "rk"), ("mpp", "mp"), ("lpp", "lp"), ("rpp", "rp"),
    ("kk", "k"), ("pp", "p"), ("tt", "t"), ("mp", "mm"), ("nk", "ng"), ("nt", "nn"), ("lt", "ll"), ("rt", "rr"), ("ht", "hd"),
    ("lp", "lv"), ("rp", "rv"), ("lk", "l"), ("rk", "r"), ("hk", "hk"),
)  # fmt: skip
_WEAK_ALONE = {"t": "d", "p": "v", "k": ""}
_STRONG = {
    "mm": "mp", "ng": "nk", "nn": "nt", "ll": "lt", "rr": "rt", "hd": "ht", "lv": "lp", "rv": "rp", "d": "t", "v": "p",
}  # fmt: skip
_UNCHANGED = ("st", "sk", "sp", "tk", "tt", "kk", "pp", "ht", "hk")

# Nouns in `i` whose stem has `e`, alone and as the last part of a compound.
E_STEMS = tuple(
    """
    suomi joki kieli nimi tuli meri mäki suuri lehti lahti tähti pieni veri henki kivi talvi ovi onni kaikki saari niemi lohi järvi
    poski ääni toimi sormi hetki retki koski arki järki kurki lumi hiki reki väki suoni sieni hirvi kanki torvi jälki nälki salmi
    tammi happi lampi arpi sarvi hanki vuori nuori juuri kaari sääri tuomi mieli moni puoli huoli uni särki turki tuki kylki kärki hauki
    """.split()
)
SI_STEMS = tuple(
    "vesi käsi uusi vuosi kuusi susi viisi tosi hirsi varsi kansi länsi kausi täysi köysi jousi liesi reisi virsi orsi".split()
)
# Nouns by their strong and weak stem and their partitive.
IRREGULAR = {
    "mies": ("miehe", "miehe", "miestä", "miehi"),
    "lapsi": ("lapse", "lapse", "lasta", "lapsi"),
    "veli": ("velje", "velje", "veljeä", "velji"),
    "poika": ("poika", "poja", "poikaa", "poiki"),
    "aika": ("aika", "aja", "aikaa", "aikoi"),
    "kevät": ("kevää", "kevää", "kevättä", "keväi"),
    "sydän": ("sydäme", "sydäme", "sydäntä", "sydämi"),
    "tytär": ("tyttäre", "tyttäre", "tytärtä", "tyttäri"),
    "manner": ("mantere", "mantere", "mannerta", "manteri"),
    "jäsen": ("jäsene", "jäsene", "jäsentä", "jäseni"),
    "sisar": ("sisare", "sisare", "sisarta", "sisari"),
    "lyhyt": ("lyhye", "lyhye", "lyhyttä", "lyhyi"),
    "olut": ("olue", "olue", "olutta", "olui"),
    "kaksi": ("kahte", "kahde", "kahta", "kaksi"),
    "askel": ("askele", "askele", "askelta", "askeli"),
    "sävel": ("sävele", "sävele", "säveltä", "säveli"),
    "tuhat": ("tuhante", "tuhanne", "tuhatta", "tuhansi"),
    "pää": ("pää", "pää", "päätä", "päi"),
    "aie": ("aikee", "aikee", "aietta", "aikei"),
    "koe": ("kokee", "kokee", "koetta", "kokei"),
}


def weak(stem: str, *, loan: bool = False) -> tuple[str, ...]:
    """The weak grades that a stem may have, which ends in one vowel; of a loan word or a foreign name perhaps none (`auton`)."""
    cluster, vowel = _last_cluster(stem)
    body = stem[: len(stem) - len(cluster) - len(vowel)]
    for strong, weakened in _WEAK:
        if cluster == strong:
            made = (body + weakened + vowel,)
            if strong in ("lk", "rk") and vowel == "e":
                made = (body + strong[0] + "je",)
            single = strong in ("mp", "nt", "lt", "rt", "lk", "rk", "lp", "rp", "ht")
            return (*made, stem) if loan and single else made
    if cluster in _WEAK_ALONE and body and body[-1] in VOWELS:
        if cluster == "k" and body[-1] in "uy" and vowel == body[-1]:
            return (body + "v" + vowel, stem)
        return (body + _WEAK_ALONE[cluster] + vowel, stem)
    return (stem,)


def strong(stem: str) -> tuple[str, ...]:
    """The strong grades that a stem in `e` or `a` may have, whose headword has the weak grade: laite, laitte-."""
    cluster, vowel = _last_cluster(stem)
    body = stem[: len(stem) - len(cluster) - len(vowel)]
    if cluster in ("k", "p", "t") and body and body[-1] in VOWELS:
        return (body + cluster * 2 + vowel,)
    if len(cluster) == 2 and cluster[0] in "lnrm" and cluster[1] in "kpt":
        return (body + cluster[0] + cluster[1] * 2 + vowel, stem)
    if cluster in _STRONG:
        return (body + _STRONG[cluster] + vowel, stem)
    return (stem,)


def _last_cluster(stem: str) -> tuple[str, str]:
    vowel = stem[-1]
    start = len(stem) - 1
    while start > 0 and stem[start - 1] not in VOWELS:
        start -= 1
    return stem[start:-1], vowel
