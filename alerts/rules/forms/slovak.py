"""Slovak declension. Data, as the textbooks have it."""

from alerts.rules.forms.declension import Declension, changes, paradigms

_LETTERS = {"H": "[bdfghklmnprstvwxz]", "K": "[ghk]", "S": "[cčďjňšťžľ]", "C": "[bcčdďfghjklľmnňprrsštťvzž]"}

_PARADIGMS = r"""
n H(); a ovi om ov och mi ~i; ia ovia y u e
N H(); ovia
H(); u om e y ov om och mi; a i ami
H(); u om y ov och mi i; a e ami
S(); a u om i e ov och mi; ami
n S(); a ovi om i ov och mi; ia ovia
S(); e i ou í iam iach ami; ~
n ec(); a ovi om i ov och ami; u
n teľ(); a ovi om ia ov och mi
n (us); us usa usovi usom
n (a); a y u ovi om ov och ami ovia; i
(a); a y ~e u ou 0 ám ách ami
(a); a e i u ou 0 iam iach ami
(ia); ia ie ii iu iou ií iám iách iami
n (ia); ia ie ii iu iou
N (a); a y ~e u ou
n S(a); a e i u ou; iam iach ami 0
(o); o a u e om 0 ám ách ami; i í
(o); o a u om á 0 ám ách ami
n k(o); o a u om ovi
N (o); o a u om e ovi
(e); e a i u om ia í iam iach ami; 0
ni(e); e a u om iam iach ami 0 í
n (ie); ie ia iu ím iam iach iami í
(um); um a u om á í ám ách ami; e
(ov); ov ova ovu
n ov(á); á ej ú ou é ých ým ými
n (á); á ej ú ou é ých ým ými
n (ý); ý ého ému om ým í ých ými
(ý); ý ého ému om ým í ých ými á ej ú ou é
n (y); y yho ymu ym
(y); y ého ému om ym í ych ymi a ej u ou e
n (i); i iho imu im iovia iov
(i); i eho emu om im ich imi a ej u ou e
n (yj); yj ého ému om ým ý
n (e); e eho emu em
[nňťďlľrsščžvc](); i ou e í iam iach ami; iu
[sclvšžb]ť?(); i ou í iam iach ami; ti
osť(); osti osťou ostí ostiam ostiach osťami
n (ce); ce iec iciam ciach cami ciam; íc
n (y); y ám ách ami 0; ov om och mi
(y); y ov om och mi; 0
(y); y 0 ám ách ami; om och
(e); e í iam iach ami; 0 om och mi ov
(á); á 0 ám ách ami
n (u); u ua uovi uom
"""
_SOUNDS = r"""
k\|~i > c|i
h\|~i > s|i
osť\|osť > os|ť
osť\|ost > os|t
([dtnl])\|~e > \1|e
~ >
ď\|([ieí]) > d|\1
ť\|([ieí]) > t|\1
ň\|([ieí]) > n|\1
ľ\|([ieí]) > l|\1
"""
_STEMS = r"""
!(C)ec$ > \1c
!(C)ok$ > \1k
!(C)ek$ > \1k
+([vtdb])el$ > \1l
+([td])er$ > \1r
(C)[eo](C)$ > \1\2
ie(C)$ > ie\1
ô(C)$ > o\1
á(C)$ > a\1
ň$ > n
"""
_ZERO = r"""
!([bcčdfghjlmnprsštvzž])k$ > \1iek
(C)k$ > \1ok
(C)(C)$ > \1ie\2
(C)(C)$ > \1e\2
(C)(C)$ > \1o\2
a(C+)$ > á\1
i(C+)$ > í\1
u(C+)$ > ú\1
y(C+)$ > ý\1
e(C+)$ > ie\1
o(C+)$ > ô\1
n$ > ň
"""
SLOVAK = Declension(
    paradigms(_PARADIGMS, _LETTERS), changes(_SOUNDS, {}), changes(_STEMS, _LETTERS), changes(_ZERO, _LETTERS)
)
