"""Words that stand before a time on a page: when it was published, when it was changed. In the languages of the press. Pure."""

import re

_PUBLISHED = (
    "(?:first |originally |initially )?(?:published|posted|publication date|date published|date of publication|publish date|release date|created|issued)(?: on| at| by .{2,40}? on)?",
    "(?:erst)?veröffentlicht(?: am)?|veröffentlichung|erschienen(?: am)?|erstellt(?: am)?|publiziert(?: am)?|eingestellt am",
    "publié(?:e)?(?: le| à)?|paru(?: le)?|mis en ligne(?: le)?|date de publication|créé le|posté le",
    "publicad[oa](?: el| em| a las)?|fecha de publicación|data de publicação|publicação|criado em|postado em|publicat(?: la| el)?|pubblicat[oa](?: il)?|data di pubblicazione|creato il",
    "опубликовано|дата публикации|размещено|добавлено|публикация|опубліковано|дата публікації|апублікавана|публикувано|објављено|објавено|жарияланған",
    "(?:기사)?\\s?(?:입력|등록|작성|게재|발행)(?:일시|시간|일)?|최초\\s?입력|승인",
    "发布(?:时间|日期|于)?|發[布佈](?:時間|日期|於)?|发表(?:时间|日期|于)?|發表(?:時間|日期|於)?|刊登(?:日期|時間)?|公開(?:日時?|日)?|掲載(?:日時?)?|配信(?:日時?)?|投稿日時?|更新發佈|时间|時間|日期",
    "نشر(?:ت|في| في)?|تاريخ النشر|تم النشر|منتشر شده(?: در)?|تاریخ انتشار|انتشار|زمان انتشار|شائع|تاریخ اشاعت|פורסם(?: ב)?",
    "yayın(?:lanma)?(?: tarihi)?|yayınlandı|giriş(?: tarihi)?|eklenme(?: tarihi)?|oluşturulma(?: tarihi)?|dərc edilib",
    "opublikowan[oay]|data publikacji|dodano|utworzono|publikacja|publikováno|vydáno|zveřejněno|publikované|uverejnené|megjelen(?:t|és)|közzétéve|létrehozva|publicat|data publicării|objavljeno|objavljen|avaldatud|publicēts|paskelbta",
    "gepubliceerd(?: op)?|geplaatst(?: op)?|publicerad(?:es)?|publisert|udgivet|offentliggjort|julkaistu|birt|δημοσιεύ(?:θηκε|τηκε)|δημοσίευση|ημερομηνία δημοσίευσης",
    "(?:đã )?(?:đăng|xuất bản)(?: lúc| ngày)?|ngày đăng|diterbitkan|dipublikasikan|tayang|terbit|disiarkan|inilathala|เผยแพร่(?:เมื่อ)?|โพสต์เมื่อ|วันที่เผยแพร่|प्रकाशित(?: तिथि)?|पब्लिश(?:्ड)?|প্রকাশ(?:িত)?|வெளியிடப்பட்டது|ప్రచురణ",
    "(?:date|filed|fecha|datum|data|dato|päivämäärä|дата|תאריך|tarih|tanggal|ngày|วันที่)(?= ?[:：])|rédigé(?:e)?(?: le)?|creado(?: el)?",
    "publiceret|publicēt[as]|publikuot[aoi]|публикуван[ао](?: на)?|data utworzenia|zverejnené|publikuar(?: më)?|dərc olunub|жарияланды|чоп этилди",
    "نُشر(?:ت|في| في)?|تاریخ نشر|تاریخ درج|תאריך פרסום|பதிவு(?: செய்த நாள்)?|nai-publish|imechapishwa|게시(?:일시|일)?|発行日?|出版(?:時間|日期)|建立(?:時間|日期)",
    "প্রকাশের (?:সময়|সময়|তারিখ)|प्रकाशन तिथि|प्रकाशित गरिएको|ප්‍රකාශිත|gepubliseer(?: op)?|foilsithe|argitaratua|publicado o",
)
_UPDATED = (
    "(?:last )?(?:updated|modified|edited|revised|changed|update|date modified|last change)(?: on| at)?",
    "(?:zuletzt )?(?:aktualisiert|geändert|bearbeitet)(?: am)?|(?:letzte )?(?:aktualisierung|änderung|update)|stand",
    "(?:dernière )?(?:mise? à jour|modifié(?:e)?|actualisé(?:e)?|modification)(?: le| à)?",
    "(?:última )?(?:actualizad[oa]|actualización|modificad[oa]|atualizad[oa]|atualização|modificação)(?: el| em| a las)?|(?:ultimo )?aggiornat[oa](?: il)?|(?:ultimo )?aggiornamento|modificato il|actualizat(?: la)?|ultima actualizare",
    "обновлено|изменено|последнее обновление|обновление|оновлено|змінено|абноўлена|обновено|ажурирано",
    "(?:최종\\s?)?(?:수정|업데이트|갱신)(?:일시|시간|일)?",
    "(?:最后|最後|最終|最近)?(?:更新|修改|修正)(?:时间|時間|日期|日時?|于|於)?|最終更新(?:日時?)?",
    "آخر تحديث|تحديث|تم التحديث|به.?روز ?رسانی(?: شده)?|آخرین (?:به.?روز ?رسانی|ویرایش)|עודכן(?: ב)?|עדכון אחרון",
    "(?:son )?güncellen?me(?: tarihi)?|güncellendi|son güncelleme|yenilənib",
    "(?:ostatnia )?(?:aktualizacja|zaktualizowan[oay]|modyfikacja)|zmieniono|(?:naposledy )?aktualizov[aá]n[oé]|aktualizácia|aktualizace|(?:utoljára )?(?:frissítve|módosítva)|(?:zadnja izmjena|ažurirano|posodobljeno)|uuendatud|atjaunots|atnaujinta",
    "(?:laatst )?(?:bijgewerkt|gewijzigd|aangepast)(?: op)?|(?:senast )?(?:uppdaterad|ändrad)|(?:sist )?(?:oppdatert|endret)|(?:sidst )?opdateret|päivitetty|(?:τελευταία )?(?:ενημέρωση|ενημερώθηκε)",
    "cập nhật(?: lúc| ngày)?|(?:di)?perbarui|diperbarui|pembaruan|อัป?เดต(?:ล่าสุด|เมื่อ)?|แก้ไขล่าสุด|अपडेट(?:ेड)?|अद्यतन|আপডেট|হালনাগাদ",
    "actualitzat|ultima modifica|laatste (?:update|wijziging)|muokattu|uppfært|обновен[ао](?: на)?|последна (?:актуализация|промяна)|izmijenjeno",
    "utolsó (?:frissítés|módosítás)|përditësuar(?: më)?|به.?روز شده(?: در)?|ویرایش|اپ ?ڈیٹ|עודכן לאחרונה(?: ב)?|(?:अंतिम|आखरी|आख़िरी) अपडेट",
    "(?:সর্বশেষ|শেষ) (?:আপডেট|হালনাগাদ)|(?:อัพเดท|อัปเดท|อัพเดต|ปรับปรุง|แก้ไข)(?:ล่าสุด|เมื่อ)?|terakhir diperbarui|(?:di)?kemas ?kini|imesasishwa|最新更新",
)
# A label stands at the line's beginning, or behind a mark: "By Jane Doe | Published: ...". Digits follow it.
_BEFORE = r"(?:^\W{0,3}|[|·•/;–—\-()\[\]]\s{0,2})"


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"{_BEFORE}(?:{'|'.join(words)})(?![^\W\d_])\W{{0,5}}(?P<rest>.*\d.*)$", re.IGNORECASE)


PUBLISHED_LABEL = _pattern(_PUBLISHED)
UPDATED_LABEL = _pattern(_UPDATED)
_NEXT = re.compile(rf"(?:{_BEFORE}|\s)(?:{'|'.join((*_UPDATED, *_PUBLISHED))})(?![^\W\d_])\s*[:：|]?.*$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_STOP = re.compile(r"[.!?。！？][\"'”’»)]*$")
_ABBREVIATION = re.compile(
    r"(?:\b[ap]\.\s?m|\bг|\bгод[ау]?|\bч|\bh|\bhrs?|\bуроц)\.$", re.IGNORECASE
)  # no sentence's end
_GOES_ON = re.compile(r"\d\s?[:：,]\s+[^\W\d_]{3,}\s[^\W\d_]+\s[^\W\d_]+")  # "17 June 2012: the treaty of"
_MOST_WORDS = 8  # a weekday, a month, a zone, a city; more is a sentence


def is_labelled(line: str, label: re.Pattern[str]) -> str | None:
    """What stands behind the label, up to the next one; None where the line has none, or reads like a sentence."""
    found = label.search(line)
    if found is None:
        return None
    rest = _NEXT.sub("", found["rest"])
    if not any(char.isdigit() for char in rest):
        return None
    is_sentence = _STOP.search(line) is not None and _ABBREVIATION.search(line) is None
    if is_sentence or len(_WORD.findall(rest)) > _MOST_WORDS or _GOES_ON.search(rest):
        return None
    return rest
