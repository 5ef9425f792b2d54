#!/bin/sh
# Make sure that .venv holds what requirements.lock asks for (`make` runs this before everything).
# It only has to find a Python that is new enough; tools/set_up.py does the rest.
# PYTHON=/path/to/python names one; else the newest on the PATH is taken.
set -u
cd "$(dirname "$0")/.." || exit 1

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

if [ -n "${PYTHON:-}" ]; then
    candidates=$PYTHON
else
    candidates='python3.14 python3.13 python3.12 python3.11 python3 python'
    # A .venv that is whole answers at once, and keeps the Python it was made with.
    for own in .venv/bin/python .venv/Scripts/python.exe; do
        [ -x "$own" ] && "$own" tools/set_up.py --is-whole 2>/dev/null && exit 0
    done
fi

found=
for candidate in $candidates; do
    if new_enough "$candidate"; then
        exec "$candidate" tools/set_up.py
    fi
    version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) &&
        found="$found${found:+, }$candidate is $version"
done

if [ -n "$found" ]; then
    echo "The course needs Python 3.11 or newer ($found): install one, or name it with make PYTHON=..." >&2
elif [ -n "${PYTHON:-}" ]; then
    echo "The course needs Python 3.11 or newer, and PYTHON=$PYTHON does not run." >&2
else
    echo "The course needs Python 3.11 or newer, and none was found on the PATH: install one, or name it with make PYTHON=..." >&2
fi
exit 1
