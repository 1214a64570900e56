"""Plurals and feminines of Spanish nouns and adjectives."""

import re

from alerts.rules.forms.nominal import Plurals, Rules, table

_ACUTE = str.maketrans("aeiou", "áéíóú")
_PLAIN = str.maketrans("áéíóú", "aeiou")
_VOWELS = re.compile("[aeiouáéíóúü]+")
_LAST_VOWEL = re.compile("[aeiou](?=[^aeiou]*$)")

_TWO_GENDERS = """
    ministro; viceministro; exministro; candidato; precandidato; abogado; médico; político; técnico; crítico; físico; químico; músico
    matemático; católico; funcionario; secretario; subsecretario; comisario; empresario; bibliotecario; asesino; americano; mariano
    marino; moro; hijo; niño; amigo; novio; tío; esposo; abuelo; nieto; primo; muchacho; guerrero; preso; herido; muerto; enfermo
    vivo; seguro; serio; malo; bueno; nuevo; solo; lleno; falso; duro; vecino; socio; piloto; perito; jurado; delegado; encargado
    fallecido; herrero; zapatero; delantero; portero; arquero; alcalde alcaldesa; líder lideresa; presidente presidenta; vicepresidente vicepresidenta
    expresidente expresidenta; jefe jefa; dependiente dependienta; intendente intendenta; gerente gerenta; asistente asistenta; cliente clienta; sirviente sirvienta; héroe heroína; conde condesa; duque duquesa
    archiduque archiduquesa; poeta poetisa; actor actriz; emperador emperatriz; doctor; asesor; escritor; rector; cazador; señor
    campeón; patrón; ladrón; anfitrión; andaluz; capataz; juez; concejal; oficial; capitán; teniente tenienta; coronel; general
    sargento; edil; bedel; chaval; colegial; comisionado; aliado; alto; bajo; negro; blanco; rojo; público; único; ejecutivo
    legislativo; máximo; supremo; eterno; entero; ruso; chino; polaco; checo; turco; cubano; sirio; egipcio; libio; hebreo; judío
"""
_ONE_GENDER = """
    caso banco puerto punto libro grupo cuento fondo cargo peso partido estado sentido tratado contenido pedido vestido soldado
    mercado gobierno pueblo resto derecho medio centro campo modo curso precio puesto paso proyecto proceso giro motivo objetivo
    acuerdo apoyo voto plazo pago cambio trabajo cabo modelo fruto manto río suelo cuadro ramo barco rato interés estrés exprés
    razón oro dato foro foco marco moto foto mano radio polo palo tiro plato mundo tipo lado producto concepto tamaño
    terreno fenómeno aniversario seminario directorio pánico comedor dispositivo golfo horario escenario tercio diagnóstico terreno carajo
"""
_IRREGULAR = """
    régimen regímenes; espécimen especímenes; carácter caracteres; Corea Coreas; España Españas; América Américas; Alemania Alemanias
"""
_TITLES = """
    presidente vicepresidente expresidente ministro viceministro exministro alcalde gobernador senador diputado embajador director
    secretario juez fiscal general capitán coronel rey canciller consejero comisario primer primero
"""
_NO_VERBS = """
    militar nuclear titular auxiliar familiar popular particular singular circular regular escolar celular solar polar lunar secular
    similar ejemplar preliminar lugar hogar pilar collar altar bar mar radar azar avatar pulsar dólar cereal angular insular peninsular
    muscular molecular vulgar estelar tutelar poder deber placer malestar bienestar pesar haber ser alquiler taller mujer ayer
    atardecer amanecer quehacer elixir mártir porvenir
"""


def _plurals(word: str) -> Plurals:
    last = word[-1:]
    if last in "aeoáéóu":
        return Plurals((word + "s",))
    if last in "íú":
        return Plurals((word + "es", word + "s"))
    if last == "z":
        return Plurals((word[:-1] + "ces",))
    if last in "sx":
        return Plurals((_unstressed(word) + "es",)) if _stressed_last(word) and last == "s" else Plurals()
    if last == "n" and not _marked(word) and len(_VOWELS.findall(word)) > 1:
        return Plurals((_stressed_before_last(word) + "es",))
    if last in "nlrdjy" or last == "i":
        return Plurals(((word + "s") if last == "i" else _unstressed(word) + "es",))
    return Plurals((), (word + "s", word + "es")) if last.isalpha() else Plurals()


def _marked(word: str) -> bool:
    return not set("áéíóú").isdisjoint(word)


def _stressed_last(word: str) -> bool:
    return word[-2:-1] in tuple("áéíóú") or len(_VOWELS.findall(word)) == 1


def _unstressed(word: str) -> str:
    """`nación` as it stands before another syllable: `nacion`; `dólar` and `raíz` stay."""
    if word[-1:] in ("n", "s") and word[-2:-1] in tuple("áéóú"):
        return word[:-2] + word[-2:].translate(_PLAIN)
    if word[-1:] in ("n", "s") and word[-2:-1] == "í" and word[-3:-2] not in tuple("aeo"):
        return word[:-2] + word[-2:].translate(_PLAIN)
    return word


def _stressed_before_last(word: str) -> str:
    """`joven` as it stands before another syllable: `jóven`."""
    found = list(_LAST_VOWEL.finditer(word))
    before = word[: found[-1].start()] if found else ""
    for at in range(len(before) - 1, -1, -1):
        if before[at] in "aeiou":
            if before[at] in "iu" and before[at - 1 : at] in tuple("aeo"):
                at -= 1  # noqa: PLW2901 - the stress of a diphthong
            return word[:at] + word[at].translate(_ACUTE) + word[at + 1 :]
    return word


def _feminines(word: str) -> tuple[str, ...]:
    if word.endswith("o"):
        return (word[:-1] + "a",)
    if word.endswith(("or", "ón", "án", "ín", "és", "z", "l", "ún")):
        return (_unstressed(word) + "a",)
    return ()


RULES = Rules(
    _plurals,
    _feminines,
    two_genders=table(_TWO_GENDERS),
    one_gender=frozenset(_ONE_GENDER.split()),
    persons=("ólogo", "ógrafo", "dor", "tor", "sor"),
    adjectives=("ano", "eño", "ino", "ero", "ado", "ido", "ivo", "oso", "ico", "és"),
    infinitives=("ar", "er", "ir", "ír", "arse", "erse", "irse"),
    no_verbs=frozenset(_NO_VERBS.split()),
    titles=frozenset(_TITLES.split()),
    irregular=table(_IRREGULAR),
)
