"""Finding words alone, as machine code does: nanoseconds a character in articles of several scripts, the best of many passes.

python -m bench.words
"""

import time

from alerts.rules.native.article import Prepared
from core.text.document import Document
from tests.reference_articles import article

PASSES = 25
TEXTS = {
    "English": "North Korea shipped arms to Russia on Friday, officials in Seoul said, although sanctions forbid such a trade. ",
    "Polish": "Władze w Łodzi ogłosiły w piątek, że żołnierze wrócą do koszar, mówił rzecznik rządu. ",
    "Turkish": "Cumhurbaşkanı Erdoğan, Diyarbakır'da düzenlenen törende ışıklı yolu açtı, İçişleri Bakanı söyledi. ",
    "Russian": "Президент России заявил в пятницу, что страна продолжит поставки оружия, несмотря на санкции. ",
    "Arabic": "أعلن الرئيس الكوري يوم الجمعة أن بلاده ستواصل تطوير برنامجها رغم العقوبات الدولية عام ٢٠٢٦. ",
    "Arabic, vowelled": "أَعْلَنَ الرَّئِيسُ الكُورِيُّ يَوْمَ الجُمُعَةِ أَنَّ بِلَادَهُ سَتُوَاصِلُ تَطْوِيرَ بَرْنَامَجِهَا. ",
    "Hebrew": "ראש הממשלה הודיע ביום שישי בירושלים כי המדינה תמשיך במשא ומתן, כך נמסר מלשכתו. ",
    "Korean": "북한은 금요일 러시아에 무기를 보냈다고 서울의 관리들이 밝혔다. ",
}


def main() -> None:
    room = Prepared.empty()
    for name, sentence in TEXTS.items():
        documents = [Document(article(number, "", sentence * 20 + str(number))) for number in range(40)]
        best = float("inf")
        for _ in range(PASSES):
            began = time.perf_counter()
            for document in documents:
                room.read(document, others=False)
            best = min(best, time.perf_counter() - began)
        print(f"{name:18}{best * 1e9 / sum(len(document.text) for document in documents):8.2f}")


if __name__ == "__main__":
    main()
