"""The language of an article."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parse.language import declared, detect

TEXTS = {
    "en": "The harbour was closed on Monday after a crane fell into the main channel, the authority said.",
    "de": "Der Hafen wurde am Montag gesperrt, nachdem ein Kran in die Fahrrinne gestürzt war.",
    "ru": "Порт закрыли в понедельник после того, как в канал упал кран, сообщила администрация.",
    "uk": "Порт закрили в понеділок після того, як у канал упав кран, повідомила адміністрація.",
    "ko": "항만 당국은 월요일에 크레인이 수로로 떨어진 뒤 항구를 폐쇄했다고 밝혔다.",
    "ja": "港湾当局は月曜日、クレーンが主要水路に落下したため港を閉鎖したと発表した。",
    "zh": "港务局周一表示，一台起重机坠入主航道后，港口已关闭。",
    "fr": "Le port a été fermé lundi après la chute d'une grue dans le chenal principal, a indiqué l'autorité.",
    "es": "El puerto fue cerrado el lunes después de que una grúa cayera en el canal principal, dijo la autoridad.",
    "it": "La polizia ha arrestato tre uomini dopo aver fermato vicino al confine un camion carico di rame rubato.",
    "pt": "A polícia prendeu três homens depois que um caminhão com cobre roubado foi parado perto da fronteira.",
    "nl": "De politie hield drie mannen aan nadat bij de grens een vrachtwagen met gestolen koper was tegengehouden.",
    "pl": "Policja zatrzymała trzech mężczyzn po tym, jak w pobliżu granicy zatrzymano ciężarówkę z kradzioną miedzią.",
    "sv": "Polisen grep tre män efter att en lastbil med stulen koppar stoppats nära gränsen.",
    "tr": "Polis, sınır yakınında çalıntı bakır taşıyan bir kamyonun durdurulmasının ardından üç kişiyi gözaltına aldı.",
    "id": "Polisi menangkap tiga pria setelah sebuah truk bermuatan tembaga curian dihentikan di dekat perbatasan.",
    "vi": "Cảnh sát bắt giữ ba người đàn ông sau khi một xe tải chở đồng bị đánh cắp bị chặn gần biên giới.",
    "ar": "ألقت الشرطة القبض على ثلاثة رجال بعد توقيف شاحنة تحمل نحاسا مسروقا قرب الحدود.",
    "fa": "پلیس سه مرد را پس از توقیف کامیونی حامل مس دزدیده‌شده در نزدیکی مرز بازداشت کرد.",
    "hi": "सीमा के पास चोरी का तांबा ले जा रहा ट्रक रोके जाने के बाद पुलिस ने तीन लोगों को गिरफ्तार किया।",
    "da": "Politiet anholdt tre mænd, efter at en lastbil med stjålet kobber blev stoppet nær grænsen.",
    "fi": "Poliisi otti kiinni kolme miestä sen jälkeen, kun varastettua kuparia kuljettanut kuorma-auto pysäytettiin.",
    "cs": "Policie zadržela tři muže poté, co byl u hranic zastaven nákladní vůz s ukradenou mědí.",
    "bg": "Полицията задържа трима мъже, след като край границата беше спрян камион с крадена мед.",
    "el": "Η αστυνομία συνέλαβε τρεις άνδρες όταν ένα φορτηγό με κλεμμένο χαλκό σταμάτησε κοντά στα σύνορα.",
    "he": "המשטרה עצרה שלושה גברים לאחר שמשאית עמוסה נחושת גנובה נעצרה סמוך לגבול.",
    "th": "ตำรวจจับกุมชายสามคนหลังจากรถบรรทุกทองแดงที่ถูกขโมยถูกหยุดใกล้ชายแดน",
}
# Languages whose neighbours look much like them.
CLOSE = {
    "no": "Politiet pågrep tre menn etter at en lastebil med stjålet kobber ble stanset nær grensen.",
    "sk": "Polícia zadržala troch mužov po tom, čo pri hraniciach zastavili nákladné auto s ukradnutou meďou.",
    "hr": "Policija je uhitila trojicu muškaraca nakon što je blizu granice zaustavljen kamion s ukradenim bakrom.",
    "sr": "Полиција је ухапсила тројицу мушкараца након што је близу границе заустављен камион са украденим бакром.",
    "be": "Паліцыя затрымала трох мужчын пасля таго, як каля мяжы спынілі грузавік з крадзенай меддзю.",
    "ms": "Polis menahan tiga lelaki selepas sebuah lori membawa tembaga curi ditahan berhampiran sempadan.",
    "ca": "La policia va detenir tres homes després d'aturar prop de la frontera un camió carregat de coure robat.",
    "mr": "सीमेजवळ चोरीचे तांबे घेऊन जाणारा ट्रक अडवल्यानंतर पोलिसांनी तीन जणांना अटक केली.",
    "ur": "پولیس نے سرحد کے قریب چوری شدہ تانبے سے لدا ٹرک روکنے کے بعد تین افراد کو گرفتار کر لیا۔",
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_sentence_tells_its_language(code: str) -> None:
    assert detect(TEXTS[code]) == code


@pytest.mark.parametrize("code", CLOSE)
def test_a_language_is_not_taken_for_its_neighbour(code: str) -> None:
    assert detect(CLOSE[code]) in (code, None)


def test_capitals_and_tables_of_figures_are_the_language_that_they_are_in() -> None:
    assert detect(TEXTS["en"].upper()) == "en"
    assert detect("HARPER TOOLS CORP <HTC> 3RD QTR JAN 31. Shr 12 cts vs 19 cts Net 369,000 vs 358,000") in ("en", None)


@given(st.text(max_size=400))
def test_any_text_has_a_code_or_none(text: str) -> None:
    found = detect(text)
    assert found is None or found == declared(found)


def test_half_a_character_does_no_harm() -> None:
    assert detect(f"\udc80{TEXTS['en']}\udfff") == "en"


def test_several_lines_are_read_as_one() -> None:
    assert detect(TEXTS["de"].replace(" ", "\n")) == "de"


def test_no_way_leads_to_a_network() -> None:
    """Neither the module nor what it imports could ask one: the model lies in the package."""
    code = (
        "import sys; from ingest.parse.language import detect\n"
        f"assert detect({TEXTS['en']!r}) == 'en'\n"
        "found = {'socket', '_socket', 'ssl', 'http.client', 'urllib.request', 'requests'} & set(sys.modules)\n"
        "assert not found, found"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_too_little_text_tells_none() -> None:
    assert detect("") is None
    assert detect("Kim Jong Un") is None


@pytest.mark.parametrize(
    ("tag", "code"),
    [("en", "en"), ("en-GB", "en"), ("EN_us", "en"), (" de ", "de"), ("kok", "kok"), ("zh-Hant-TW", "zh"),
     ("", None), (None, None), ("x-default", None), ("english", None), ("日本", None), ("e1", None)],
)  # fmt: skip
def test_a_tag_is_read_as_its_language(tag: str | None, code: str | None) -> None:
    assert declared(tag) == code


@given(st.text(max_size=30))
def test_any_tag_is_a_code_or_none_and_a_code_is_its_own(tag: str) -> None:
    found = declared(tag)
    assert found is None or (found == declared(found) and found.isascii() and found.islower())
