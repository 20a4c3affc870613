"""Persons: how they are named, kept and found again."""

import re
import unicodedata
from datetime import date

from sqlalchemy import ColumnElement, SQLColumnExpression, delete, exists, insert
from sqlalchemy.orm import Session

from microcredit.people.codes import Civility
from microcredit.people.models import Person, PersonWord

WORD = re.compile(r"[a-z0-9]+")

#: Letters that are no plain letter with an accent, as French people type them without.
PLAIN = str.maketrans(
    {"œ": "oe", "æ": "ae", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"}
)


def words(text: str) -> list[str]:
    """The words of a name without accents or capitals: « Lefèbvre-Œuf » → lefebvre, oeuf."""
    spelled = text.casefold().translate(PLAIN)
    plain = "".join(
        c for c in unicodedata.normalize("NFD", spelled) if not unicodedata.combining(c)
    )
    return WORD.findall(plain)


def keep(session: Session, person: Person) -> Person:
    """Write a person and the words that find her."""
    person.sort_name = " ".join([*words(person.last_name), *words(person.first_names)])
    session.add(person)
    session.flush()
    session.execute(delete(PersonWord).where(PersonWord.person_id == person.id))
    found = set(words(f"{person.last_name} {person.first_names}"))
    if found:
        session.execute(
            insert(PersonWord), [{"word": word, "person_id": person.id} for word in sorted(found)]
        )
    return person


def named_like(typed: str, person_id: SQLColumnExpression[int | None]) -> list[ColumnElement[bool]]:
    """One condition per typed word: the person has a word that begins with it.

    A range in collation "C", because LIKE cannot use an index under row-level security.
    """
    return [
        exists().where(
            PersonWord.person_id == person_id,
            PersonWord.word >= word,
            PersonWord.word < word + "\U0010ffff",
        )
        for word in words(typed)[:5]
    ]


def full_name(civility: str, first_names: str, last_name: str) -> str:
    """« Mme Sandrine Lenoir », or « Personne non nommée » for an anonymous contact."""
    if not last_name and not first_names:
        return "Personne non nommée"
    title = Civility(civility).label if civility else ""
    return " ".join(part for part in (title, first_names, last_name) if part)


def age(birth_date: date, on: date) -> int:
    """Age in whole years on a day."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


#: Under this age there are helps of their own, the mission locale's among them.
YOUNG = 26


def is_young(birth_date: date | None, on: date) -> bool:
    """Whether somebody is known to be under twenty-six on a day."""
    return birth_date is not None and age(birth_date, on) < YOUNG
