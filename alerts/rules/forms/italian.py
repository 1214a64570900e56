"""Plurals and feminines of Italian nouns and adjectives."""

import re

from alerts.rules.forms.nominal import Plurals, Rules, table

_VOWELS = re.compile("[aeiouàèéìòù]+")

_TWO_GENDERS = """
    ministro; viceministro; sindaco; soldato soldatessa; avvocato avvocata avvocatessa; professore professoressa; dottore dottoressa
    presidente presidentessa; vicepresidente; studente studentessa; poeta poetessa; profeta profetessa; principe principessa
    sacerdote sacerdotessa; leone leonessa; ragazzo; bambino; figlio; zio; nonno
    cugino; amico; nemico; medico; tecnico; politico; critico; classico; specifico; secondo; primo; ultimo; quarto; quinto; vecchio
    segretario; sottosegretario; proprietario; commissario; funzionario; volontario; avversario; operaio; bibliotecario; miliardario
    finanziario; candidato; deputato; inviato; impegnato; condannato; arrestato; fermato; esperto; compagno; socio; cittadino
    straniero; prigioniero; ladro; colonnello colonnella; poliziotto; carabiniere; magistrato; maestro; membro
    assassino; fotografo; filosofo; cuoco; anziano; adulto; pazzo; sovrano; perfetto; netto; diretto; stretto; destro; sinistro
    infermiere; consigliere; cameriere; cancelliere; portiere; cassiere; parrucchiere; giardiniere; pioniere; corriere
    signore signora; assessore assessora; pastore; tutore; priore; superiore; inferiore; padrone padrona; campione campionessa; commissionario
    autore; giocatore; governatore; lettore; procuratore; fondatore; imperatore; amministratore; allenatore; imprenditore
    ambasciatore; ispettore; ricercatore; redattore; elettore; direttore; senatore; attore; scrittore; conduttore; spettatore
    profugo; collega; architetto; chirurgo; arbitro; notaio; impiegato; detenuto; pensionato; laureato; rifugiato; sfollato; ferito; morto
    ucraino; americano; italiano; russo; ebreo; israeliano; iracheno; europeo; greco; turco; tedesco; austriaco; polacco; arabo
    siriano; libico; egiziano; cubano; svizzero; ungherese; croato; serbo; ceco; slovacco; bielorusso; kosovaro; curdo; palestinese
    aereo; vivo; nuovo; vero; solo; intero; bianco; nero; rosso; giusto; pronto; alto; basso; lungo; largo; libero
"""
_ONE_GENDER = """
    conto porto banco punto caso modo mondo tempo fatto libro colpo peso testo corso prezzo campo senso posto gioco gruppo fondo piano
    consiglio lato piede viaggio giorno anno passo ramo foglio mento cento costo manico salvatore motore settore fattore vapore
    parco contesto anno intorno esercito attacco mercato governo accordo voto partito stato parlamento risultato contratto trattato
    universo panico oggetto obiettivo debito sito ambito nido zero suicidio dispositivo permesso cervello ricorso riso atto porno paio
    percorso diritto documentario
"""
_IRREGULAR = """
    uomo uomini; dio dei dèi; bue buoi; tempio templi templî; mano mani; ala ali; arma armi; eco eco echi; euro euro
    braccio bracci braccia; dito diti dita; ginocchio ginocchi ginocchia; labbro labbri labbra; osso ossi ossa; uovo uova; paio paia
    muro muri mura; miglio migli miglia; centinaio centinaia; migliaio migliaia; lenzuolo lenzuoli lenzuola; grido gridi grida
    urlo urli urla; ciglio cigli ciglia; corno corni corna; membro membri membra; dollaro dollari; moglie mogli; superficie superfici
    auto; moto; foto; radio; video; euro; cinema; vaglia; gorilla; sosia; boia; delta; re; gru; tesi; crisi; bar; serie; specie
    Corea Coree; Germania Germanie; America Americhe; """
_TITLES = """
    presidente vicepresidente ministro viceministro sindaco governatore senatore deputato ambasciatore direttore segretario giudice
    procuratore generale capitano colonnello cancelliere commissario consigliere primo
"""
_NO_VERBS = """
    militare nucleare familiare popolare particolare regolare singolare circolare solare polare lunare scolare cellulare secolare
    titolare ausiliare esemplare preliminare lineare stellare insulare peninsulare muscolare molecolare volgare alimentare altare
    affare mare dovere potere piacere essere parere sapere genere carcere cenere avere
"""
_ENDINGS_OF_BOTH = ("ista", "cida", "iatra", "nauta")  # of a man or a woman: giornalista, giornalisti, giornaliste
_THINGS = frozenset("lista pista vista rivista intervista conquista riconquista provvista svista arista".split())
_OF_BOTH = frozenset("collega belga pilota atleta stratega pirata idiota patriota ipocrita".split())
_OF_MEN = frozenset("poeta profeta duca papa despota eremita gesuita pianeta".split())


def _plurals(word: str) -> Plurals:
    last, stem = word[-1:], word[:-1]
    if len(_VOWELS.findall(word)) == 0 or last not in "aeo" or word.endswith("ie"):
        return Plurals()
    if last == "e":
        return Plurals((stem + "i",))
    return _of_o(word, stem) if last == "o" else _of_a(word, stem)


def _of_o(word: str, stem: str) -> Plurals:
    if stem.endswith("i"):
        return Plurals((), (stem, stem + "i"))
    if stem.endswith(("co", "go", "c", "g")):
        soft = word.endswith(("ico", "aco")) or (word.endswith(("fago", "logo")) and len(word) > 6)
        ways = (stem + "i", stem + "hi")
        return Plurals((), ways if soft else ways[::-1])
    return Plurals((stem + "i",))


def _of_a(word: str, stem: str) -> Plurals:
    if word in _OF_BOTH or (word.endswith(_ENDINGS_OF_BOTH) and word not in _THINGS):
        hard = stem + "h" if stem.endswith(("c", "g")) else stem
        return Plurals((hard + "i", hard + "e"))
    if word in _OF_MEN:
        return Plurals((stem + "i",))
    return Plurals((), (stem + "i", stem + "e")) if word.endswith("ma") else _of_women(word)


def _of_women(word: str) -> Plurals:
    """The plural of a feminine noun, or of the feminine of a word."""
    stem = word[:-1]
    if not word.endswith("a"):
        return Plurals((stem + "i",))
    if stem.endswith(("c", "g")):
        return Plurals((stem + "he",))
    if stem.endswith(("cci", "ggi")):
        return Plurals((stem[:-1] + "e",))
    if stem.endswith(("ci", "gi")):
        ways = (stem + "e", stem[:-1] + "e")
        return Plurals((), ways if stem[-3:-2] in tuple("aeiou") else ways[::-1])
    return Plurals((stem + "e",))


def _feminines(word: str) -> tuple[str, ...]:
    if word.endswith("tore"):
        return (word[:-3] + "rice", word[:-1] + "a")
    if word.endswith("sore"):
        return (word[:-4] + "ditrice",)
    if word.endswith(("iere", "ore")):
        return (word[:-1] + "a",)
    if word.endswith("o"):
        return (word[:-1] + "a",)
    return ()


RULES = Rules(
    _plurals,
    _feminines,
    two_genders=table(_TWO_GENDERS),
    one_gender=frozenset(_ONE_GENDER.split()),
    persons=("tore", "iere", "ologo"),
    adjectives=("ano", "ino", "ivo", "oso", "ato", "ito", "uto", "ico", "ario", "eno"),
    infinitives=("are", "ere", "ire", "arre", "orre", "urre"),
    no_verbs=frozenset(_NO_VERBS.split()),
    titles=frozenset(_TITLES.split()),
    irregular=table(_IRREGULAR),
    plurals_of_feminine=_of_women,
)
