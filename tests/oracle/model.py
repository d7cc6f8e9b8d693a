"""The independent model, asked by the tests beside this file: JSON lines in, JSON lines out.

A list is a history, as stored events. An object is a question about it, and is answered with one
line; its "only" are the positions of the only events to be told, where not all are.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "deploy" / "verifier"))

from answer import answer  # noqa: E402


def main():
    """Answers until there are no more lines."""
    events = []
    for line in sys.stdin:
        said = json.loads(line)
        if isinstance(said, list):
            events = said
            continue
        only = said.pop("only", None)
        told = [each for each in events if only is None or each["position"] in only]
        print(json.dumps(answer(told, said)), flush=True)


if __name__ == "__main__":
    main()
