"""Words and walks that people choose first, in French and English: a list of our own making.

A password is refused when nothing is left of it once these are taken away: up to three such words,
whatever digits, signs and capitals stand around them, or letters swapped for look-alikes.
"""

import re
import unicodedata

FIRST_CHOICES = """
    motdepasse motdepass mdp passe password passwd pass secret code codes acces admin administrateur
    administratrice administration root user utilisateur utilisatrice test teste tester essai demo
    demonstration exemple invite guest login connexion compte session bienvenue welcome bonjour bonsoir
    salut hello coucou merci changeme changezmoi changermoi nouveau nouvelle ancien temporaire provisoire
    defaut default system systeme serveur ordinateur bureau travail internet wifi reseau
    je tu il elle nous vous un une le la les de du des et en mon ma mes ton ta notre votre mot
    microcredit credit pret banque ccas mairie commune ville social sociale sociaux accompagnement mission
    locale agence service accueil dossier plateforme
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
    january february march april may june july august september october november december
    lundi mardi mercredi jeudi vendredi samedi dimanche monday tuesday wednesday thursday friday
    saturday sunday printemps ete automne hiver spring summer autumn winter noel vacances weekend
    paris marseille lyon toulouse nice nantes montpellier strasbourg bordeaux lille rennes reims toulon
    grenoble dijon angers nimes villeurbanne clermont ferrand lemans aix provence brest tours amiens
    limoges annecy perpignan metz besancon orleans rouen mulhouse caen nancy argenteuil montreuil
    roubaix tourcoing dunkerque calais valenciennes douai lens bethune arras cambrai maubeuge denain
    avignon poitiers versailles pau larochelle lorient vannes quimper saintetienne lehavre troyes
    chambery niort beauvais bayonne bastia ajaccio france bretagne normandie alsace corse nord picardie
    europe maroc algerie tunisie portugal espagne italie belgique
    soleil lune etoile amour amoureux coeur chouchou doudou loulou poupee princesse prince ange angel
    jaime jadore aime bisous bisou cherie cheri mamour jetaime maman papa mamie papy bebe famille enfant enfants fille
    garcon bonheur liberte egalite fraternite espoir paix vie merveille douceur sourire
    chocolat vanille caramel fraise cerise pomme orange citron banane cafe fromage baguette croissant
    nutella bonbon sucre
    chat chien lapin cheval tigre lion loup ours panda dauphin papillon oiseau hibou licorne dragon
    minou felix rex kiki titi toto tata tutu loulou mickey minnie pokemon pikachu naruto batman superman
    spiderman starwars harrypotter asterix obelix tintin
    football foot basket rugby tennis velo handball olympique psg om ol losc asse marseillais parisien
    equipe champion victoire zidane mbappe ronaldo messi
    rouge bleu vert jaune noir blanc rose violet gris marron bleue verte noire blanche
    marie jean pierre paul jacques michel philippe nathalie isabelle sylvie catherine martine christine
    nicolas julien thomas alexandre antoine maxime lucas hugo louis jules gabriel leo adam raphael arthur
    emma lea chloe manon camille ines jade louise alice sarah laura julie pauline marine sophie claire
    celine audrey virginie sandrine stephanie valerie veronique monique brigitte francoise mohamed karim
    samir nadia fatima yasmine mehdi kevin dylan jordan jessica melissa vanessa elodie aurelie
    iloveyou letmein monkey master shadow sunshine princess dragon baseball superstar freedom whatever
    trustno trust love god flower ninja mustang michael jordan hunter ranger cookie computer summer
"""
WORDS = frozenset(FIRST_CHOICES.split())

#: Rows of the keyboards, French and English, the alphabet, the digits: walked either way.
ROWS = (
    "azertyuiopqsdfghjklmwxcvbn", "qwertyuiopasdfghjklzxcvbnm", "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789", "aqwzsxedcrfvtgbyhnujikolpm", "azeqsdwxc", "1a2z3e4r5t6y7u8i9o0p",
    "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "aqzsedrftgyhujikolp",
)  # fmt: skip
WALKS = ROWS + tuple(row[::-1] for row in ROWS)
LOOK_ALIKES = str.maketrans("0134578@$€!", "oieastbasei")
LONGEST = max(map(len, WORDS))
MOST_WORDS = 3
#: So many different characters at least, and so many characters outside words and walks.
FEWEST_DIFFERENT, FEWEST_OWN = 6, 6


def is_common(password: str, own: tuple[str, ...] = ()) -> bool:
    """Whether a guesser would try it early; `own` are words about the person: her name, her address."""
    plain = _plain(password)
    if len(set(plain)) < FEWEST_DIFFERENT or plain.isdecimal():
        return True
    known = WORDS | {word for one in own for word in re.findall(r"[a-z]{3,}", _plain(one))}
    # Signs and years around a word are no look-alikes: « M0td3p@sse!!2024 ».
    core = re.sub(r"^[^a-z]+|[^a-z]+$", "", plain)
    looks = core.translate(LOOK_ALIKES)
    return any(_made_of_known(text, known) for text in (plain, looks, plain.translate(LOOK_ALIKES)))


def _made_of_known(text: str, known: frozenset[str]) -> bool:
    left = _without_walks(text)
    letters = re.sub(r"[^a-z]", "", left)
    if letters and _words_in(letters, known) > MOST_WORDS:
        return False
    return bool(letters) or len(left) < FEWEST_OWN


def _without_walks(text: str) -> str:
    """The text without runs of four and more neighbours of a row, and of one character repeated."""
    kept, at = "", 0
    while at < len(text):
        end = at + 1
        while end < len(text) and _walks(text[at : end + 1]):
            end += 1
        if end - at < 4:
            end = at + 1
            kept += text[at]
        at = end
    return kept


def _walks(run: str) -> bool:
    return len(set(run)) == 1 or any(run in row for row in WALKS)


def _words_in(letters: str, known: frozenset[str]) -> int:
    """The fewest known words that spell the letters; more than the most when none do."""
    fewest = [0] + [MOST_WORDS + 1] * len(letters)
    longest = max(LONGEST, *map(len, known))
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - longest), end):
            if letters[start:end] in known:
                fewest[end] = min(fewest[end], fewest[start] + 1)
    return fewest[-1]


def _plain(text: str) -> str:
    """Small letters without accents."""
    split = unicodedata.normalize("NFD", text.casefold())
    return "".join(char for char in split if not unicodedata.combining(char) and not char.isspace())
