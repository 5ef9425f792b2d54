#!/bin/sh
# Run the tests as other processors and other releases of NumPy would, one after another:
# `make kernels`. The last digits of a matrix product depend on OpenBLAS's kernel, those of an
# exponential on the vector instructions that NumPy finds, and both choose by the processor. Here we
# choose. The website's tests are left out, because they look at pages and not at digits.
#
#     sh tools/kernels.sh PYTHON [PYTEST_ARGS...]
cd "$(dirname "$0")/.." || exit 1
own=$1
shift
table= failed=0

run() { # run NAME PYTHON SETTING PYTEST_ARGS...
    name=$1 python=$2 setting=$3
    shift 3
    printf '\n=== %s\n' "$name"
    # A kernel that the processor hasn't the instructions for ends the process by a signal.
    env "$setting" "$python" -c "import numpy as np; np.linalg.svd(np.eye(99) @ np.eye(99))"
    started=$?
    if [ $started -gt 128 ]; then
        result="not run: this processor lacks its instructions"
    elif [ $started = 0 ] &&
        env "$setting" "$python" -m pytest --ignore-glob="tests/test_website*" "$@"; then
        result=passed
    else
        result=FAILED failed=1
    fi
    table="$table$(printf '%-24s %s' "$name" "$result")
"
}

environment() { # environment FOLDER PYTHON PACKAGES...
    folder=$1
    "$2" -m venv "$folder" || exit
    shift 2
    "$folder/bin/python" -m pip install -q --disable-pip-version-check \
        -e '.[book,test,lint]' "$@" || exit
}

# First, since without a network they can't be made, and the rest takes an hour.
oldest=_build/kernels/oldest newest=_build/kernels/newest
environment $oldest "$own" "numpy==2.0.*" "matplotlib==3.10.*"
environment $newest "$(command -v python3.14 || echo "$own")" --upgrade

for kernel in Haswell Zen SkylakeX Nehalem; do
    run "OpenBLAS for $kernel" "$own" OPENBLAS_CORETYPE=$kernel "$@"
done
run "NumPy without AVX" "$own" NPY_DISABLE_CPU_FEATURES="X86_V3 X86_V4 AVX512_ICL" "$@"
run "oldest NumPy" $oldest/bin/python OMP_NUM_THREADS=1 "$@"
run "newest NumPy" $newest/bin/python OMP_NUM_THREADS=1 "$@"

printf '\n%s' "$table"
exit $failed
