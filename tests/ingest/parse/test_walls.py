"""What is no article, though it came with status 200, and what only speaks of such things."""

from datetime import UTC, datetime

import pytest

from core.model.outcome import ArticleOutcome
from core.model.source import Entry, Source
from ingest.parse.page import read_page
from ingest.parse.shapes import PageContext, ParsedPage, ParseFailure

URL = "https://herald.example/world/crane-falls"
SOURCE = Source(source_id="s", name="Herald", url="https://herald.example/feed")
ENTRY = Entry(
    entry_id="e",
    source=SOURCE,
    url=URL,
    title="Crane falls into harbour basin, police say",
    seen=datetime(2026, 3, 2, tzinfo=UTC),
)
STORY = [
    "A crane fell into the harbour basin on Monday morning and blocked the only entrance, the port authority said.",
    "Three ships wait outside, and divers are to look at the wreck before the tide turns in the late afternoon.",
    "The owner of the crane did not reply to questions; the police speak of a broken cable and of strong wind.",
    "The harbour master said that the basin would be closed for a week at least, and ferries would go elsewhere.",
]


def page(title: str, *paragraphs: str, more: str = "", head: str = "") -> str:
    text = "".join(f"<p>{one}</p>" for one in paragraphs)
    return f"<html><head><title>{title}</title>{head}</head><body><h1>{title}</h1>{text}{more}</body></html>"


def read(html: str, url: str = URL, entry: Entry | None = None) -> ParsedPage | ParseFailure:
    return read_page(html, None, url, PageContext(entry=entry))


WALLS = [
    ("wall_consent", "We value your privacy", ["We and our 312 partners store and access information on a device.", "Choose Accept all to agree, or Manage options to set your preferences."]),
    ("wall_consent", "Datenschutzeinstellungen", ["Wir und unsere Partner speichern Informationen auf Ihrem Gerät.", "Sie können allen Cookies zustimmen oder alle ablehnen."]),
    ("wall_consent", "Votre vie privée compte", ["Nous et nos 120 partenaires utilisons des cookies.", "Vous pouvez tout accepter ou continuer sans accepter."]),
    ("wall_consent", "Tu privacidad es importante", ["Nosotros y nuestros 200 socios usamos cookies en tu dispositivo.", "Puedes aceptar todo o rechazar todas en cualquier momento."]),
    ("wall_consent", "La tua privacy", ["Noi e i nostri partner utilizziamo cookie per la pubblicità.", "Puoi accettare tutto oppure rifiutare."]),
    ("wall_consent", "Szanujemy Twoją prywatność", ["My i nasi partnerzy używamy plików cookie na Twoim urządzeniu.", "Kliknij Akceptuję, aby wyrazić zgodę na przetwarzanie."]),
    ("wall_consent", "Cookies", ["このサイトではクッキーを使用しています。続けるには同意するを押してください。", "We use cookies and our 30 partners do; accept all."]),
    ("wall_login", "Sign in", ["Sign in or create an account to keep reading this story.", "Already a subscriber? Enter your e-mail and password."]),
    ("wall_login", "Anmelden", ["Bitte melden Sie sich an, um weiterzulesen.", "Passwort vergessen? Jetzt registrieren."]),
    ("wall_login", "Se connecter", ["Cet article est réservé aux abonnés. Connectez-vous pour lire la suite.", "Mot de passe oublié ?"]),
    ("wall_login", "Вход", ["Войдите или зарегистрируйтесь, чтобы продолжить чтение этого материала.", "Забыли пароль? Материал доступен только подписчикам."]),
    ("wall_login", "ログイン", ["この記事は会員限定です。ログインしてください。", "パスワードをお忘れの方はこちらから手続きをお願いいたします。"]),
    ("wall_challenge", "Just a moment...", ["Checking your browser before accessing herald.example.", "Enable JavaScript and cookies to continue. Ray ID: 7a1"]),
    ("wall_challenge", "Pardon Our Interruption", ["As you were browsing something made us think that you are a bot.", "Please enable cookies and complete the CAPTCHA, reference ID 12."]),
    ("wall_challenge", "Access Denied", ["You don't have permission to access this server.", "Reference #18.2f1 Your request has been blocked by the security service to protect us."]),
    ("wall_challenge", "Проверка браузера", ["Идёт проверка браузера перед переходом на сайт. Вы не робот?", "Проверка безопасности соединения займёт до пяти секунд."]),
    ("wall_challenge", "安全验证", ["正在检查您的浏览器，请完成人机验证。本次检查由 Cloudflare 提供。", "Ray ID: 88 please enable javascript 请稍候"]),
    ("soft_404", "404 - Page not found", ["The page you are looking for does not exist or has been moved.", "Check the address, or go back to the home page."]),
    ("soft_404", "Seite nicht gefunden", ["Die Seite wurde leider nicht gefunden oder wurde verschoben.", "Zur Startseite geht es hier, oder nutzen Sie die Suche."]),
    ("soft_404", "Page introuvable", ["La page que vous cherchez n'existe plus ou a été déplacée.", "Retour à l'accueil du site et aux dernières nouvelles."]),
    ("soft_404", "Страница не найдена", ["Материал удалён или перемещён, такой страницы не существует.", "Вернуться на главную страницу сайта или начать поиск."]),
    ("soft_404", "Sayfa bulunamadı", ["Aradığınız sayfa kaldırılmış olabilir, içerik mevcut değil.", "Ana sayfaya dönün ya da arama yapın lütfen, teşekkürler."]),
    ("soft_404", "페이지를 찾을 수 없습니다", ["요청하신 페이지가 존재하지 않거나 기사가 삭제되었습니다.", "주소를 다시 확인해 주시기 바랍니다. 감사합니다. 홈으로 이동하실 수 있습니다."]),
    ("error_page", "503 Service Unavailable", ["The server is temporarily unable to service your request due to maintenance downtime.", "Please try again later. nginx"]),
    ("error_page", "We'll be right back", ["We are working to fix a technical problem with our servers.", "Please check back soon, or refresh the page in a few minutes."]),
    ("error_page", "Error establishing a database connection", ["This means that the database connection failed on our server.", "Please try again later; a stack trace was written for the team."]),
]  # fmt: skip


@pytest.mark.parametrize(("outcome", "title", "paragraphs"), WALLS)
def test_a_page_that_is_no_article_has_its_name(outcome: str, title: str, paragraphs: list[str]) -> None:
    for html in (
        page(title, *paragraphs),
        page(f"{title} | Herald", *paragraphs),
        page(f"Herald - {title}", *paragraphs),
    ):
        found = read(html)
        assert isinstance(found, ParseFailure), title
        assert ArticleOutcome(found.outcome) == outcome
        assert "its title" in found.detail


def test_where_a_redirect_led_and_what_the_page_lacks_count_as_well() -> None:
    text = [
        "Wir und unsere 189 Partner speichern Informationen auf Ihrem Gerät.",
        "Mit Klick auf Zustimmen willigen Sie ein; mit werbefreiem Abo nicht.",
    ]
    html = page("Willkommen beim Herald", *text)
    redirected = read(html, "https://herald.example/consent/ask", ENTRY)
    assert isinstance(redirected, ParseFailure)
    assert redirected.outcome == "wall_consent"
    assert {"its address", "nothing in common with its feed"} <= set(redirected.detail.split(", "))
    onwards = read(html, "https://consent.herald.example/?to=https://herald.example/1")
    assert isinstance(onwards, ParseFailure)


def test_a_list_of_articles_is_none() -> None:
    cards = "".join(
        f"<div><h3><a href='/w/{n}'>Minister number {n} visits a town for talks</a></h3><p>On Monday, at {n}.</p></div>"
        for n in range(20)
    )
    for url in ("https://herald.example/world/", "https://herald.example/world"):
        found = read(page("World", more=cards), url)
        assert isinstance(found, ParseFailure)
        assert found.outcome == "section_front"
    below = read(page("Crane falls into harbour basin", *STORY, more=cards), "https://herald.example/world/", ENTRY)
    assert isinstance(below, ParsedPage)


ARTICLES = [
    ("Regulator fines three firms over cookies", ["The authority fined three firms for asking visitors to accept all cookies without a choice.", "The banners said that the firms and their partners store information on a device.", "One firm said it would appeal; the others did not reply.", "The fines amount to 12 million euros and fall due in March, according to the decision."]),
    ("Page not found: why the web forgets", ["A third of the pages that existed ten years ago answer with an error today, a study found.", "The researchers found that 404 was the most common answer of all.", "Archives keep some of what is lost, but their funds are small."]),
    ("Access denied: how prisons keep reporters out", ["Reporters were refused entry to nine of ten prisons last year, a survey by the union shows.", "The ministry said that security did not allow for visits.", "Two courts ruled that the press must be let in."]),
    ("Cloudflare outage takes down thousands of sites", ["Visitors saw a page that asked them to verify that they are human.", "The company said that a faulty update to its bot check was to blame for the outage.", "Service was restored after two hours."]),
    ("Bank's log-in page fails for a day", ["Customers could not sign in or reset a forgotten password on Monday.", "The bank said that its servers were temporarily unavailable because of maintenance.", "It asked them to try again later, and apologised."]),
    ("Just a moment that changed the match", ["The referee stopped play for just a moment, and everything turned.", "The home side scored twice in stoppage time and won the cup.", "Their coach called it a miracle that nobody had seen coming."]),
]  # fmt: skip


@pytest.mark.parametrize(("title", "paragraphs"), ARTICLES)
def test_an_article_about_such_things_is_one(title: str, paragraphs: list[str]) -> None:
    assert isinstance(read(page(title, *paragraphs)), ParsedPage)
    assert isinstance(read(page(f"{title} | Herald", *paragraphs)), ParsedPage)


def test_who_shows_the_feeds_headline_is_the_article() -> None:
    banner = (
        "<div>We and our 312 partners store information on a device. Accept all or manage options, reject all.</div>"
    )
    found = read(
        page("Crane falls into harbour basin, police say", *STORY, more=banner),
        "https://herald.example/consent/x",
        ENTRY,
    )
    assert isinstance(found, ParsedPage)
