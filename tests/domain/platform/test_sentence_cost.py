"""A sentence with long words of a stranger costs no more than its length."""

import subprocess
import sys

CODE = """
from shared.sentences import _
_("Correct this field and send the request again: {field}.", field="1" * 200_000)
"""


def test_a_long_name_of_digits_does_not_stop_the_process() -> None:
    subprocess.run([sys.executable, "-c", CODE], check=True, timeout=60)  # backtracking would take hours
