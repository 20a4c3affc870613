"""The blueprint of loans; the pages that read and those that act add theirs to it."""

from flask import Blueprint

pages = Blueprint("loans", __name__)
