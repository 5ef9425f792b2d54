#!/bin/sh
# Make .venv from requirements.lock, or leave it alone while nothing has changed (`make` runs this
# before everything). .venv/set-up is written last and says what was installed and where, so that a
# changed lock, a moved folder and an interrupted set-up are seen.
# PYTHON=/path/to/python names the Python to use; else the newest on the PATH is taken.
set -eu
cd "$(dirname "$0")/.."
state="$(cat requirements.lock pyproject.toml tools/set_up.sh | cksum) $PWD"
stamp=$(cat .venv/set-up 2>/dev/null) || stamp=
[ -x .venv/bin/python ] || [ -x .venv/Scripts/python.exe ] || stamp= # its Python is gone
[ "$stamp" = "$state" ] && exit

found=
for python in ${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3 python}; do
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && break
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) &&
        found="$found${found:+, }$python is $version"
    python=
done
if [ -z "$python" ]; then
    found=${found:-${PYTHON:+PYTHON=$PYTHON does not run}}
    echo "The course needs Python 3.11 or newer (${found:-none was found on the PATH}): install one, or name it with make PYTHON=..." >&2
    exit 1
fi

echo "Setting up .venv with $("$python" --version) (once; it needs the network and a few minutes)"
case $stamp in
    *" $PWD") rm .venv/set-up ;;
    *) "$python" -m venv --clear .venv ;;
esac
bin=.venv/bin
[ -d .venv/Scripts ] && bin=.venv/Scripts
"$bin/python" -m pip install --disable-pip-version-check -q -r requirements.lock -e .
# Matplotlib's list of fonts, made once here and not, with a warning, inside a chapter.
"$bin/python" -c "import matplotlib.font_manager"
echo "$state" >.venv/set-up
