"""What pages say that are no article, in the languages of the press. Data: patterns of whole titles, and of parts of a text.

A title is compared without the site's name and in lower case; a pattern is that of all of it.
"""

from enum import StrEnum


class Wall(StrEnum):
    """What stands in the place of an article; the words of ArticleOutcome."""

    CONSENT = "wall_consent"
    LOGIN = "wall_login"
    CHALLENGE = "wall_challenge"
    SOFT_404 = "soft_404"
    ERROR = "error_page"


TITLES: dict[Wall, tuple[str, ...]] = {
    Wall.CONSENT: (
        r"before you (continue|proceed).*|(we value|about|your|manage( your)?) (your )?privacy( (choices|preferences|settings|matters))?",
        r"(cookie|privacy|consent)s?( |-)?(consent|notice|settings|preferences|policy|banner|wall|choices|manager|information|center)?",
        r"(your|we need your|manage|give) (consent|cookies?)( (choices|preferences|settings))?|we (use|care about your) (cookies|privacy|data)",
        r"(we|our partners) (value|respect) your privacy|your (data|privacy),? your choice|welcome! ?your (data|privacy).*",
        r"datenschutz(einstellungen|hinweise?)?|ihre (zustimmung|privatsphäre|daten).*|zustimmung|einwilligung(en)?|cookie-(hinweis|einstellungen)",
        r"(le respect de )?votre vie privée.*|(vos|nos|gestion des) (cookies|données|choix).*|consentement.*|continuer sans accepter",
        r"(tu|su|nos importa su|valoramos (tu|su)) privacidad.*|(configuración de|aviso de|política de) cookies|consentimiento.*",
        r"(la tua|la sua|rispettiamo la tua) privacy.*|consenso.*|(a sua|valorizamos a sua) privacidade.*|consentimento.*",
        r"(wij|we) (geven om|respecteren|gebruiken) (je|uw|jouw)? ?(privacy|cookies).*|cookies? (toestaan|accepteren)|cookietoestemming|dpg media privacy gate",
        r"(dbamy|szanujemy) .*prywatność.*|(twoja|zgoda na) (prywatność|cookies|pliki cookie).*|vi (bryr|värnar) .*|hantera (cookies|samtycke)",
        r"(мы|сайт) использу(ем|ет) (файлы )?cookies?.*|согласие.*(cookie|данны).*|gizliliğiniz.*|çerez(ler)?( (politikası|tercihleri))?|vážíme si .*soukromí.*|souhlas.*",
    ),
    Wall.LOGIN: (
        r"(please )?(log|sign)[ -]?(in|on|up)( (required|to (continue|your account|read|view).*))?|log ?in|sign ?in|register|registration|create (an |your )?account",
        r"subscri(be|ption)( (required|now|to (continue|read|unlock).*|options?|offers?|plans?))?|(subscriber|member)s?( |-)?only( content)?|members? (area|login)|paywall",
        r"my account|account( login)?|continue reading|unlock (this|the) (article|story)|(become a|for) members?",
        r"(anmelden|anmeldung|einloggen|login|registrier(en|ung)|jetzt abonnieren|abo( abschließen)?|mein konto)",
        r"(se connecter|connexion|identifiez-vous|identification|s.identifier|abonnez-vous.*|créer un compte|article réservé aux abonnés|inscription)",
        r"(iniciar sesión|inicia sesión.*|acceder|identifícate|regístrate|suscríbete.*|suscripción|contenido exclusivo.*)",
        r"(accedi|accesso|login|registrati|abbonati.*|entrar|iniciar sessão|faça (seu )?login.*|assine.*|acesse sua conta|conteúdo exclusivo.*)",
        r"(inloggen|aanmelden|registreren|word abonnee.*|zaloguj( się)?.*|logowanie|rejestracja|logga in|logg inn|log ind|bli prenumerant.*|kirjaudu.*)",
        r"(вход|войти|авторизация|регистрация|подписка|увійти|giriş( yap)?|üye girişi|üye ol|přihlášení|přihlásit se|prihlásenie|bejelentkezés|autentificare|conectare)",
        r"(ログイン|会員登録|会員限定.*|登录|登錄|登入|注册|로그인|회원가입|تسجيل الدخول|ورود|כניסה|התחברות|đăng nhập|masuk|log masuk|daftar|เข้าสู่ระบบ|लॉग इन)",
    ),
    Wall.CHALLENGE: (
        r"just a moment\W*|attention required\W*.*|one (more step|moment),? ?(please)?\W*|please (wait|stand by)\W*.*|checking your (browser|connection).*",
        r"(verify|verifying|confirm) (that )?you are (a )?human.*|are you (a )?(robot|human)\W*|(robot|human) or (robot|human)\W*|(human|bot|browser|security|captcha) (verification|check)\W*",
        r"(security|ddos) (check|protection|verification)\W*.*|ddos-guard.*|pardon our interruption\W*|request (unsuccessful|blocked|rejected).*|access (to this page has been |is )?(denied|blocked)\W*.*",
        r"you have been blocked.*|(sorry, )?you (have|'ve) been (blocked|rate limited).*|captcha.*|unusual (traffic|activity).*|blocked|forbidden|403 ?(-|error)? ?forbidden\W*",
        r"(enable|please enable|turn on) (javascript|js|cookies).*|javascript (is )?(required|disabled).*|validating.*|human test|bot or not\W*|px-captcha",
        r"(einen|nur einen) moment( bitte)?\W*|sicherheits(überprüfung|prüfung)|zugriff verweigert|un (instant|moment).*|vérification (de sécurité|en cours).*|accès refusé",
        r"un momento.*|(verificación|control) de seguridad|acceso denegado|um momento.*|acesso negado|un attimo.*|accesso negato|even geduld.*|toegang geweigerd|proszę czekać.*|dostęp zabroniony",
        r"проверка (браузера|безопасности).*|(одну )?минут[уо]чку?.*|доступ (запрещ[её]н|ограничен)|вы (не )?робот\W*|bir dakika.*|lütfen bekleyin.*|erişim (engellendi|reddedildi)",
        r"しばらくお待ちください.*|アクセス拒否|请稍(候|等).*|安全(验证|检查)|访问(被拒绝|受限)|잠시만.*|보안 확인|접근(이)? (거부|차단).*|لحظة.*|تم رفض الوصول|رجاء انتظر.*",
    ),
    Wall.SOFT_404: (
        r"(error |http |oops\W*)?40[45]( ?error)?\W*(\W* ?(page|article|content|file|document|story|the page|that page|this page)?( (could|can)( ?no|')t be| is| was)? ?(not )?(found|available|gone))?\W*",
        r"(oops\W*|sorry\W*|whoops\W*)*(the |this |that |requested )*(page|article|content|story|link|url|resource|document|item|post)( you (requested|are looking for|were looking for))?( (is|was|has|could|can) ?(not|no longer|been)?( be)?)? ?(not found|found|unavailable|missing|exist|gone|removed|deleted|available|expired)\W*",
        r"(oops|sorry|whoops|uh[- ]oh|hmm)\W*(that|this|the)? ?(page)?.{0,30}(can.?t be found|not found|gone|missing|doesn.?t exist|went wrong)\W*|nothing (found|here|to see here)\W*|not found|no results?( found)?|page unavailable",
        r"(fehler 404\W*|404\W*)?(die |diese )?(angeforderte )?(seite|artikel|inhalt|dokument)( (konnte|wurde|ist|existiert))?( leider)? ?(nicht)? ?(gefunden|verfügbar|mehr verfügbar|vorhanden|mehr)?( werden)?\W*(404)?",
        r"(erreur 404\W*|404\W*|oups\W*)?(la |cette )?(page|article|contenu)( demandée?| que vous .*)?( est| n.est| n.a pas été| n.existe)? ?(introuvable|non trouvée?|pas (été )?trouvée?|inexistante?|pas disponible|plus disponible|pas|plus)\W*",
        r"(error 404\W*|404\W*|lo sentimos\W*|ups\W*)?(la |esta )?(página|noticia|artículo|contenido)( que .*)?( solicitada)?( no)? ?(no )?(encontrad[ao]|existe|disponible|ha sido encontrad[ao]|se encuentra|se ha encontrado)\W*",
        r"(errore 404\W*|404\W*|ops\W*)?(la )?(pagina|articolo|contenuto)( richiesta)?( non)? ?(trovat[ao]|disponibile|esiste)\W*|(erro 404\W*|404\W*|ops\W*)?(a )?(página|notícia)( não)? ?(encontrada|existe|disponível|foi encontrada)\W*",
        r"(404\W*)?(de )?pagina( is)?( niet)? ?(gevonden|beschikbaar|bestaat niet)\W*|(błąd 404\W*|404\W*)?(nie znaleziono( strony)?|strona nie (istnieje|została znaleziona))\W*|(404\W*)?(sidan|siden|artikkelen) (kunde|kunne|hittades|finns|finnes|ble|blev|eksisterer|findes)? ?(inte|ikke)?( hittas| hittades| funnet| fundet)?\W*|sivua ei (löytynyt|löydy)\W*",
        r"(ошибка 404\W*|404\W*)?(страница|материал|запрашиваемая страница|новость) (не найден[ао]?|не существует|удален[ао]?|недоступн[ао])\W*|(помилка 404\W*|404\W*)?(сторінк[ау]|матеріал) не (знайдено|існує)\W*|(404\W*)?(aradığınız )?(sayfa|içerik) (bulunamadı|mevcut değil)\W*|(404\W*)?(stránka|stranka|článek) (nebyla nalezena|neexistuje|nenalezena|sa nenašla|ni najdena|nije pronađena)\W*|(404\W*)?az oldal nem található\W*|(404\W*)?pagina nu (a fost găsită|există)\W*|(404\W*)?η σελίδα δεν βρέθηκε\W*|(404\W*)?страницата не е намерена\W*",
        r"(404\W*)?(お探しの)?(ページ|記事)(が|は)?(見つかりません|存在しません|ありません|削除).*|(404\W*)?(页面|頁面|您访问的页面|网页)(不存在|未找到|找不到|已删除|已刪除).*|(找不到|无法找到)(页面|頁面|网页|該頁).*|(404\W*)?(페이지|기사)를? ?(찾을 수 없습니다|존재하지 않습니다).*|(404\W*)?(الصفحة|هذه الصفحة|الخبر) (غير موجودة?|غير متوفرة?|لم يتم العثور عليها).*|(404\W*)?صفحه (مورد نظر )?(پیدا|یافت) نشد.*|(404\W*)?(הדף|העמוד) (לא נמצא|אינו קיים).*|(404\W*)?(halaman|laman) (tidak (ditemukan|tersedia)|tidak dijumpai).*|(404\W*)?(không tìm thấy trang|trang không tồn tại).*|(404\W*)?ไม่พบหน้า.*|(404\W*)?(पृष्ठ|पेज) (नहीं मिला).*",
    ),
    Wall.ERROR: (
        r"(error |http )?5\d\d( error)?\W*(internal server error|bad gateway|service( temporarily)? unavailable|gateway time-?out|server error|origin .*|web server .*|unknown error)?\W*",
        r"(internal )?server error\W*|bad gateway\W*|service( is)?( temporarily| currently)? unavailable\W*|gateway time-?out\W*|error establishing a database connection\W*|database error\W*|application error\W*",
        r"we(.ll| will) be (right )?back( (soon|shortly))?\W*|(site|website|page)( is)?( currently| temporarily)? (under|down for|in) maintenance\W*|(scheduled )?maintenance( mode)?\W*|under (construction|maintenance)\W*|temporarily (unavailable|down|offline)\W*|website (is )?offline\W*",
        r"(oops\W*|sorry\W*)?(something|an error|an unexpected error)( has)? (went wrong|occurred|happened)\W*|unexpected error\W*|error|technical (difficulties|error|problems?)\W*|fatal error.*|whoops\W*.*|temporary error\W*|no healthy upstream",
        r"wartung(sarbeiten|smodus)?\W*|(interner )?serverfehler\W*|(vorübergehend )?nicht (verfügbar|erreichbar)\W*|(site )?en maintenance\W*|erreur (interne|serveur|technique).*|service indisponible\W*|en mantenimiento\W*|error interno.*|servicio no disponible\W*|in manutenzione\W*|em manutenção\W*|erro (interno|no servidor).*",
        r"(сайт на |технические )?(обслуживани[ие]|работы)\W*|внутренняя ошибка( сервера)?\W*|сервис (временно )?недоступен\W*|przerwa techniczna\W*|prace (serwisowe|konserwacyjne)\W*|bakım(da| çalışması)?\W*|onderhoud\W*|メンテナンス(中)?.*|サーバーエラー.*|系统(维护|错误).*|服务器(错误|维护).*|점검 ?중.*|서버 오류.*|خطأ في (الخادم|السيرفر).*|الموقع تحت الصيانة.*",
    ),
}  # fmt: skip

# Each is one sign, in a text that is short.
PARTS: dict[Wall, tuple[str, ...]] = {
    Wall.CONSENT: (
        r"\b(we|us) and our ?\d* ?(advertising |trusted )?partners|our \d+ partners|store and/?( or)? access .{0,40}(information|data) on (a|your) device|\baccept all\b|\breject all\b|manage (options|preferences|cookies|choices)",
        r"(use|uses|using|utilise) (of )?cookies|personali[sz]ed (ads|advertising|content)|legitimate interest|withdraw (your )?consent|cookie (policy|settings|preferences)|more options|you agree to (the|our) use",
        r"wir und unsere ?\d* ?(drittanbieter|partner)|unsere \d+ partner|informationen auf (ihrem|einem) (end)?gerät|(verwendung|nutzung|einsatz) von cookies|alle(n)? (akzeptieren|cookies zustimmen|ablehnen)|stimmen sie .{0,60}(zu\b|cookies)|willigen sie|werbefrei|pur-abo|mit werbung weiterlesen",
        r"nous et nos ?\d* ?partenaires|nos \d+ partenaires|(stocker|accéder) .{0,60}(appareil|terminal)|(utilisons|utilisation) (de|des) (cookies|traceurs)|(tout )?accepter( et fermer)?|continuer sans accepter|vous consentez|paramétrer",
        r"nosotros y nuestros ?\d* ?socios|nuestros \d+ socios|almacenar (o|y) acceder|(uso|utilizamos|usamos) (de )?cookies|aceptar (todo|todas|y continuar)|rechazar (todo|todas)|retirar (tu|su) consentimiento",
        r"noi e i nostri ?\d* ?partner|archiviare .{0,40}dispositivo|utilizz(iamo|o di) cookie|accett(a|o|are) (tutt[oi]|e (chiudi|continua))|rifiuta|nós e os nossos ?\d* ?parceiros|armazenar .{0,40}dispositivo|(utilizamos|uso de) cookies|aceitar (tudo|todos)",
        r"wij en onze ?\d* ?partners|gebruik(en)? (van )?cookies|alles accepteren|(akkoord|toestemming)|(my i )?nasi(mi)? ?\d* ?partner|plik(ów|i) cookie|akceptuj(ę|e)|zgod[aęy] na|vi och våra ?\d* ?partner|använd(er|ning av) (cookies|kakor)|godkänn(a)? alla|acceptera alla",
        r"использу(ем|ет|я) (файлы )?(cookie|куки)|приня(ть|в) все|соглас(ие|ны) на обработку|souhlas(ím)?|soubory cookie|přijmout vše|çerez(ler)?|tümünü kabul|クッキー|cookieを(使用|利用)|同意(する|します)|接受(所有|全部)|쿠키|모두 (수락|동의)|ملفات (تعريف الارتباط|كوكيز)|قبول الكل",
    ),
    Wall.LOGIN: (
        r"(log|sign) ?in (or|to)|(create|register for) (an? )?(free )?account|(enter|your) (e-?mail|password)|forgot(ten)? (your )?password|already (a )?(subscriber|member|registered)|(reserved|only|exclusive(ly)?) (for|to) (our )?(subscribers|members)|subscribers?[ -]only|members?[ -]only",
        r"subscribe (now|today|to (continue|read|unlock|access))|to (continue|keep) reading|unlimited (digital )?access|start your (free )?trial|cancel any ?time|free articles?( left| remaining| this month)|you have reached your limit",
        r"(bitte )?melden sie sich an|jetzt (anmelden|registrieren|abonnieren|testen|weiterlesen)|passwort( vergessen)?|(nur|exklusiv) für (abonnenten|mitglieder)|bereits (abonnent|registriert)|kostenlos(en)? (registrier|probe)",
        r"(connectez|identifiez|inscrivez|abonnez)-vous|mot de passe( oublié)?|(réservé|exclusif).{0,10} (aux|à nos) abonnés|déjà (abonné|inscrit)|sans engagement|inicia(r)? sesión|contraseña|(exclusivo|sólo|solo) para suscriptores|ya (es|eres) suscriptor|suscríb(ete|ase)",
        r"accedi|password dimenticata|(riservat[oi]|solo) (agli|per gli) abbonati|già abbonato|abbonati|faça login|senha|(exclusivo|somente) para assinantes|já é assinante|assine|inloggen|wachtwoord|(alleen|exclusief) voor (abonnees|leden)|word (lid|abonnee)",
        r"(войдите|авторизуйтесь|зарегистрируйтесь)|парол[ья]|(только|доступн\w+) (для )?подписчик|zaloguj|hasło|(tylko )?dla (prenumeratorów|subskrybentów)|logga in|lösenord|(endast|bara) för prenumeranter|şifre|giriş yap|abone(ler)? (ol|özel)|heslo|přihla(š|s)|パスワード|ログイン|会員(限定|登録)|密码|登录|비밀번호|로그인|(구독자|회원) ?전용|كلمة (المرور|السر)|سجل (الدخول|حساب)",
    ),
    Wall.CHALLENGE: (
        r"checking (your browser|if the site connection)|ray id|performance (&|and) security by|cloudflare|(please )?(complete|solve) the (security check|captcha)|verify (that )?you are (a )?human|(not|are) a (ro)?bot\b|press (and|&) hold|unusual (traffic|activity|requests?)|review the security of your connection",
        r"enable (javascript|cookies)( and (javascript|cookies))?|(javascript|cookies) (is|are) (disabled|required)|(you|your (ip|access|request)) (have|has|was|is) been (blocked|denied|rate)|(you do not|you don.t) have permission to access|incident id|reference (id|#|number)|security (service|solution|system) to protect|ddos|redirected? (shortly|to your requested|automatically)|up to \d+ seconds",
        r"(überprüf(en|t|ung)|prüfen) .{0,40}(browser|sicherheit|verbindung)|vérifi(er|cation|ez|ons) .{0,40}(navigateur|sécurité|connexion|humain|robot)|(verificar|verificando|comprobando) .{0,40}(navegador|seguridad|conexión|humano|robot|segurança|conexão)|(controll|verific)\w+ .{0,40}(browser|sicurezza)",
        r"(проверк[аиу]|провер\w+) .{0,40}(браузер|безопасност|робот|человек|соединени)|(tarayıcı|güvenlik|robot).{0,30}(kontrol|doğrula)|ロボットではない|ブラウザ.{0,12}(確認|チェック)|(验证|檢查|检查).{0,12}(浏览器|安全|真人|人机)|(로봇|브라우저|보안).{0,12}(확인|검사)|(التحقق|متصفح|روبوت)",
    ),
    Wall.SOFT_404: (
        r"(page|article|content|link|story|url|address)( that)? (you|we)?.{0,24}(looking for|requested|tried to (reach|visit)|followed).{0,60}(not|no longer|exist|found|moved|removed|unavailable|broken|deleted)|(does|do) not exist|(doesn.t|no longer) exists?|(may|might|has|have) (have )?been (moved|removed|deleted|renamed|archived)|cannot be found|can.?t (be )?f(i|ou)nd|check the (address|url|spelling)|(go|return|back) to (the |our )?(home ?page|front page)|use the search",
        r"(seite|artikel|inhalt).{0,60}(nicht (gefunden|mehr|verfügbar|existiert)|gelöscht|verschoben)|existiert nicht( mehr)?|zur startseite|(page|article|contenu).{0,60}(introuvable|n.existe|supprimé|déplacé)|n.existe (pas|plus)|retour(ner)? à l.accueil|(página|noticia|contenido).{0,60}(no existe|no se (encuentra|encontró)|eliminad|movid)|(no|ya no) existe|volver a la portada",
        r"(pagina|articolo).{0,60}(non esiste|non .{0,20}trovat|rimoss|spostat)|torna alla home|(página|notícia).{0,60}(não (existe|foi encontrada)|removid)|voltar (para|à) (a )?(home|página inicial)|pagina.{0,40}(bestaat niet|niet gevonden|verwijderd)|(strona|artykuł).{0,40}(nie istnieje|nie została|usunięt|przeniesion)|(страниц|материал).{0,40}(не (найден|существует)|удален|перемещ)|вернуться на главную|(sayfa|içerik).{0,40}(bulunamadı|kaldırıl|mevcut değil)",
        r"(sidan|siden).{0,40}(finns inte|hittas inte|finnes ikke|findes ikke|flyttat|slettet)|(stránk|článek).{0,40}(neexistuje|nenalezen|odstraněn)|(ページ|記事).{0,20}(見つかりません|存在しない|削除|移動)|(页面|网页|文章).{0,12}(不存在|找不到|已.{0,4}删除|移除)|返回首页|(페이지|기사).{0,16}(찾을 수 없|존재하지|삭제)|(الصفحة).{0,40}(غير موجود|لم يتم|حذف|نقل)|(halaman).{0,40}(tidak (ditemukan|tersedia)|dihapus)",
    ),
    Wall.ERROR: (
        r"(try|refresh) (again|the page) (later|in a (few|moment)|shortly)|(internal )?server error|temporarily (unable|unavailable|down)|(working|work) (hard )?to (fix|resolve|restore)|(maintenance|capacity) (downtime|problems)|backend fetch failed|guru meditation|varnish|nginx|apache|mysql|database connection|stack trace|fatal error|exception|upstream|bad gateway|(technical|server) (difficult|problem|issue|error)|error (code|id|reference)|please (try|check) (again|back) (later|soon|shortly)",
        r"(versuchen sie es|später) (später )?(noch ?mal|erneut)|wartung|serverfehler|réessay(er|ez)|maintenance|erreur (serveur|technique|interne)|(inténtelo|intente|vuelva a intentar).{0,20}(más tarde|nuevo)|mantenimiento|riprova(re)? più tardi|manutenzione|tente novamente|manutenção|попробуйте .{0,20}(позже|позднее)|(технически\w+|профилактическ\w+) (работ|неполадк)|spróbuj .{0,20}później|(しばらく|後ほど).{0,16}(お試し|アクセス)|メンテナンス|稍后(再试|重试)|維護|维护|잠시 후 다시|점검|حاول .{0,20}(لاحقا|مرة أخرى)|صيانة|daha sonra (tekrar )?dene",
    ),
}  # fmt: skip

# Parts of addresses that lead to them: of a host or a path.
ADDRESSES: dict[Wall, str] = {
    Wall.CONSENT: r"(^|[./_-])(consent|cmp|guce|collectconsent|privacy-?gate|cookie-?(wall|consent)|gdpr|tcf|zustimmung|consentement)([./_?-]|$)",
    Wall.LOGIN: r"(^|[./_-])(login|log-in|signin|sign-in|signup|sso|auth|oauth2?|account|accounts|register|subscribe|subscription|abo|paywall|anmelden|connexion|acceso|user/login|wp-login)([./_?-]|$)",
    Wall.CHALLENGE: r"(^|[./_-])(captcha|challenge|cdn-cgi|blocked|geo\.captcha-delivery|perfdrive|validate|bot-?check|verify-?human)([./_?-]|$)",
    Wall.SOFT_404: r"(^|[./_-])(404|not-?found|page-?not-?found|error404|nicht-gefunden|no-encontrada|introuvable)([./_?-]|$)",
    Wall.ERROR: r"(^|[./_-])(50[0-4]|error|errors|maintenance|offline|wartung|oops)([./_?-]|$)",
}

# What stands in the markup of such pages, in scripts and names of classes.
MARKUP: dict[Wall, str] = {
    Wall.CONSENT: r"privacy-?gate|consent-?wall|cookie-?wall|sp_message_iframe|id=[\"']?consent[-_]?(page|form|collect)|guce\.|name=[\"']csrfToken[\"'][^>]*>[^<]*<[^>]*consent",
    Wall.CHALLENGE: r"/cdn-cgi/challenge-platform|cf[-_]chl|cf-browser-verification|_Incapsula_Resource|captcha-delivery\.com|datadome|px-captcha|perimeterx|/_sec/cp_challenge|ak_bmsc|ddos-guard|g-recaptcha|h-captcha|hcaptcha\.com|turnstile|sucuri_cloudproxy|aws-waf|awswaf|kpsdk|distil_r_captcha|__jsl|antibot",
}
