"""Czech declension. Data, as the textbooks have it; spelling follows sound: `Plzeň`, `Plzni`."""

from alerts.rules.forms.declension import Declension, changes, paradigms

_LETTERS = {
    "H": "(?:[bdfghklmnprstvwz])",
    "K": "(?:ch|[ghk])",
    "S": "[cčďjňřšťžx]",
    "C": "[bcčdďfghjklmnňpqrřsštťvwxzž]",
}

_PARADIGMS = r"""
n H(); a ovi u em ~v ů ům y ~ech ~i; é ích i ové
H(); u em ~v y ů ům ~ech; a ~ě ích ~ích ách
[szl](); u em ~v y ů ům ích; a ~ě ~ech
n [lszxc](); e i ovi em ů ům ích; é u a ové
S(); e i em ů ům ích; u
n S(); e i ovi em ů ům ích; é ové
tel(); e i em ů ům ích é; ovi 0
n c(); e i ovi em ů ům ích ové ~v
n K(); a u ovi em ů ům y ~i ~ích; ~v e ách ové
K(); u em y ů ům ~ích ~v; a ách e
n us(); a ovi u em e ů ům y ové
n (us); us u em e y ů ům ech ové ovi a
(a); a y ~ě u o ou 0 ám ami ách
(a); a y ovi u o ou ů ům ~ech ové; é i
N (a); a y ovi u o ou ů ům ~ech ~ě
ist(a); a y ovi u o ou ů ům ech é i; ové
n [hgk](a); a y ovi u o ou ~ě ů ům; ové é i ~ích
n S(a); a i u o ou ovi ové ů ům; e
n i(a); a e i u o ou
n (i); i iho imu im iové iů
n (y); y yho ymu ym
n [sc]k(o); o a u em
N (o); o a u em ovi; ~ě ové ů
N k(o); o a u em; ovi ~ích
(?<![sc]k)(o); o a u em 0 ům y ech; ~ě ~ích ách
n ov(á); á é ou ých ým ými
n (á); á é ou ých ým ými
n (ý); ý ého ému ém ým ých ými ~í
(ý); ý ého ému ém ým ých ými ~í é á ou
n (yj); yj ého ému ém ým ý ých ými
n (í); í ího ímu ím ích ími
(í); í ím ích ími
n i(e); e i í; ím emi ích
(e); e i í ím emi ích; 0
(ě); ě i í ím ěmi ích
yn(ě); ě i í ím ěmi ích 0
(e); e i ovi em ů ům ích; ové
(e); e i em í ím ích; 0
n (e); e eho emu em i ovi u
(ě); ě i ěm ím ích í; 0
(e); e ete eti etem ata at atům aty atech
(ě); ě ěte ěti ětem ata at atům aty atech
n (u); u ua uovi uem
(um); um a u em í ím ích; i
(um); um a u em ům y ech 0
[bdlmnprsštvzcčřžňť](); i í em mi ech; e ím emi ích
n [ňďť](); e i í; ím emi ích ech em mi
S(); e i í ím emi ích; em ech mi
n ic(e); e ím emi ích 0; i í ovi
n (y); y ám ami ách 0; ů ům ech
(y); y ů ům ech; 0
(e); e ím emi ích; 0 ů ům
(a); a ům y; ech ách 0
"""
_SOUNDS = r"""
ch\|~[ěe]$ > še
k\|~ě > ce
[hg]\|~ě > ze
r\|~ě > ře
([szlšžčřcjx])\|~ě > \1e
ch\|~ech > ších
k\|~ech > cích
[hg]\|~ech > zích
ch\|~ích > ších
k\|~ích > cích
[hg]\|~ích > zích
sk\|~í > ští
ck\|~í > čtí
ch\|~([ií]) > š\1
k\|~([ií]) > c\1
[hg]\|~([ií]) > z\1
r\|~([ií]) > ř\1
(ch|[khg])\|~v > \1u
([bcdfghkmnpstvzž])r\|~v > \1ře
c\|~v > če
~v > e
ď\|e > dě
ť\|e > tě
ň\|e > ně
ď\|([iíě]) > d\1
ť\|([iíě]) > t\1
ň\|([iíě]) > n\1
([dtn])ic\|0 > \1ic
tiš?t\|0 > tišť
(yn|[aeiouyáéíóúůý]n|ť)\|0 > \1
"""
_STEMS = r"""
!(C)ek$ > \1k
!(C)ec$ > \1c
+([vC])el$ > \1l
+([tdbpv])er$ > \1r
(C)[eě](C)$ > \1\2
ů(C)$ > o\1
í(C)$ > ě\1
á(C)$ > a\1
"""
_ZERO = r"""
!([bcčdfghjlmnprřsštvzž])([kbvnlm])$ > \1e\2
(C)(C)$ > \1e\2
ou(C)$ > u\1
á(C)$ > a\1
í(C)$ > ě\1
í(C)$ > i\1
yn$ > yň
št$ > šť
"""
CZECH = Declension(
    paradigms(_PARADIGMS, _LETTERS), changes(_SOUNDS, {}), changes(_STEMS, _LETTERS), changes(_ZERO, _LETTERS)
)
