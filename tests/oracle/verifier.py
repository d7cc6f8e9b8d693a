"""Asks the second verifier: a line {"statement", "key"} in, a line {"stands", "why"} out."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "deploy" / "verifier"))
import verify  # noqa: E402

for line in sys.stdin:
    asked = json.loads(line)
    why = ""
    try:
        verify.verify(asked["statement"], dict([verify.public_key(asked["key"])]))
    except verify.FAULTS as error:
        why = repr(error)
    print(json.dumps({"stands": not why, "why": why}), flush=True)
