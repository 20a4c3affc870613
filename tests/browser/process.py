"""One process of the demo under test, with the settings that it reads on its standard input.

    python -m tests.browser.process serve | work

A production process takes its settings from the environment and refuses to be a demo.
"""

import json
import sys

from microcredit import worker, wsgi
from microcredit.settings import Settings


def written(settings: Settings) -> str:
    """Settings as this process reads them."""
    return json.dumps({**settings.__dict__, "master_key": settings.master_key.hex()})


def read(text: str) -> Settings:
    """Settings as they were before `written`."""
    values = json.loads(text)
    values["master_key"] = bytes.fromhex(values["master_key"])
    values["demo_slugs"] = tuple(values["demo_slugs"])
    return Settings(**values)


if __name__ == "__main__":
    found = read(sys.stdin.read())
    if sys.argv[1] == "serve":
        wsgi.serve(found)
    else:
        worker.run(found)
