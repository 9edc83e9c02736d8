"""The command ``python -m trainers.diagnose FILE... [--together] [--json]``: see ``trainers.__main__``.

It cannot be imported: a module of this name would take the place of the function ``trainers.diagnose``.
"""

if __name__ != "__main__":
    raise ImportError("trainers.diagnose is a command; the function is trainers.diagnosis.diagnose")

import sys

from trainers.__main__ import main

sys.exit(main(["diagnose", *sys.argv[1:]], program="python -m trainers.diagnose"))
