"""The codes of languages that `forms:` takes."""

CODES = frozenset(
    (
        "af am ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km kn ko"
        " ky lb lo lt lv mk ml mn mr ms my nb ne nl nn no pa pl ps pt ro ru sk sl so sq sr sv sw ta te tg th tl tr uk ur uz vi zh"
    ).split()
)
