"""Polish declension. Data, as the textbooks have it; `~` before an ending softens as the locative does, `^` as the plural of persons."""

from alerts.rules.forms.declension import Declension, changes, paradigms

_LETTERS = {
    "H": "[bdfłmnprstvwzx]",
    "K": "[kgh]",
    "S": "(?:[cjlńśźć]|cz|sz|rz|dz|ż|dż)",
    "C": "[bcćdfghjklłmnńprsśtwzźż]",
}

_PARADIGMS = r"""
n H(); a owi em ~e ów om ami ach owie; ^i y
H(); u owi em ~e y ów om ami ach
H(); a owi em ~e y ów om ami ach
n K(); a owi em u ów om ami ach owie; ^i e y
K(); u owi em y ów om ami ach; ~e
K(); a owi em u y ów om ami ach; e
S(); ^y ą e om ami ach
S(); ^y ą om ami ach
n ław(); ia iowi iem iu
[mpbwf](); ia iowi iem iu ie iom iami iach i; iów
n S(); a owi em u om ami ach; owie ów e ^y ~y
S(); u owi em e om ami ach ^y; ów y
S(); a owi em u e om ami ach ^y; ów y
N (in); in ina inowi inem inie
an(in); in ina inowi inem inie ie - om ami ach; ów y
ani(e); e a u em
n e(a); a i ę ą o e; om ami ach
[^ie](a); a y ~e ę ą o 0 om ami ach
N [^ie](a); a y ~e ę ą o owie ów; om ami ach
n S(a); a ^y ę ą o e om ami ach; 0 owie ów y
(?:[gdrltkf]|[aeou][nbpwm]|lin)(ia); ia ii ię ią io ie iom iami iach; ij
(ia); ia i ię ią io ie iom iami iach; ij i0
(ia); ia ii ię ią io ie iom iami iach; ij
N (ia); ia i ii ię ią io; ie iom iami iach ij
n [gdrltkfm](ia); ia ii ię ią io; ie iom iami iach ij
n [cszj]i(a); a - ę ą o; e om ami ach
[^ie](a); a y ~e ę ą o ów om ami ach; owie ^i
S(a); a ^y ę ą o ów om ami ach; owie
(?:sędzi|hrabi)(a); a ego emu ą m owie ów om ami ach o ę; e -
n (ść); ść ści ścią
(o); o a u em ~e 0 om ami ach; ^i
n (o); o a u em ~e; om ami ach 0
n (o); o y ~e ę ą owie ów
N (o); owi em a u
n [ktn]k(o); o y ~e ę ą owie ów om ami ach a u owi em
[kgh](o); o a u em 0 om ami ach
n [^k]k(o); o a u em y ~e ę ą owie ów
N (e); e a u em; 0 om ami ach
(e); e a u em 0 om ami ach; ^y
n (ę); ę enia eniu eniem ona on onom onami onach
(ę); ę ęcia ęciu ęciem ęta ąt ętom ętami ętach
n (um); um a ów om ami ach
n [sc]k(i); i iego iemu im ich imi ~y
N [^c](y); y ego emu ym ych ymi
n niem(cy); cy iec com cami czech ców cach
n wło(chy); chy ch chom chami szech chów chach
n wę(gry); gry gier grom grami grzech grów grach
(y); y ego emu ym ych ymi ^i a ej ą e; o
[kg](i); i iego iemu im ich imi a iej ą ie; ~y ^i
(i); i iego iemu im ich imi ia iej ią ie; ~y ^i
n (i); i iego iemu im
n [sc]k(a); a iej ą ie ich im imi
n ow(a); a ej ą y ie ę
n ość(); ^y ą
N [csz](e); e om ami ach 0; y ów
(y); y om ami ach ów; 0
N (y); y om ami ach ów
(y); y ów om ami ach; 0
(y); y 0 om ami ach ów
(i); i ów om ami ach; 0
(i); i 0 om ami ach; ów
(e); e ów om ami ach; 0 ^y
(e); e ^y om ami ach; ów 0
[sc]k(ie); ie iego iemu im ich imi
n an(e); e ego emu ym em
"""
_SOUNDS = r"""
st([ał]?)\|~e > śc\1|ie
zd\|~e > źdz|ie
sł\|~e > śl|e
zł\|~e > źl|e
sn\|~e > śn|ie
ł\|~e > l|e
r\|~e > rz|e
t\|~e > c|ie
d\|~e > dz|ie
ch\|~e > sz|e
k\|~e > c|e
g\|~e > dz|e
h\|~e > ż|e
([bpwmfnszv])\|~e > \1|ie
x\|~e > ks|ie
([clj]|[rcsdż]z|ż)\|~e > \1|y
sk\|~y > sc|y
ck\|~y > cc|y
k\|\^i > c|y
g\|\^i > dz|y
r\|\^i > rz|y
ch\|\^i > s|i
st\|\^i > śc|i
zd\|\^i > źdz|i
sł\|\^i > śl|i
t\|\^i > c|i
d\|\^i > dz|i
ł\|\^i > l|i
(c|[rcsd]z|ż|dż)\|[~^][yi] > \1|y
[~^]y > i
[~^]i > i
([kg])\|(em|e$) > \1|i\2
([kg])\|y > \1|i
([lj])\|y > \1|i
([cnsz])\|i0 > \1|'0
\|i0 > |0
([aeiouyó])j\|i > \1|i
ji\|0 > j|0
([cnsz])i\|0 > \1|'0
i\|0 > |0
i\|i$ > i|i
([ńćśź])\|i > \1|i
dź\|([aeiouyąęó]) > dzi|\1
ń\|([aeiouyąęó]) > ni|\1
ć\|([aeiouyąęó]) > ci|\1
ś\|([aeiouyąęó]) > si|\1
ź\|([aeiouyąęó]) > zi|\1
i\|i(.?) > i|\1
c\|'0 > ć|0
n\|'0 > ń|0
s\|'0 > ś|0
z\|'0 > ź|0
"""
_STEMS = r"""
+ęb$ > ęb
!niec$ > ńc
!([^aeo])iec$ > \1c
!(C)ek$ > \1k
+(C)iel$ > \1l
+([tdb])er$ > \1r
(C)i?e(C)$ > \1\2
zień$ > ń
ść$ > śc
!dziec$ > dźc
ó(C|rz|dź|cz)$ > o\1
ą(C|ż|dź)$ > ę\1
(C)ieś$ > \1ś
o(C)i?e(C)$ > o\1\2
ie(C)$ > io\1
ie(C)$ > ia\1
ódź$ > odź
"""
_ZERO = r"""
!([^aeiouyóąęrjlł])k$ > \1ek
([^aeiouyóąę])([knłrw])$ > \1e\2
([sc])n$ > \1en
og$ > óg
o([wbdzłrg])$ > ó\1
o(dz|rz|ż)$ > ó\1
ę([bdkgcz])$ > ą\1
tw$ > tew
(C)i?ń$ > \1eń
"""
POLISH = Declension(
    paradigms(_PARADIGMS, _LETTERS), changes(_SOUNDS, {}), changes(_STEMS, _LETTERS), changes(_ZERO, _LETTERS)
)
