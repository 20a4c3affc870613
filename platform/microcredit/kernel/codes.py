"""Enumerations with a French face: the code is stored, the label is shown."""

from enum import Enum


class Labelled(Enum):
    """An enumeration whose members are written `NAME = "code", "libellé"`."""

    label: str

    def __new__(cls, value: str, label: str = "") -> "Labelled":
        member = object.__new__(cls)
        member._value_ = value
        member.label = label
        return member
