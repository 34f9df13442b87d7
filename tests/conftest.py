"""What holds for all tests: properties are tried without a clock, on every machine with the same cases in CI."""

import os

from hypothesis import settings

settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")
