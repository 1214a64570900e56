"""Pieces of rules, right and wrong, for tests that put them together at random."""

PIECES = (
    'a Russia "North Korea" “Köln” weapon* organi?ation 북한 F-16 N.Korea ab* AND OR NOT AND OR ( ) ( ) ,'
    " NEAR/3 ONEAR/2 NEAR NEAR/99 NEAR/ SENT PARA title: title:Kim hlead:( lang:en domain:reuters.com lang:("
    ' titel:x Title:x and @dprk @who KOF/2( KOF/1(a, case(US) case("Will Smith") case(AND) /x/ /a\\/b/ w/5 pre/3 -b "a b"~3 "" " * ~ - /'
    ' 3,000 ,000 _ é\u0301 ﬁn AND( title:"x y" Straße Россия Moody’s ＡＮＤ （ x_y a’ ’a tag: title:AND wea?on* "nuclear weapon*" url:https://a.example/b'
    ' source:"the world" source:“X” lang:(en OR de) !no & && FIRST/20(a) ATLEAST/2( case(Köln) @ foo:b / /x\n/ # #\n C# #tag צה"ל "דובר צה"ל" source:גל"צ שלום"'
).split(" ")
OPERANDS = [
    *(
        "a",
        "Russia",
        '"North Korea"',
        "“Köln”",
        "weapon*",
        "북한",
        "F-16",
        "@dprk",
        "case(US)",
        'case("Will Smith")',
        "title:Kim",
    ),
    *(
        "lang:en",
        "domain:reuters.com",
        'source:"the world"',
        "lang:(en OR de)",
        "url:https://a.example/b",
        "/x y/",
        '"a b"~3',
    ),
    *(
        "KOF/2(a, b, c)",
        "(a OR b)",
        "NOT x",
        "FIRST/20(a)",
        "ATLEAST/2(a OR b)",
        '"nuclear weapon*"',
        "case(Köln)",
        "((y))",
        "(lang:de)",
    ),
]
OPERATORS = ["AND", "AND", "OR", "AND NOT", "NEAR/3", "ONEAR", "SENT", "PARA", "NOT NEAR/2", "w/5", "NOT"]
