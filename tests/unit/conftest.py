"""Properties are sampled lightly by default, so that unit tests may run at every save.

`--hypothesis-profile=deep` looks much further.
"""

from hypothesis import settings

settings.register_profile("quick", max_examples=30, deadline=None)
settings.register_profile("deep", max_examples=2000, deadline=None)
settings.load_profile("quick")
