"""Plurals and feminines of French nouns and adjectives."""

from alerts.rules.forms.nominal import Plurals, Rules, table

_IN_OUX = frozenset("bijou caillou chou genou hibou joujou pou".split())
_IN_AUX = frozenset("travail vitrail bail corail émail soupirail vantail".split())
_IN_ALS = frozenset("bal carnaval festival chacal récital régal naval banal fatal natal final cal serval gal".split())
_IN_US = frozenset("pneu bleu landau sarrau émeu".split())

_TWO_GENDERS = """
    joueur; entraîneur; chanteur; chauffeur; serveur; porteur; travailleur; visiteur; coiffeur; fumeur; auteur autrice auteure
    gouverneur gouverneure; procureur procureure; ingénieur ingénieure; défenseur défenseure; entrepreneur entrepreneuse
    chercheur chercheuse chercheure; professeur professeure; docteur docteure; proviseur proviseure; rapporteur rapporteuse rapporteure
    mineur mineure; majeur majeure; supérieur supérieure; inférieur inférieure; extérieur extérieure; intérieur intérieure
    meilleur meilleure; antérieur antérieure; ultérieur ultérieure; candidat; avocat; magistrat; soldat; expert; chef cheffe
    héros héroïne; copain copine; compagnon compagne; malin maligne; paysan paysanne; espion espionne; champion; patron; baron; lion
    écrivain écrivaine; voisin; romain; brun; argentin; ottoman; commun; pèlerin; châtelain; orphelin; sarrasin
    bourgeois; hongrois; gaulois; maltais; danois; marchand; normand; blond; clos; compromis; inclus; exprès
    grec grecque; turc turque; public publique; blanc blanche; franc franche; sec sèche; laïc laïque; duc duchesse; chic; long longue
    prêtre prêtresse; maître maîtresse; prince princesse; comte comtesse; traître traîtresse; hôte hôtesse; tigre tigresse
    saint; secret secrète; complet complète; inquiet inquiète; concret concrète; discret discrète; prêt prête; coût; droit
    innocent; violent; patient; suspect; contraint; réduit; mécontent; distrait; instruit; étroit; produit; écrit; interdit; conduit
    ami; ennemi; élu; nu; cru; perdu; pendu; vaincu;
    jumeau jumelle; doux douce; roux rousse; faux fausse; gros grosse; bas basse; las lasse; gras grasse; épais épaisse; gentil gentille
    favori favorite; rigolo rigolote; andalou andalouse; esquimau esquimaude; général; normal; final; initial; central; local; spécial; capital capitale; amiral; maréchal; caporal; loup louve
    neveu nièce; empereur impératrice; ambassadeur ambassadrice; acteur actrice; colonel; criminel
    condamné; accusé; nommé; associé; fiancé; expatrié; rapatrié; interviewé; délégué; abonné; rescapé; juif juive; captif captive
    député; réfugié; émigré; blessé; retraité; salarié; allié; exilé; déporté; déplacé; assiégé; insurgé; diplômé; licencié; employé
"""
_ONE_GENDER = """
    moteur secteur vapeur facteur rigueur faveur vigueur chaleur valeur peur heur beur chien bien soutien entretien maintien tien
    mer cher chevalier master clavier rocher berger routier glacier gravier rosier sablier cuiller sentier sens dos
    motif objectif bref tarif canif if nerf clef chef-lieu effectif dispositif adjectif substantif
    pays mois bois bas palais relais marais bras procès voix prix noix choix croix gaz nez discours cours corps temps fils
    journal signal rappel cardinal canal total capital tribunal hôpital métal animal cheval mal bal truc feu
    fleur continent tissu incident terreur tabou miss chic instant menu biais pigeon camus
"""
_IRREGULAR = """
    œil yeux oeil; ciel cieux ciels; aïeul aïeux aïeuls aïeule aïeules; monsieur messieurs; madame mesdames
    mademoiselle mesdemoiselles; bonhomme bonshommes; gentilhomme gentilshommes; nouveau nouveaux nouvel nouvelle nouvelles
    beau beaux bel belle belles; vieux vieil vieille vieilles; fou fous fol folle folles; Corée Corées; Amérique Amériques; Allemagne Allemagnes; Congo Congos
"""


def _plurals(word: str) -> Plurals:
    if word[-1:] in "sxz":
        return Plurals()
    if word.endswith("al"):
        return Plurals((word + "s",) if word in _IN_ALS else (word[:-1] + "ux",))
    if word.endswith(("au", "eu")) and word not in _IN_US:
        return Plurals((word + "x",))
    if word in _IN_OUX:
        return Plurals((word + "x",))
    if word in _IN_AUX:
        return Plurals((word[:-2] + "ux",))
    return Plurals((word + "s",))


_CHANGES = (  # the ending of the masculine, those of the feminine
    ("ateur", "atrice ateuse"),
    ("teur", "trice teuse teure"),
    ("eur", "euse eure eresse"),
    ("er", "ère"),
    ("eux", "euse"),
    ("oux", "ouse"),
    ("f", "ve"),
    ("eau", "elle"),
    ("el", "elle"),
    ("eil", "eille"),
    ("ul", "ule ulle"),
    ("en", "enne"),
    ("on", "onne"),
    ("an", "ane anne"),
    ("et", "ette ète"),
    ("ot", "otte ote"),
    ("g", "gue"),
    ("gu", "guë"),
    ("c", "que che"),
    ("s", "se sse"),
)


def _feminines(word: str) -> tuple[str, ...]:
    for ending, feminine in _CHANGES:
        if word.endswith(ending):
            return tuple(word[: -len(ending)] + one for one in feminine.split())
    return (word + "e",) if word[-1:] in "éiudtnlrs" else ()


RULES = Rules(
    _plurals,
    _feminines,
    two_genders=table(_TWO_GENDERS),
    one_gender=frozenset(_ONE_GENDER.split()),
    persons=("eur", "ien", "éen", "ier", "eux", "onnel", "iste"),
    adjectives=("ais", "ois", "ain", "if", "el", "al", "ant"),
    infinitives=("er", "ir", "re", "oir"),
    capital_names=False,
    irregular=table(_IRREGULAR),
)
