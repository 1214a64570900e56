"""Plurals and feminines of Portuguese nouns and adjectives."""

import re

from alerts.rules.forms.nominal import Plurals, Rules, table

_PLAIN = str.maketrans("áéíóúâêô", "aeiouaeo")
_VOWELS = re.compile("[aeiouáéíóúâêôãõ]+")

_TWO_GENDERS = """
    ministro; vice-ministro; candidato; advogado; médico; político; técnico; físico; químico; músico; católico; funcionário; secretário
    comissário; empresário; bibliotecário; assassino; filho; amigo; vizinho; garoto; menino; tio; esposo; avô avó; neto; primo
    prisioneiro; preso; ferido; morto; vivo; doente; sócio; piloto; arquiteto; arquitecto; sargento; zagueiro; cavaleiro; sujeito
    destro; condenado; afastado; capturado; detido; acusado; aliado; deputado; prefeito; eleito; sindicalista
    latino; negativo; ativo; justo; novo; velho; sério; seguro; solto; inteiro; único; público; máximo; eterno; último; próximo
    presidente presidenta; vice-presidente vice-presidenta; governante governanta; elefante elefanta; mestre mestra; chefe chefa; parente parenta; infante infanta
    doutor; professor; pastor; editor; assessor; tutor; escritor; cantor; autor; cônsul consulesa; juiz juíza; ator atriz
    imperador imperatriz; embaixador embaixadora embaixatriz; príncipe princesa; duque duquesa; conde condessa; barão baronesa
    espanhol espanhola; herói heroína; réu ré; judeu judia; europeu europeia; plebeu plebeia; ateu ateia; hebreu hebreia; galileu galileia
    alemão alemã; irmão irmã; cidadão cidadã; capitão capitã; catalão catalã; cristão cristã; órfão órfã; vilão vilã; anão anã; são sã
    campeão campeã; anfitrião anfitriã; patrão patroa; leão leoa; peão; escrivão escrivã; guardião guardiã; cirurgião cirurgiã
    irlandês; inglês; francês; português; japonês; chinês; holandês; finlandês; sudanês; camponês camponesa; freguês freguesa
    mau má; bom boa; cru crua; nu nua; marroquino; argentino; ucraniano; russo; turco; grego; sírio; líbio; egípcio; polaco; sueco; suíço
"""
_ONE_GENDER = """
    porto banco ponto caso modo mundo tempo fato facto livro peso curso preço campo senso posto jogo grupo fundo plano lado passo ramo
    partido estado mercado acordo voto contrato tratado resultado governo exército projeto processo prato soldado rio ano
    mês valor amor setor motor fator vapor gol sol mal sal canal
    mão não tão então vão pão avião cão perdão leão-marinho balão salão coração razão
    conteúdo horário cenário universo documentário terreno reflexo gramado telhado tronco feriado aniversário dispositivo trigo fluxo
    salvador computador elevador sentido pedido cuidado tópico
"""
_IRREGULAR = """
    gol gols; mal males; cônsul cônsules; mão mãos; país países; mel méis meles; cais; ônus; caráter caracteres; carácter caracteres
    júnior juniores; sênior seniores; homem homens; mulher mulheres; qualquer quaisquer; Coreia Coreias; América Américas; Alemanha Alemanhas
"""
_TITLES = """
    presidente vice-presidente ministro vice-ministro primeiro-ministro prefeito governador senador deputado embaixador diretor
    director secretário juiz procurador general capitão coronel rei chanceler comissário vereador primeiro
"""
_NO_VERBS = """
    militar nuclear titular auxiliar familiar popular particular singular circular regular escolar celular solar polar lunar secular
    similar exemplar preliminar lugar lar pilar colar altar bar mar ar radar azar avatar dólar açúcar angular insular peninsular
    muscular molecular vulgar estelar tutelar poder dever prazer ser jantar almoçar lazer talher mulher aluguer amanhecer anoitecer
    elixir mártir porvir
"""
_IN_OES_OR = frozenset("ancião vilão aldeão sultão vulcão verão corrimão anão guardião cirurgião ermitão".split())
_IN_AOS = frozenset(
    "irmão cidadão cristão órgão órfão bênção grão vão pagão sótão chão são artesão cortesão acórdão não tão".split()
)
_IN_AES = frozenset("alemão capitão cão pão catalão escrivão tabelião sacristão charlatão bastião guardião".split())


def _plurals(word: str) -> Plurals:
    if word.endswith("ão"):
        return _of_ao(word[:-2], word)
    if word.endswith("m"):
        return Plurals((word[:-1] + "ns",))
    if word[-2:] in _IN_L:
        return Plurals((), tuple(word[:-2] + one for one in _IN_L[word[-2:]].split()))
    if word[-1:] in "rz":
        return Plurals((word + "es",))
    if word[-1:] == "s":
        if word[-2:-1] in tuple("áéíóúâêô"):
            plain = word[-2:-1] if word[-2] == "í" and word[-3:-2] in tuple("aeo") else word[-2].translate(_PLAIN)
            return Plurals((word[:-2] + plain + "ses",))
        return (
            Plurals((word + "es",)) if len(_VOWELS.findall(word)) == 1 and word not in ("mais", "cais") else Plurals()
        )
    if word[-1:] == "x":
        return Plurals()
    return Plurals((word + "s",)) if word[-1:] in "aeiouáéíóúâêôãn" else Plurals((), (word + "s",))


_IN_L = {
    "al": "ais",
    "ál": "ais",
    "el": "éis eis",
    "él": "eis",
    "ol": "óis",
    "ul": "uis",
    "il": "is eis",
}


def _of_ao(stem: str, word: str) -> Plurals:
    ways = (stem + "ões", stem + "ãos", stem + "ães")
    if word in _IN_OES_OR:
        return Plurals((), ways)
    if word in _IN_AOS:
        return Plurals((ways[1],))
    return Plurals((ways[2],)) if word in _IN_AES else Plurals((ways[0],))


def _feminines(word: str) -> tuple[str, ...]:
    if word.endswith("ão"):
        return (word[:-2] + "ã", word[:-2] + "oa", word[:-2] + "ona")
    if word.endswith("eu"):
        return (word[:-1] + "ia", word[:-2] + "ia")
    if word.endswith("ês"):
        return (word[:-2] + "esa",)
    if word.endswith(("or", "ol", "uz")):
        return (word + "a",)
    return (word[:-1] + "a",) if word.endswith("o") else ()


RULES = Rules(
    _plurals,
    _feminines,
    two_genders=table(_TWO_GENDERS),
    one_gender=frozenset(_ONE_GENDER.split()),
    persons=("dor", "tor", "sor", "ólogo", "ógrafo"),
    adjectives=("ano", "ino", "ivo", "oso", "ado", "ido", "ico", "eiro", "ário", "ês", "eu"),
    infinitives=("ar", "er", "ir", "or", "ôr"),
    no_verbs=frozenset(_NO_VERBS.split()),
    titles=frozenset(_TITLES.split()),
    irregular=table(_IRREGULAR),
)
