"""What the press of each language writes with a full stop that ends no sentence, and the words that sentences begin with.

Lower case; several words apart by blanks. A word of two parts (`z. B.`) needs no line: single letters are known by
themselves. Lists of other languages count too, as papers quote titles of other countries, except for `own`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from core.text.language_code import language_code


@dataclass(frozen=True, slots=True)
class Language:
    """`titles` never end a sentence; `notes` end one before a word that begins sentences; `numbered` end one unless a number
    follows. `own`: notes that are ordinary words elsewhere. `begins`: words that begin sentences and seldom have a capital
    inside one. `ordinals`: `3.` is `third`."""

    titles: str = ""
    notes: str = ""
    numbered: str = ""
    own: str = ""
    begins: str = ""
    ordinals: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """The lists that an article of a language is read with."""

    titles: frozenset[str]
    notes: frozenset[str]
    numbered: frozenset[str]
    begins: frozenset[str]
    ordinals: bool | None = None  # None: not known


_SAME = {
    "nb": "no",
    "nn": "no",
    "bs": "hr",
    "sh": "hr",
    "cnr": "hr",
    "be": "ru",
    "mk": "bg",
    "ms": "id",
}

LANGUAGES: Mapping[str, Language] = {
    "en": Language(
        titles="mr mrs ms messrs dr drs prof gen col lt sgt capt cpl cmdr adm maj brig gov sen rep rev hon st mt ft pres supt asst assoc atty sup"
        " insp vs approx dept e.g i.e pvt lt.col ald cllr pfc wm chas capts sgts",
        notes="jr sr etc inc ltd co corp cos bros plc llc univ ave blvd rd u.s u.k u.n a.m p.m d.c calif mass penn conn tenn ph.d m.d d.phil b.a m.a viz bldg"
        " jan feb apr jun jul aug sept oct nov dec tue tues thu thurs tel hr hrs sq esq",
        numbered="no nos vol vols pp fig figs sec para art ch chap",
        own="mar sep mon wed fri sat sun est min det ca va md minn mich wis ariz ala colo fla ga ky neb nev okla pa tex vt wyo dep dist geo ens jos",
        begins="the this that these those they it he she we you i but and or if in on at for from with when while after before"
        " since as by to his her its their our my there here what who why how where some many most all no not one two both"
        " each another such however meanwhile although though because despite during also then now so yet still according"
        " a an is was were are",
    ),
    "de": Language(
        titles="dr prof dipl ing hr fr frl st stv bgm gebr hl bspw bzw ca evtl ggf inkl exkl mind sog vgl zzgl insb gem z.b d.h"
        " u.a i.d.r geb gest kgl jr röm kath ev allg bes bzgl lfd sogen dergl dt süddt norddt ostdt westdt engl franz amtl stellv ehem parl österr schweiz verh hptm frhr msgr pfr vors angebl einschl gegr verw etw urspr vermutl mtl jährl monatl doz",
        notes="usw etc mio mrd tsd str bhf std jh jhd jhdt v.chr n.chr chr jan feb febr mär apr jun jul aug sep sept okt nov dez"
        " max zzt z.zt ff ges",
        numbered="nr nrn abs art kap bd ziff rn abb tab anm aufl pos tel mo di mi do fr sa so s",
        own="min lit zw zus",
        begins="der die das den dem des ein eine einen einem einer er sie es wir ich ihr man dies diese dieser dieses dann danach"
        " doch aber und oder auch als am an auf aus bei beim bis da dabei dafür dagegen damit daraufhin dazu denn dort durch"
        " für gegen hier im in ist ja jetzt mit nach nachdem nicht noch nun nur ob obwohl ohne seit so sein seine später statt"
        " trotz um unter vom von vor was weil wenn wer wie wird während zu zudem zum zur zuvor zwar über allerdings außerdem"
        " bereits deshalb insgesamt jedoch kein keine laut ihre",
        ordinals=True,
    ),
    "fr": Language(
        titles="m mm mme mmes mlle mlles mgr dr drs pr st ste sts stes cf env gén col cdt cne lt maj amb vve bx ann",
        notes="etc janv févr avr juill sept oct nov déc av bd boul apr hab tél cie éd suppl p.d.g ss suiv ll",
        numbered="chap art n no nos p pp vol fig al t",
        own="me mes ex est min max cap gal adj ph",
        begins="le la les un une des il elle ils elles on nous vous je ce cet cette ces cela mais et ou où en au aux dans par pour"
        " sur selon après avant depuis lors lorsque quand si son sa ses leur leurs plus tout tous toutes ainsi alors car"
        " cependant pourtant puis comme avec sans sous chez l' d' c' j' s' n' qu' aujourd' hier trois deux",
    ),
    "es": Language(
        titles="sr sra sres sras srta dr dra dres dña d profa prof gral gnral cnel tte cmdte cdte lic licda ing arq mons pbro hno"
        " hna ntra excmo excma ilmo ilma rvdo avda av p.ej ej sgto pdte pdta fdo mtro mtra fco gte",
        notes="etc ee.uu ee uu aa rr ff jj oo cc cía aprox máx mín tel tfno dpto depto admón hnos ff.aa cc.aa izq dcha a.c d.c ene abr ago dic",
        numbered="pág págs núm n.º nº art arts vol cap fig párr",
        own="ud uds vd vds sta sto dn fr pza cap dip gob",
        begins="el la los las un una unos unas él ella ellos ellas se lo le les su sus este esta esto estos estas ese esa eso aquel"
        " pero y o en a al de del por para con sin según sobre tras desde hasta cuando mientras aunque si no que como también"
        " además ya así entonces luego después antes hoy ayer",
    ),
    "pt": Language(
        titles="sr sra srs sras srta dr dra drs prof profa eng enga arq exmo exma exa v.exa v.exª sgt alm mons pça av p.ex gov insp",
        notes="etc ltda cia aprox tel a.c d.c ex",
        numbered="pág págs núm nº n.º art arts vol cap fig",
        own="gen cel maj cap ten min dep sen sta sto pe d ver com del est trav",
        begins="o a os as um uma ele ela eles elas se seu sua seus suas este esta isso isto esse essa mas e ou em no na nos nas ao"
        " à às de do da dos das por para com sem segundo sobre após desde até quando enquanto embora não que como também além"
        " já assim então depois antes hoje ontem",
    ),
    "it": Language(
        titles="sigg sig.ra sig.na dott dott.ssa dr dr.ssa prof prof.ssa avv ing geom rag magg mons egr spett cav gen col p.zza cfr"
        " c.so v.le es p.es gr.uff",
        notes="ecc s.p.a s.r.l a.c d.c tel gen feb mag giu lug ago ott",
        numbered="pag pagg n nn art artt vol cap fig",
        own="gent on sig cap ten arch comm card min sen pres dep mar amm prov segg",
        begins="il lo la i gli le un uno una egli ella lui lei loro si suo sua questo questa questi queste quello quella ma e ed o"
        " in a al alla nel nella dal dalla del della di da per con senza secondo su sul sulla dopo prima quando mentre se non"
        " che come anche poi così oggi ieri è l' un' c' dell' all' nell' dall' sull' quest'",
    ),
    "nl": Language(
        titles="dhr mevr mw mej dr drs prof ir ing ds st gen kol kapt jhr jkvr bijv zgn resp incl excl ong ca d.w.z m.b.t i.v.m"
        " t.a.v o.a o.l.v n.a.v plv m.a.w i.p.v m.i.v afd gem wnd plm",
        notes="enz etc jl mln mld tel nv bv a.s",
        numbered="nr nrs art blz pag afb fig hst",
        own="mr min vm nl burg past",
        begins="de het een hij zij ze we wij ik je u dit dat deze die maar en of in op aan bij van voor met zonder na naar om over"
        " onder tegen tot uit volgens toen dan nu nog ook niet als wanneer terwijl omdat er daar hier zijn haar hun",
    ),
    "pl": Language(
        titles="dr prof hab inż mgr lek gen płk ppłk mjr kpt por ppor sierż św bł ks abp kard br tow pl ul al os np tzn tzw tj m.in"
        " ww wg zob pow woj śp prok wiceprez kier adw ambas marsz podkom nadkom podinsp asp jw sierż.szt",
        notes="tys mln mld godz itd itp rys proc n.e p.n.e sek kw gr zł ub",
        numbered="nr art ust poz str rozdz pkt tab s t",
        own="in red bp ob ok min pt gm cd im med sędz zast kom prez wyd doc mec dyr",
        begins="w we na po do od z ze za przez przy dla o u to ten ta te ci tam tu on ona ono oni one jego jej ich jak jednak ale a i"
        " lecz oraz gdy kiedy jeśli ponieważ że nie jest było był była będzie potem następnie wtedy teraz dziś wczoraj także"
        " również według zdaniem obecnie",
        ordinals=True,
    ),
    "cs": Language(
        titles="dr ing mgr bc judr mudr phdr rndr prof gen plk pplk mjr kpt por sv tř nám ul tzv tj např resp kupř srov čp thdr npor arcib zvl mvdr pharmdr voj prap popř thlic stržm předs",
        notes="atd apod aj atp mil mld tis kč hod stol vč cca s.r.o a.s spol n.l př",
        numbered="č čj str obr tab roč tel s",
        own="doc mj min st pí příp zem roz red prim nar",
        begins="v ve na po do od z ze za při pro o u s se si to ten ta ti tam tady on ona ono oni jeho její jejich jak však ale a i"
        " nebo když pokud protože že ne je byl byla bylo byli bude pak potom poté nyní teď dnes včera také podle k ke",
        ordinals=True,
    ),
    "sk": Language(
        titles="dr ing mgr bc judr mudr phdr prof gen plk mjr kpt por sv ul nám tzv tj napr resp npor mvdr",
        notes="atď apod mil mld tis hod cca s.r.o a.s n.l",
        numbered="č str obr tab s",
        own="doc st príp red min",
        begins="v vo na po do od z zo za pri pre o u s so sa si to ten tá tí tam tu on ona ono oni jeho jej ich ako však ale a i alebo"
        " keď ak pretože že nie je bol bola bolo boli bude potom teraz dnes včera tiež podľa k ku",
        ordinals=True,
    ),
    "hu": Language(
        titles="dr ifj özv prof st pl ill kb vö ún szt kötv ált köv szerk gyv",
        notes="stb krt mrd db ker",
        own="id min ti old sz ford biz szül",
        begins="a az ez egy ő ők és de is ha hogy mert azonban ezért aztán majd most ma tegnap itt ott nem csak már még ami aki amely"
        " amikor miután mivel szerint után akkor ekkor ugyanakkor viszont pedig",
        ordinals=True,
    ),
    "fi": Language(
        titles="esim ns prof toht tri fil nyk ent synt mm fil.tri kenr ltn toim varapj",
        notes="jne yms ym milj mrd oy oyj puh eaa ekr jkr",
        numbered="nro klo s kpl",
        begins="hän he se ne tämä nämä tuo ja mutta tai kun jos koska että sitten nyt tänään eilen myös ei on oli vain vielä jo"
        " kuitenkin mukaan sen hänen heidän siellä täällä siksi vaikka samalla lisäksi",
        ordinals=True,
        own="kok sd vas vihr kd ps ts tms alk kesk vrt pj maist",
    ),
    "sv": Language(
        titles="dr prof st gen t.ex bl.a dvs d.v.s s.k f.d fr.o.m t.o.m m.a.o p.g.a pga ang avd jfr o.dyl resp inkl exkl ca tf st.f fil.dr med.dr jur.kand fil.mag",
        notes="m.m m.fl osv o.s.v etc f.kr e.kr kr milj mdr forts tel jan febr aug sept okt dec",
        numbered="nr sid kap kl art s",
        begins="han hon det den de vi jag ni ett en och men eller när om eftersom att sedan då nu också inte är var bara här där på i av"
        " för med från till efter innan enligt dessutom samtidigt",
        own="ev kand",
    ),
    "da": Language(
        titles="dr prof hr fr frk skt gen f.eks bl.a dvs d.v.s fx s.k ca adv dir jf vedr jfr ang adm afd cand evt mht ift pga inkl incl ekskl cand.jur kbh tidl nuv hhv fhv opr sml",
        notes="mv m.v m.m m.fl osv o.s.v etc f.kr e.kr mio kr tlf pga jan febr aug sept okt dec",
        numbered="nr kap kl art stk s",
        own="mia ud udg red ev",
        begins="han hun det den de vi jeg i et en og men eller når da hvis fordi at så nu også ikke er var kun her der på af for med fra"
        " til efter før ifølge desuden samtidig",
        ordinals=True,
    ),
    "no": Language(
        titles="dr prof hr fr frk st gen f.eks bl.a dvs d.v.s m.a.o ca inkl ekskl adv nåv cand.jur tidl hhv pga mht ift vedr",
        notes="osv o.s.v m.m m.fl o.l mill mrd kr tlf f.kr e.kr jan febr aug sept okt des",
        numbered="nr kap kl art pkt s",
        begins="han hun det den de vi jeg et en og men eller når da hvis fordi at så nå også ikke er var bare her der på i av for med fra"
        " til etter før ifølge dessuten samtidig",
        ordinals=True,
        own="red ev",
    ),
    "is": Language(
        titles="dr prof hr sr sbr þ.e m.a skv",
        notes="o.s.frv o.fl kr m.kr þús millj kl",
        begins="hann hún það þeir þær þau við ég og en eða þegar ef að svo nú ekki er var á í um með frá til eftir",
        ordinals=True,
    ),
    "tr": Language(
        titles="dr prof doç yrd uzm sn alb yb bnb yzb müh mim örn bkz hz öğr.gör arş.gör tuğg tümg korg bşk tğm ütğm bçvş çvş ecz i̇st i̇ng",
        notes="vs vb vd a.ş ltd şti tic san cad sok mah apt blv tel yy m.ö m.s",
        numbered="no md sf s",
        own="av op org gen kor kur vet hem tek ank ord gn",
        begins="bu şu o biz ben siz onlar ve ama fakat ancak ya da ise bir için çünkü eğer sonra önce şimdi bugün dün daha çok her"
        " ardından ayrıca öte böylece bunun",
        ordinals=True,
    ),
    "hr": Language(
        titles="dr mr prof mag inž dipl gosp gđa gđica gen sv ul tzv tj npr odn akad vlč",
        notes="itd sl god mil mlrd mld tis kn din d.o.o d.d n.e p.n.e pr",
        numbered="br čl str tel st",
        own="sat red min sc pok pred zam puk",
        begins="u na po do od iz za pri o s sa to taj ta te ti tu on ona ono oni one njegov njezin njihov kako no ali a i ili kad kada ako"
        " jer da ne je bio bila bilo bili zatim potom sada danas jučer također prema međutim nakon",
        ordinals=True,
    ),
    "sr": Language(
        titles="др мр проф инж дипл госп гђа ген св ул тзв тј нпр одн акад гдин потпук капт патр",
        notes="итд сл год мил млрд хиљ дин д.о.о",
        numbered="бр чл стр тел ст",
        begins="у на по до од из за при о с са то тај та те ти ту он она оно они како но али а и или кад када ако јер да не је био била било"
        " били затим потом сада данас јуче такође према међутим након u na po do od iz za to on ona oni ali a i kada ako ne je"
        " bio bila bili zatim potom danas juče takođe prema međutim nakon",
        ordinals=True,
        own="пук",
    ),
    "sl": Language(
        titles="dr mag prof inž dipl ga gdč sv npr oz t.i gl ul",
        notes="itd ipd idr mio mrd d.o.o d.d tis pr",
        numbered="št čl str tel st",
        begins="v na po do od iz z s za pri o to ta te ti tam tu on ona ono oni njegov njen kako pa a in ali ko če ker da ne je bil bila"
        " bilo bili bo nato potem zdaj danes včeraj tudi vendar",
        ordinals=True,
        own="doc spec",
    ),
    "ro": Language(
        titles="dr prof ing av gen col cpt dl dna sf str bd plt acad jud arh dle cca aprox",
        notes="etc ș.a ş.a ș.a.m.d ş.a.m.d mil mld s.a s.r.l hr tel",
        numbered="nr art alin pag pct vol lit",
        begins="el ea ei ele un o în la de din pe cu fără pentru prin după înainte când dacă deși dar și sau că nu este era a acest"
        " această aceste acum azi ieri apoi atunci potrivit însă astfel",
        own="na conf lect com ec mag min int ap mun",
    ),
    "et": Language(
        titles="dr prof nt vt st s.o hr pr ltn",
        notes="jne jm mln mld tk",
        own="u",
        begins="ta tema see nad ja aga kui et siis nüüd",
        ordinals=True,
    ),
    "lv": Language(
        titles="dr prof piem t.i plkst ģen kol kpt",
        notes="u.c utt milj mljrd",
        own="lpp",
        begins="viņš viņa tas tā bet un ja ka tad",
        ordinals=True,
    ),
    "lt": Language(
        titles="dr prof pvz t.y vyr šv vysk arkiv plk mjr kpt",
        notes="t.t mln mlrd tūkst kt",
        begins="jis ji tai tas bet ir jei kad tada",
        own="doc pan kun",
    ),
    "ru": Language(
        titles="ген полк подполк проф акад доц канд докт им ул просп пл пер наб бульв св тов гр адм кап лейт серж мл ред корр т.е т.н"
        " напр см ок прибл зам пом нач инж авт гос деп инстр зап вост сев юж моск нар иностр митр еп архиеп прот пос дер т.к т.о оз корп респ иером игум иерод патр прп блж мч врио упол секр подп мкр",
        notes="др пр т.д т.п тыс млн млрд трлн руб коп долл чел экз обл гг вв н.э сек мин кв куб изд мес янв фев февр апр авг сен сент"
        " окт ноя нояб дек пн вт чт пт вс",
        numbered="ст стр пп гл рис табл тт разд абз",
        own="ср сб гор окр уч мат пред през кр кн соц рук",
        begins="в во на по до от из за при о об у с со к ко это этот эта эти тот та те там тут здесь он она оно они его её ее их мы я вы"
        " как но а и или однако когда если потому что не нет был была было были будет затем потом тогда теперь сейчас сегодня"
        " вчера также согласно для после перед между ранее кроме всего все",
    ),
    "uk": Language(
        titles="ген полк проф акад доц ім вул просп пров пл бульв наб св тов гр адм кап лейт ред т.зв напр див бл приб зам нач т.к підполк інж оз буд корп архиєп єп преп",
        notes="ін тис млн млрд трлн грн коп дол чол обл рр смт кв т.д т.п н.е хв січ лют",
        numbered="ст стор рис табл гл",
        own="год през гол вид",
        begins="у в на по до від з із зі за при про о це цей ця ці той та те там тут він вона воно вони його її їх ми я ви як але а і й або"
        " проте однак коли якщо тому що не ні був була було були буде потім тоді тепер зараз сьогодні вчора також для після"
        " перед між раніше крім згідно",
    ),
    "bg": Language(
        titles="проф доц инж ген полк акад св ул бул пл гр жк т.е т.нар напр вж бел ред фиг арх адв кор подп",
        notes="др т.н хил млн млрд лв ст гг пр сл",
        numbered="чл ал стр бр",
        begins="в във на по до от из за при о с със към това този тази тези той тя то те там тук как но а и или обаче когато ако защото че"
        " не е беше бяха ще след после тогава сега днес вчера също според преди",
        own="гл общ",
    ),
    "el": Language(
        titles="κκ κος κα δρ καθ αγ λεωφ π.χ δηλ βλ λ.χ στρ ταξ ιω δημ γεωργ κων κωνστ σεβ μητρ θεοδ νικ εμμ ευαγ τ.πρ χλμ",
        notes="κ.λπ κλπ κ.ά κ.α κ.ο.κ εκατ δισ χιλ μ.μ π.μ μ.χ τ.μ α.ε τηλ",
        numbered="αρ αριθ άρθ σελ παρ εδ",
        begins="ο η το οι τα τον την του της των ένας μια ένα αυτός αυτή αυτό αυτοί και κι αλλά ή όμως όταν αν επειδή ότι πως δεν είναι"
        " ήταν στη στην στο στον στις στους από για με χωρίς μετά πριν κατά ωστόσο τότε τώρα σήμερα χθες επίσης σύμφωνα",
        own="αθ παν υπ αντ πρ στ εκ οδ σπ χρ",
    ),
    "id": Language(
        titles="dr drs dra ir prof hj kh jl jln tn ny nn sdr bpk yth kec kab kol letjen brigjen letkol mayjen jend kombes akbp kompol drg ipda iptu akp komjen irjen tgk pdt",
        notes="dll dkk dsb dst tbk sda",
        numbered="no hlm hal tgl ps",
        own="pt cv st kel may pol lettu serda hb rm gub ust",
        begins="ini itu dia ia mereka kami kita saya dan tetapi namun atau ketika jika karena bahwa kemudian lalu sekarang kini juga di ke"
        " dari untuk dengan tanpa setelah sebelum menurut pada para selain",
    ),
    "vi": Language(
        titles="tp tp.hcm ths gs pgs pgs.ts gs.ts nxb ubnd ts.bs kts nsnd nsưt",
        own="ts bs ks ls tt tx cn đt",
        begins="ông bà theo trong khi và nhưng nếu các những đây đó ngày tại từ",
    ),
    "ca": Language(
        titles="sr sra dr dra av",
        notes="etc",
        numbered="núm pàg art",
        own="st sta",
        begins="el la els les un una però i en a",
    ),
    "kk": Language(
        titles="проф акад көш ауд даңғ полк",
        notes="т.б млн млрд обл",
        begins="бұл ол олар және бірақ",
        own="тг",
    ),
    "sw": Language(
        titles="dkt mhe mch ndg prof",
        own="bw bi jen kan sh dk mh kapt",
        begins="huyo hii hiyo hayo hao yeye wao sisi lakini na kwa katika baada kabla wakati ikiwa kama pia hata hivyo aidha leo jana",
    ),
    "az": Language(
        titles="akad prof dr dos küç cən polk",
        notes="mln mlrd və.s",
        own="rn ş h.ə",
        begins="bu o onlar və amma lakin əgər sonra indi",
    ),
    "ka": Language(titles="პროფ აკად დოქ გენ წმ მაგ სოფ ქუჩ გვ ბნ ქნ ნი ნ ე.წ"),
    # The names of Latin letters stand for initials.
    "hi": Language(
        titles="डॉ डा डाॅ प्रो श्री श्रीमती पं कु स्व मो मु रु क्र पृ न्या जि"
        " ए बी सी डी ई एफ जी एच आई जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू एक्स वाई जेड सुश्री ब्रि एड लेफ्टि"
    ),
    "bn": Language(
        titles="ড ডা ডাঃ মো মোঃ প্রো অধ্যা এ বি সি ডি ই এফ জি এইচ আই জে কে এল এম এন ও পি কিউ আর এস টি ইউ ভি অ্যাড ইঞ্জি খ্রি"
    ),
    "ta": Language(
        titles="டாக்டர் திரு திருமதி ஏ பி சி டி இ எஃப் ஜி எச் ஐ ஜே கே எல் எம் என் ஓ ஆர் எஸ் யு வி செல்வி பேரா முனைவர் மு.க"
    ),
    "ur": Language(
        titles="ڈاکٹر پروفیسر اے بی سی ڈی ای ایف جی ایچ آئی جے کے ایل ایم این او پی کیو آر ایس ٹی یو وی ڈبلیو"
    ),
    "ar": Language(titles="د أ م ص ج ق هـ أ.د د.م"),
    "he": Language(titles="פרופ עו״ד ד״ר", notes="וכו וכד"),
}


@lru_cache(maxsize=64)
def usage(lang: str | None) -> Usage:
    """The lists for an article of a language (`de`, `de-AT`); of all languages where it is not known."""
    code = language_code(lang)
    known = LANGUAGES.get(_SAME.get(code, code))
    titles, notes, numbered = _every("titles"), _every("notes"), _every("numbered")
    if known is None:
        return Usage(titles, notes | _words(LANGUAGES["en"].own), numbered, _every("begins"))
    own = _words(known.own)
    return Usage(titles - own, notes | own, numbered, _words(known.begins), known.ordinals)


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


def _every(kind: str) -> frozenset[str]:
    return frozenset(word for one in LANGUAGES.values() for word in getattr(one, kind).split())
