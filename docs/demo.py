"""Play the snippets of a page on virtual cameras: `make demo` plays the README's.

Python (`pycon`) and shell (`console`) snippets run as they are written, in their order, and are
shown as they run. tests/system/test_docs.py checks that they still print what the pages say.
"""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

os.environ["CANON_REMOTE_PORT"] = "virtual:powershot-g3"
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

names: dict[str, object] = {}
page = Path(sys.argv[1]).read_text(encoding="utf-8")
for language, snippet in re.findall(r"^```(pycon|console)\n(.*?)^```$", page, re.M | re.S):
    if language == "pycon":
        for example in doctest.DocTestParser().get_examples(snippet):
            print(">>> " + example.source.rstrip().replace("\n", "\n... "), flush=True)
            exec(compile(example.source, sys.argv[1], "single"), names)
    else:
        for command in re.findall(r"^\$ (.*)$", snippet, re.M):
            print("$ " + command, flush=True)
            subprocess.run(command, shell=True, check=True)
    print()
