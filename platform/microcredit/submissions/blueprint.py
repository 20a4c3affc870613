"""The blueprint of sending and answering; the pages of the CCAS and of the bank add theirs to it."""

from flask import Blueprint

pages = Blueprint("submissions", __name__)
