"""The command line in French: help, and one sentence for each way to mistype a command."""

import re
from datetime import date
from pathlib import Path

import click

#: Click writes these few words of its own around our texts.
WORDS = (
    ("Usage:", "Usage :"),
    ("\nOptions:\n", "\nOptions :\n"),
    ("\nCommands:\n", "\nCommandes :\n"),
    ("Show this message and exit.", "Affiche cette aide."),
    ("[required]", "[obligatoire]"),
)
LONGEST = 60


def shown(value: object) -> str:
    """What somebody typed, short and on one line, for a message."""
    text = "".join(each if each.isprintable() else "�" for each in str(value))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


class Command(click.Command):
    """A command whose help is French."""

    def get_help(self, ctx: click.Context) -> str:
        """The help text."""
        return in_french(super().get_help(ctx))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments left over, which are an error: everything is an option."""
        ctx.allow_extra_args = True
        left = super().parse_args(ctx, args)
        if left:
            raise click.UsageError(f"« {shown(left[0])} » est de trop.", ctx)
        return left


class Group(click.Group):
    """A group of commands whose help is French."""

    command_class = Command
    group_class = type

    def get_help(self, ctx: click.Context) -> str:
        """The help text."""
        return in_french(super().get_help(ctx))


def in_french(text: str) -> str:
    """Click's own words, put in French."""
    for english, french in WORDS:
        text = text.replace(english, french)
    return text


def sentence(error: click.ClickException) -> str:
    """What is wrong with the command as it was typed."""
    if isinstance(error, click.exceptions.NoSuchOption):
        return _unknown("L’option", error.option_name, error.possibilities)
    if isinstance(error, click.exceptions.NoSuchCommand):
        return _unknown("La commande", error.command_name, error.possibilities)
    if isinstance(error, click.BadOptionUsage):
        verb = "n’attend pas de" if "does not take" in error.message else "attend une"
        return f"L’option {shown(error.option_name)} {verb} valeur."
    if isinstance(error, click.MissingParameter):
        return f"Il manque l’option {_option(error)}."
    if isinstance(error, click.BadParameter):
        return f"{_option(error)} : {error.message}"
    return error.message


def _unknown(what: str, name: str, near: list[str] | None) -> str:
    hint = f" ; vouliez-vous dire {' ou '.join(near)} ?" if near else "."
    return f"{what} {shown(name)} n’existe pas{hint}"


def _option(error: click.BadParameter) -> str:
    return error.param.opts[0] if error.param is not None else "Cette valeur"


class DayType(click.ParamType[date]):
    """A calendar day, written year-month-day, between 1990 and 2100."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """The day."""
        try:
            if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", str(value)):
                raise ValueError
            day = date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"« {shown(value)} » n’est pas une date comme 2026-01-31.", param, ctx)
        if not 1990 <= day.year <= 2100:
            self.fail("indiquez une année entre 1990 et 2100.", param, ctx)
        return day


class PortType(click.ParamType[int]):
    """A TCP port."""

    name = "port"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """The number."""
        text = str(value)
        if not re.fullmatch("[0-9]{1,5}", text) or not 0 < int(text) < 65536:
            self.fail("indiquez un nombre entier entre 1 et 65535.", param, ctx)
        return int(text)


class FolderType(click.ParamType[Path]):
    """A folder; whether it is there shows when it is used."""

    name = "dossier"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        """The path."""
        return Path(str(value))
