"""Words before a time that tell what it is the time of."""

import re

import pytest

from ingest.parse.dates import parse_date
from ingest.parse.time_labels import PUBLISHED_LABEL, UPDATED_LABEL, is_labelled

PUBLISHED = [
    "First published: 17 Oct 2024, 20:45", "By Jane Doe | Posted on Oct 17, 2024 8:45 PM", "Filed: 17 Oct 2024 20:45",
    "Veröffentlicht am 17. Oktober 2024 um 20:45 Uhr", "Datum: 17.10.2024, 20:45 Uhr", "Publié le 17 octobre 2024 à 20h45",
    "Rédigé le 17/10/2024 à 20:45", "Publicado el 17 de octubre de 2024 a las 20:45", "Creado: 17.10.2024 | 20:45",
    "Fecha: 17/10/2024 20:45", "Publicada em 17/10/2024 às 20h45", "Pubblicato il 17 ottobre 2024 alle 20:45",
    "Gepubliceerd op 17 oktober 2024 om 20:45", "Publiceret 17. oktober 2024 kl. 20:45", "Julkaistu: 17.10.2024 klo 20:45",
    "Publicēta 2024. gada 17. oktobris 20:45", "Publikuota 2024-10-17 20:45", "Дата публикации: 17.10.2024 20:45",
    "Публикувана на 17.10.2024 20:45", "Data utworzenia: 17 października 2024, 20:45", "Zverejnené 17.10.2024 20:45",
    "Megjelent: 2024. október 17. 20:45", "Publikuar më 17.10.2024 20:45", "Δημοσίευση: 17 Οκτωβρίου 2024, 20:45",
    "Yayın Tarihi: 17 Ekim 2024 20:45", "Dərc olunub: 17 oktyabr 2024 20:45", "Жарияланды: 17 қазан 2024 20:45",
    "نُشر في 17 أكتوبر 2024 20:45", "تاریخ انتشار: ۲۶ مهر ۱۴۰۳ - ۲۰:۴۵", "תאריך פרסום: 17.10.2024 20:45",
    "प्रकाशित: 17 अक्टूबर 2024 20:45", "প্রকাশ: ১৭ অক্টোবর ২০২৪, ২০:৪৫", "பதிவு: 17 அக்டோபர் 2024 20:45",
    "เผยแพร่เมื่อ 17 ต.ค. 2567 20:45", "Ngày đăng: 17/10/2024 20:45", "Dipublikasikan pada 17 Oktober 2024 20:45",
    "Nai-publish: Oktubre 17, 2024 8:45 PM", "Imechapishwa: 17 Oktoba 2024 20:45", "게시일 2024.10.17 20:45",
    "公開日：2024年10月17日 20:45", "发布时间：2024-10-17 20:45", "建立時間：2024/10/17 20:45",
]  # fmt: skip
UPDATED = [
    "Last updated: 17 October 2024 20:45", "Stand: 17.10.2024 20:45 Uhr", "Mis à jour le 17/10/2024 à 20h45",
    "Última actualización: 17/10/2024 20:45", "Atualizado em 17/10/2024 20h45", "Actualitzat 17/10/2024 20:45",
    "Ultima modifica: 17 ottobre 2024 20:45", "Laatste update: 17 oktober 2024 20:45", "Muokattu 17.10.2024 20:45",
    "Последнее обновление: 17.10.2024 20:45", "Последна актуализация: 17.10.2024 20:45", "Izmijenjeno 17.10.2024. 20:45",
    "Utolsó frissítés: 2024. október 17. 20:45", "Përditësuar: 17.10.2024 20:45", "Son Güncelleme: 17 Ekim 2024 20:45",
    "آخر تحديث: 17 أكتوبر 2024 20:45", "به روز شده در ۲۶ مهر ۱۴۰۳ - ۲۰:۴۵", "اپ ڈیٹ 17 اکتوبر 2024 20:45",
    "עודכן לאחרונה: 17.10.2024, 20:45", "अंतिम अपडेट: 17 अक्टूबर 2024 20:45", "সর্বশেষ আপডেট: ১৭ অক্টোবর ২০২৪, ২০:৪৫",
    "ปรับปรุงล่าสุด 17 ต.ค. 2567 20:45", "Cập nhật lúc 20:45 17/10/2024", "Terakhir diperbarui: 17 Oktober 2024 20:45",
    "Dikemas kini: 17 Oktober 2024 20:45", "최종 수정 2024.10.17 20:45", "最終更新日 2024年10月17日 20:45", "最新更新：2024-10-17 20:45",
]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "label"),
    [*((line, PUBLISHED_LABEL) for line in PUBLISHED), *((line, UPDATED_LABEL) for line in UPDATED)],
)
def test_a_line_with_a_label_tells_a_time(line: str, label: re.Pattern[str]) -> None:
    rest = is_labelled(line, label)
    assert rest is not None
    found = parse_date(rest)
    assert found is not None
    assert found.at.strftime("%Y-%m-%d %M") == "2024-10-17 45"


@pytest.mark.parametrize(
    "line",
    [
        "Published in 1887, the book sold 17 copies", "Updated to 17 people after 20:45 on Monday", "Publication 17/2024",
        "Posted a loss of 17 million in 2024", "Date night costs 17 dollars in 2024", "Stand 17 at the fair 2024",
    ],
)  # fmt: skip
def test_a_sentence_that_begins_like_a_label_tells_none(line: str) -> None:
    for label in (PUBLISHED_LABEL, UPDATED_LABEL):
        rest = is_labelled(line, label)
        assert rest is None or parse_date(rest) is None
