"""Who is told of a change, and once."""

import pytest

from core.model.outcome import StoryVerdict
from ingest.story.corrections import is_correction, is_update
from ingest.story.memory import StoryMemory
from tests.ingest.story.cases import made
from tests.ingest.story.test_judge import CRANE

COPY, NEW, UPDATE = StoryVerdict.COPY, StoryVerdict.NEW, StoryVerdict.UPDATE
TITLE = "Crane closes harbour"
STORY = "\n\n".join(CRANE)
FOURTEEN = STORY.replace("9 ships", "14 ships")


def verdicts(*texts: tuple[str, str, str]) -> list[StoryVerdict]:
    memory = StoryMemory()
    return [memory.judge(made((title, text), f"https://{where}.example/a")).verdict for where, title, text in texts]


def test_a_correction_is_told_once_whichever_outlet_has_it_first() -> None:
    found = verdicts(
        ("wire", TITLE, STORY),
        ("paper", TITLE, STORY),
        ("wire", f"CORRECTED-{TITLE}", f"(Corrects number of ships)\n\n{FOURTEEN}"),
        ("paper", TITLE, FOURTEEN),
        ("other", "Harbour shut", FOURTEEN),
        ("late", TITLE, STORY),
    )
    assert found == [NEW, COPY, UPDATE, COPY, COPY, COPY]


def test_what_an_outlet_takes_back_is_told() -> None:
    found = verdicts(("wire", TITLE, STORY), ("wire", TITLE, FOURTEEN), ("wire", "Crane shuts harbour", STORY))
    assert found == [NEW, UPDATE, UPDATE]


def test_a_new_lead_is_told_where_the_headline_tells_of_it() -> None:
    lead = "Two divers drowned at the wreck at noon, the coast guard said."
    assert verdicts(("wire", TITLE, STORY), ("paper", "Divers drown at wreck", f"{lead}\n\n{STORY}")) == [NEW, UPDATE]
    local = "Ann Lee, who lives in Ostmouth, said she had been following the news closely."
    assert verdicts(("wire", TITLE, STORY), ("paper", "Port shut", f"{STORY}\n\n{local}")) == [NEW, COPY]


def test_a_death_is_told_wherever_it_stands() -> None:
    death = f"{STORY}\n\nTwo people died."
    assert verdicts(("wire", TITLE, STORY), ("paper", TITLE, death), ("other", TITLE, death)) == [NEW, UPDATE, COPY]


def test_a_correction_of_the_spelling_is_told_to_nobody() -> None:
    noted = f"{STORY}\n\nThis story has been corrected to fix the spelling of a name."
    assert verdicts(("wire", TITLE, STORY), ("wire", TITLE, noted)) == [NEW, COPY]


def test_another_spelling_of_a_name_is_told_where_the_text_is_a_correction() -> None:
    text = f"{STORY}\n\nThe work is led by Anders Norvik of the port."
    other = text.replace("Norvik", "Nordvik")
    assert verdicts(("wire", TITLE, text), ("paper", TITLE, other)) == [NEW, COPY]
    assert verdicts(("wire", TITLE, text), ("wire", f"CORRECTED-{TITLE}", other)) == [NEW, UPDATE]


def test_an_edit_that_changes_a_name_is_told_where_there_are_no_capitals() -> None:
    arabic = (
        "ومن المقرر أن يتحدث الرئيس كارول فينت يوم الأربعاء الساعة 10:30، بحسب المتحدثة باسمه.\n\n"
        "ويملك البنك المركزي نحو 4.2 مليار دولار في حسابات مجمدة في الخارج، وفق تقرير لديوان المحاسبة."
    )
    other, wording = arabic.replace("كارول فينت", "يان برود"), arabic.replace("وفق", "بحسب")
    assert verdicts(("wire", "خطاب", arabic), ("wire", "خطاب", other)) == [NEW, UPDATE]
    assert verdicts(("wire", "خطاب", arabic), ("wire", "خطاب", wording)) == [NEW, COPY]


def test_a_correction_says_so_in_the_decision_new_or_not() -> None:
    memory = StoryMemory()
    first = memory.judge(made((TITLE, STORY), "https://wire.example/a"))
    second = memory.judge(made((f"CORRECTED-{TITLE}", FOURTEEN), "https://wire.example/b"))
    assert (first.correction, second.correction) == (False, True)
    assert memory.judge(made(("Correction: rain", CRANE[2]), "https://wire.example/c")).correction


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("CORRECTED-Bank to be sold", ""), ("REFILE-CORRECTED: Bank", "CORRECTED: Bank"), ("Bank to be sold (corrected)", ""),
        ("Correction: Bank to be sold", ""), ("CORRECTION 2-Bank to be sold", ""), ("Bank", "(Corrects to million)"),
        ("Bank", "Correction: It is Halden."), ("Bank", "An earlier version of this article misnamed the buyer."),
        ("Berichtigung: Bank", ""), ("Bank", "In einer früheren Version hieß es anders."), ("Rectificatif : banque", ""),
        ("Banco", "Fe de errores: el nombre es otro."), ("CORREÇÃO-Banco", ""), ("Rettifica: banca", ""),
        ("Rectificatie: bank", ""), ("Rättelse: bank", ""), ("Sprostowanie: bank", ""), ("Исправлено: банк", ""),
        ("Уточнение: банк", ""), ("Виправлено: банк", ""), ("Düzeltme: banka", ""), ("Ralat: bank", ""),
        ("Đính chính: ngân hàng", ""), ("Διόρθωση: τράπεζα", ""), ("تصحيح: بنك", ""), ("תיקון: בנק", ""), ("सुधार: बैंक", ""),
        ("更正：银行", ""), ("【訂正】銀行", ""), ("[정정] 은행", ""), ("은행", "정정: 이름이 다릅니다."), ("Oprava: banka", ""),
        ("Helyesbítés: bank", ""), ("Rectificare: banca", ""), ("Oikaisu: pankki", ""),
        ("แก้ไข: ธนาคาร", ""), ("تصحیح: بینک", ""), ("সংশোধনী: ব্যাংক", ""), ("திருத்தம்: வங்கி", ""), ("సవరణ: బ్యాంకు", ""),
        ("Поправка: банка", ""), ("Исправка: банка", ""), ("Ispravak: banka", ""), ("Popravek: banka", ""),
        ("Patikslinta: bankas", ""), ("Labojums: banka", ""), ("Parandus: pank", ""),
        ("შესწორება: ბანკი", ""), ("Ուղղում: բանկ", ""), ("Düzəliş: bank", ""), ("Түзету: банк", ""), ("Marekebisho: benki", ""),
    ],
)  # fmt: skip
def test_marks_of_correction_of_the_press(title: str, text: str) -> None:
    assert is_correction(title, [text])


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Correction officers strike", "Correction officers went on strike."), ("Market correction looms", "A correction."),
        ("Corrected vision for all", "Corrected for inflation, prices fell."), ("Korrektur der Rente", "Die Korrektur kommt."),
        ("修正案通过", "修正案星期一通过。"), ("แก้ไขรัฐธรรมนูญผ่านสภา", "การแก้ไขผ่านแล้ว"),
        ("Oprava mosta začala", "Oprava potrvá rok."), ("সংশোধনী পাস", "সংশোধনী পাস হয়েছে।"), ("திருத்தம் நிறைவேறியது", "திருத்தம் நிறைவேறியது."),
        ("UPDATE 1-Bank sold", "Updated: 14:05"), ("", ""),
    ],
)  # fmt: skip
def test_other_words_are_no_marks(title: str, text: str) -> None:
    assert not is_correction(title, [text])


def test_marks_of_a_later_version() -> None:
    assert all(
        map(is_update, ("UPDATE 1-Bank sold", "UPDATED: Bank", "Aktualisiert: Bank", "Обновлено: банк", "更新：银行"))
    )
    assert not any(map(is_update, ("Updates expected from bank", "Bank update", "")))


BANK = (
    "The owner of Kastel Bank said on Friday it would sell the lender to investors led by Norvik.\n\n"
    "The sale, worth 2.1 billion crowns, needs the regulator's consent. Staff were told in a letter from Lena Moro.\n\n"
    "Shares in the bank rose nine per cent in early trade, and the bonds of two smaller lenders followed them up.\n\n"
    "Norvik has bought three lenders since spring and wants to be among the five largest by deposits."
)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2.1 billion", "21 billion", UPDATE), ("2.1 billion", "2,100 million", COPY), ("billion crowns", "billion euros", UPDATE),
        ("would sell", "refused to sell", UPDATE), ("needs the", "does not need the", UPDATE), ("since spring", "since autumn", UPDATE),
        ("Lena Moro", "Nadia Falk", UPDATE), ("nine per cent", "9%", COPY), ("regulator's consent", "regulator's approval", COPY),
    ],
)  # fmt: skip
def test_what_turns_a_sentence(old: str, new: str, expected: StoryVerdict) -> None:
    found = verdicts(("wire", "Bank to be sold", BANK), ("paper", "Bank to be sold", BANK.replace(old, new)))
    assert found == [NEW, expected]


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        ("Two people died.", UPDATE), ("Police arrested the bank's founder at the airport.", UPDATE),
        ("By Tom Roe", COPY), ("(Reporting by Tom Roe; Editing by Ann Lee)", COPY), ("This story was updated at 14:05 GMT.", COPY),
        ("Also read: Norvik's buying spree", COPY), ("Newsroom: +44 20 7946 0000, desk@biz.example", COPY),
        ("Kastel Bank's head office. Photo: Tom Roe/Biz Wire", COPY), ("Topics: banks, mergers, Norvik", COPY),
    ],
)  # fmt: skip
def test_what_an_edit_appends(added: str, expected: StoryVerdict) -> None:
    found = verdicts(("wire", "Bank to be sold", BANK), ("wire", "Bank to be sold", f"{BANK}\n\n{added}"))
    assert found == [NEW, expected]
