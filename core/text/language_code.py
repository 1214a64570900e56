"""The one code of a language, whichever way a publisher or a rule writes it: `iw`, `heb`, `he-IL` and `he_IL` are `he`."""

import re
from functools import lru_cache

# ISO 639-1, and what is written for it: codes of ISO 639-2 and 639-3, and those that ISO 639-1 has withdrawn (CLDR).
_WRITTEN = """
aa aar|ab abk|ae ave|af afr|ak aka twi|am amh|an arg|ar ara arb|as asm|av ava|ay aym ayr|az aze azj|ba bak|be bel
bg bul|bi bis|bm bam|bn ben|bo bod tib|br bre|bs bos|ca cat|ce che|ch cha|co cos|cr cre cwd|cs ces cze|cu chu|cv chv
cy cym wel|da dan|de deu ger|dv div|dz dzo|ee ewe|el ell gre|en eng|eo epo|es spa|et ekk est|eu baq eus
fa fas per pes prs|ff fuc ful|fi fin|fj fij|fo fao|fr fra fre|fy fry|ga gle|gd gla|gl glg|gn grn gug|gu guj|gv glv
ha hau|he heb iw|hi hin|ho hmo|hr hrv|ht hat|hu hun|hy arm hye|hz her|ia ina|id in ind|ie ile|ig ibo|ii iii|ik esk ipk
io ido|is ice isl|it ita|iu ike iku|ja jpn|jv jav jw|ka geo kat|kg kng kon|ki kik|kj kua|kk kaz|kl kal|km khm|kn kan
ko kor|kr kau knc|ks kas|ku kmr kur|kv kom kpv|kw cor|ky kir|la lat|lb ltz|lg lug|li lim|ln lin|lo lao|lt lit|lu lub
lv lav lvs|mg mlg plt|mh mah|mi mao mri|mk mac mkd|ml mal|mn khk mon|mr mar|ms may msa zsm|mt mlt|my bur mya|na nau
nb nob|nd nde|ne nep npi|ng ndo|nl dut nld|nn nno|no nor|nr nbl|nv nav|ny nya|oc oci|oj ojg oji|om gaz orm|or ori ory
os oss|pa pan|pi pli|pl pol|ps pbu pus|pt por|qu que quz|rm roh|rn run|ro mo mol ron rum|ru rus|rw kin|sa san
sc src srd|sd snd|se sme|sg sag|si sin|sk slk slo|sl slv|sm smo|sn sna|so som|sq alb als sqi|sr srp|ss ssw|st sot
su sun|sv swe|sw swa swc swh|ta tam|te tel|tg tgk|th tha|ti tir|tk tuk|tn tsn|to ton|tr tur|ts tso|tt tat|ty tah
ug uig|uk ukr|ur urd|uz uzb uzn|ve ven|vi vie|vo vol|wa wln|wo wol|xh xho|yi ji ydd yid|yo yor|za zha zyb
zh chi cmn zho|zu zul
"""
_CODES = {
    other: code
    for entry in _WRITTEN.strip().replace("\n", "|").split("|")
    for code, *others in (entry.split(" "),)
    for other in others
}
_CODE = re.compile(r"[a-z]*")


@lru_cache(maxsize=1024)
def language_code(tag: str | None) -> str:
    """The code of ISO 639-1 for a language tag, without its script and region. What is no such tag: its first letters; `""` for none."""
    code = (tag or "").strip().lower()
    begun = _CODE.match(code)
    code = begun[0] if begun is not None and begun[0] else code
    return _CODES.get(code, code)
