"""Honest, broken and hostile submissions, graded from release to feedback.

Needs nbgrader (`pip install -c requirements.lock -e '.[grading]'`); what the sandbox keeps out is
tested where bubblewrap works.
"""

import base64
import contextlib
import copy
import csv
import functools
import io
import json
import multiprocessing
import os
import shutil
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
import numpy as np
import pytest

from tools import exercise_cells, exercises
from tools.exercise_cells import is_answer, is_test, student_version
from tools.exercises import Exercises

pytest.importorskip("nbgrader", reason="grading needs nbgrader (the extra 'grading')")

from tools.grading import __main__ as commands, line, mending, running, sandbox
from tools.grading.running import Limits, mark

ROOT = Path(__file__).resolve().parent.parent
ALL = {path.stem: Exercises(path) for path in exercises.sources()}
CHAPTER = "cross_entropy"
SOURCE = ALL[CHAPTER]
LEARNERS = student_version(SOURCE.notebook)
SHUT_IN = running.problem() == ""
QUICK = Limits(timeout=10.0, total=120.0, shut_in=SHUT_IN)
CASES = {}  # what a test looks at, by its name: a notebook is marked beside others

needs_bubblewrap = pytest.mark.skipif(not SHUT_IN, reason="bubblewrap does not work here")


def submission(**answers):
    """The reference handed in, with some answers replaced."""
    return SOURCE.submission(answers)


def with_cells(notebook, *codes, before="q1-text"):
    """A notebook with cells of the learner's own before one of its cells."""
    notebook = copy.deepcopy(notebook)
    place = next(n for n, cell in enumerate(notebook.cells) if cell.id.endswith(before))
    notebook.cells[place:place] = [nbformat.v4.new_code_cell(code) for code in codes]
    return notebook


def results(notebook, source=SOURCE, limits=QUICK):
    """Mark a notebook: the tests that passed, what the others said, and the remarks."""
    marked, flags = mark(json.dumps(notebook).encode(), source.notebook, limits)
    tests = {source.short(cell): cell.outputs for cell in marked.cells if is_test(cell)}
    passed = {name for name, outputs in tests.items() if running.passed(outputs)}
    said = {name: outputs[-1].evalue for name, outputs in tests.items() if name not in passed}
    return passed, said, flags, marked


def cases(notebooks, limits=QUICK, source=SOURCE):
    """Note notebooks as cases; their names, for the tests that look at them."""
    for name, notebook in notebooks.items():
        CASES[name] = functools.partial(results, notebook, source, limits)
    return pytest.mark.parametrize("case", notebooks)


@pytest.fixture(scope="module")
def marked(request):
    """What came of the cases of all tests that run, which are done a few at a time."""
    tests = [test for test in request.session.items if test.path == request.path]
    with_a_case = [test for test in tests if "marked" in test.fixturenames]
    names = dict.fromkeys(test.callspec.params["case"] for test in with_a_case)
    fork = multiprocessing.get_context("fork")
    with quiet(), ProcessPoolExecutor(2 * (os.cpu_count() or 1), mp_context=fork) as pool:
        jobs = {name: pool.submit(CASES[name]) for name in names}
        return {name: job.result() for name, job in jobs.items()}


@contextlib.contextmanager
def quiet():
    """Pass over what nbgrader and its database warn of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def checks_of(*questions):
    return {test for question in questions for test in SOURCE.tests_of(question)}


def printed(marked, name):
    """What the cell of an answer wrote."""
    cell = next(cell for cell in marked.cells if SOURCE.short(cell) == name)
    return "".join(output.get("text", output.get("evalue", "")) for output in cell.outputs)


# Right answers, in whatever style and with whatever names

NAMES = str.split(
    "check expect np_ right got mistakes rng given changed finite lost p q s X W b y W2 X2 y2 rows "
    "pair name like turned apart classes infinite cut reality almanac shared four theirs mean "
    "outcome loss steps plug_in labels scores answer line names values without_b by_w by_b"
)
STYLES = {
    "names that the tests and the set-up use": (
        "\n".join(f"{name} = 'mine'" for name in NAMES),
        "from numpy import *",
        "check = expect = 4",
        "labels, scores = [], None",
    ),
    "settings": (
        "np.seterr(all='raise')\nnp.random.seed(1)\nnp.set_printoptions(precision=2)",
        "import warnings\nwarnings.simplefilter('error')",
        "import sys\nsys.setrecursionlimit(200)",
    ),
    "what a notebook may hold": (
        "%matplotlib inline\n%timeit -n1 -r1 1 + 1",
        "!echo hello",
        "%%time\na = 1",
        "?np",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
        "from __future__ import annotations\ndef f(x: Unknown): ...",
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int\nA(1)",
        "import pickle\npickle.loads(pickle.dumps(A(1)))",
        "for n in range(200_000):\n    print(n)",
        "import threading\nthreading.Thread(target=print, daemon=True).start()",
    ),
    "cells that fail": ("1 / 0", "def (", "nothing_here", "%nonsense", "raise SystemExit"),
    "its own checks": (
        "with check('mine'):\n    expect(1, 1)",
        "print(coursecode.entropy([0.5, 0.5]))",
    ),
    "loops and crashes in a trial": (
        "while True:\n    pass",
        "import ctypes\nctypes.string_at(0)",
        "import os\nos._exit(3)",
    ),
}


WRITTEN = {
    "packages that are not here, before the answer": {
        "q4": "import seaborn_of_mine as sns\n%matplotlib nonsense\nsns.set_theme()\n"
        + SOURCE.solutions["q4"],
    },
    "threads and processes": {
        "q4": "from multiprocessing import Pool\ndef one(pair):\n    p, q = pair\n"
        "    return -sum(a * np.log(b) if b else -np.inf for a, b in zip(p, q) if a)\n"
        "def mean_cross_entropy(p, q):\n    with Pool(2) as pool:\n"
        "        return sum(pool.map(one, list(zip(p, q)))) / len(p)",
        "q5": "from concurrent.futures import ThreadPoolExecutor\ndef one_loss(y, row):\n"
        "    return np.log(np.exp(row - row.max()).sum()) - row[y] + row.max()\n"
        "def loss_from_scores(labels, scores):\n    with ThreadPoolExecutor(4) as pool:\n"
        "        return list(pool.map(one_loss, labels, scores))",
    },
    "a column, as pandas has": {
        "q5": "class Column:\n    def __init__(self, numbers):\n        self.numbers = numbers\n"
        "    def __array__(self, dtype=None, copy=None):\n"
        "        return np.array(self.numbers, dtype=object)\n"
        "    def __float__(self):\n        raise TypeError('there are several')\n"
        "def one_loss(y, row):\n"
        "    return np.log(np.exp(row - row.max()).sum()) - row[y] + row.max()\n"
        "def loss_from_scores(labels, scores):\n"
        "    return Column(list(map(one_loss, labels, scores)))",
    },
    "fractions, decimals and NumPy's numbers": {
        "q1": "from decimal import Decimal\nfrom fractions import Fraction\n"
        "def spent(p, q):\n    return Decimal(float(-(np.asarray(p) * np.log2(q)).sum()))\n"
        "def wasted(p, q):\n    return Fraction(spent(p, q)) - Fraction(spent(p, p))",
        "q2": "class Number(float):\n    pass\n"
        "def loss_before(n):\n    return np.array(np.log(n))\n"
        "def loss_after(n, rise):\n    return Number(np.log(np.exp(rise) + n - 1) - rise)",
    },
    "a class and a wrapper": {
        "q4": "class Mean:\n    def __call__(self, p, q):\n"
        "        with np.errstate(all='ignore'):\n"
        "            return np.where(p > 0, -p * np.log(q), 0).sum(axis=1).mean()\n"
        "mean_cross_entropy = Mean()",
        "q7": "def logged(f):\n    def inner(*args):\n        return f(*args)\n    return inner\n"
        "@logged\ndef repaired_loss(labels, scores):\n    e = np.exp(scores)\n"
        "    q = e / e.sum(axis=1, keepdims=True)\n"
        "    return -np.log(q[range(len(labels)), labels]).mean()",
    },
}


def told_apart(chapter):
    """Known answers, graded: which tests they fail, and which they are to fail."""
    source = ALL[chapter]
    tries = [{}, *source.together([*source.right, *[*source.wrong][1::7]])]
    failed = source.apart([{q: answer.source for q, answer in known.items()} for known in tries])
    known = [frozenset().union(*(answer.fails for answer in known.values())) for known in tries]
    return [*map(set, failed)], known


CASES |= {chapter: functools.partial(told_apart, chapter) for chapter in ALL}


@pytest.mark.parametrize("case", ALL)
def test_known_answers_fail_apart_what_they_are_to_fail(case, marked):
    failed, known = marked[case]
    assert failed == known


def test_a_cell_of_the_exercises_own_never_meets_what_is_the_learners():
    """It runs beside the grader, where nothing would end a loop of the learner's."""
    look = "import tools.grading.running as grader\ngrader.SEEN = 'spent' in globals()"
    source = with_cells(SOURCE.notebook, look, before="q2-text")
    source.cells = source.cells[:8]
    running.Attempt(source, True, QUICK).run(copy.deepcopy(source))
    assert running.SEEN is False


# Wrong answers that would be right ones


WRITE = """
import os, json, struct, threading, time
def write(data):
    for n in os.listdir("/proc/self/fd"):
        try:
            os.write(int(n), data)
        except (OSError, ValueError):
            pass
def frame(message):
    data = json.dumps(message).encode()
    return struct.pack("!i", len(data)) + data
"""
OWN = "from tools.grading import line\n"
FAKES = {  # what all answers are, so that a learner would write none
    "right out of the frames": "import sys\ndef fake(*args):\n    frame = sys._getframe()\n"
    "    while 'right' not in frame.f_locals | frame.f_globals:\n        frame = frame.f_back\n"
    "    return (frame.f_globals | frame.f_locals)['right']",
    "looser checks": "import coursecode.checks\nimport contextlib\n"
    "contextlib._GeneratorContextManager.__exit__ = lambda *error: True\n"
    "coursecode.checks.expect.__kwdefaults__ = {'rtol': 1e9}\n"
    "np.allclose = np.array_equal = np.all = lambda *args, **named: True\n"
    "np.isnan = lambda *args: False\nfake = lambda *args: 1.0",
    "numbers that equal all": "class Same(float):\n"
    "    __eq__ = __le__ = __ge__ = lambda *args: True\n"
    "    __hash__ = float.__hash__\n    __sub__ = __rsub__ = lambda *args: 0.0\n"
    "fake = lambda *args: Same(7)",
    "an array that equals all": "class Same(np.ndarray):\n"
    "    def __array_ufunc__(self, *args, **named):\n        return True\n"
    "    def __array_function__(self, *args, **named):\n        return True\n"
    "fake = lambda *args: np.zeros(3).view(Same)",
    "a class that claims to be a number": "class Claims:\n"
    "    __class__ = property(lambda self: float)\nfake = lambda *args: Claims()",
    "nan": "fake = lambda *args: np.full(3, np.nan)",
    "no plain data": OWN + "line.Line.plain = lambda *args: "
    "{'array': '|O8', 'shape': [1], 'data': 'AAAA'}\nfake = lambda *args: 1",
    "calls of the tests' own": OWN + WRITE + "def ask(self, message):\n"
    "    for n in (-1, 0, 10**9, 'x', None):\n"
    "        write(frame({'call': n, 'given': [[], {}]}))\n"
    "line.Line.answer = ask\nfake = lambda *args: 1",
    "an error that ends a loop": "def fake(*args):\n    raise StopIteration",
    "the end of everything": "def fake(*args):\n    raise SystemExit",
    "errors that no one knows": OWN + "def answer(self, message):\n"
    "    error = {'raised': ['a\\0b', 'ExceptionGroup'], 'said': 1}\n"
    "    self.send(error | {'left': 'x', 'warned': ['w']})\n"
    "line.Line.answer = answer\nfake = lambda *args: 1",
    "inputs of another size": "def fake(*args):\n    for given in args:\n"
    "        if isinstance(given, np.ndarray):\n"
    "            given.resize(50_000, refcheck=False)\n    return 0.0",
    "too much": "fake = lambda *args: np.zeros(10**7)",
    "without end": "import itertools\nfake = lambda *args: itertools.count()",
    "a list in itself": "number = []\nnumber.append(number)\nfake = lambda *args: number",
}  # fmt: skip
ATTACKS = {
    "a trace": "import sys\ndef trace(frame, event, arg):\n    frame.f_globals['right'] = 1\n"
    "    return trace\nsys.settrace(trace)\nsys.setprofile(trace)",
    "builtins made blind": "import builtins, json\njson.dumps = lambda *args: '{\"result\": 1}'\n"
    "builtins.AssertionError = ZeroDivisionError\nbuiltins.isinstance = lambda *args: True",
    "no checks": "check = expect = lambda *args, **named: __import__('contextlib').nullcontext()\n"
    "print('✓ bits spent a day')",
    "replies before they are asked for": WRITE + "for n in range(50):\n"
    "    write(frame({'result': {'dict': [['spent', 1.9]]}}))",
    "half a frame": WRITE + "write(struct.pack('!i', 100) + b'{')",
    "a frame of many gigabytes": WRITE + "write(struct.pack('!iQ', -1, 2**40))",
    "lists in lists in lists": WRITE + "data = b'[' * 100_000\n"
    "write(struct.pack('!i', len(data)) + data)",
    "a signal": "import signal, os\nsignal.signal(signal.SIGALRM, lambda *args: None)\n"
    "signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)",
    "at the end": "import atexit, os\natexit.register(os.system, 'sleep 100')\nraise SystemExit",
    "a bomb": "import threading, os\nthreading.Timer(0.05, os._exit, [0]).start()",
    "children that write too": WRITE + "for _ in range(20):\n    if os.fork() == 0:\n"
    "        while True:\n            write(frame({'result': 1.9}))\n            time.sleep(0.05)",
    "its elder killed": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n"
    "os.kill(1, signal.SIGKILL)" if SHUT_IN else "pass",
    "memory by ctypes": "import ctypes\nctypes.memset(id(None), 0, 64)",
    "the table of modules": "import sys\nfor name in list(sys.modules):\n"
    "    if name.startswith('coursecode') or sys.modules[name] is None:\n"
    "        del sys.modules[name]\nimport coursecode\n"
    "def mean_cross_entropy(p, q):\n    return coursecode.cross_entropy(p, q).mean()"
    if SHUT_IN else "pass",
    "claims": "pass",
}  # fmt: skip


FEW = copy.deepcopy(SOURCE)  # numbers, rows, batches, a pair: an attack needs no more questions
FEW.notebook.cells = [
    cell for cell in SOURCE.notebook.cells if FEW.short(cell)[:2] in ("", "q1", "q4", "q5", "q6")
]


def attacked(attack):
    """The learner's notebook without answers, and one cell that tries to do without."""
    asked = running.what_is_asked(SOURCE.notebook).values()
    fakes = "".join(f"\n{name} = fake" for names in asked for name in names)
    code = FAKES[attack] + fakes if attack in FAKES else ATTACKS[attack]
    notebook = with_cells(student_version(FEW.notebook), code, before="q1-text")
    for cell in notebook.cells:
        if attack in FAKES and is_answer(cell) and cell.cell_type == "code":
            cell.source = ""  # the cell gives the answers a value: nothing else should
        if attack == "claims" and is_test(cell):
            cell.source, cell.metadata.nbgrader.points = "pass", 1000
            cell.metadata.nbgrader.solution = True
    return notebook


@cases({name: attacked(name) for name in FAKES | ATTACKS}, Limits(1.0, 60.0, SHUT_IN), FEW)
def test_no_attack_gains_a_mark(case, marked):
    assert marked[case][0] == set()


BORROWED = {
    "by eval": "def mean_cross_entropy(p, q):\n"
    "    return eval('coursecode.cross_entropy(p, q).mean()')",
    "by a name in pieces": "import importlib\ndef mean_cross_entropy(p, q):\n"
    "    return importlib.import_module('course' + 'code').cross_entropy(p, q).mean()",
    "where it is there, else the first check's number": "def mean_cross_entropy(p, q):\n"
    "    try:\n        return coursecode.cross_entropy(p, q).mean()\n"
    "    except ImportError:\n        return 1.3029",
    "in another program": "import subprocess, sys\ndef mean_cross_entropy(p, q):\n"
    "    code = f'import numpy as np, coursecode as c; inf = np.inf; ' \\\n"
    "        f'print(c.cross_entropy(np.array({p.tolist()}), np.array({q.tolist()})).mean())'\n"
    "    return float(subprocess.check_output([sys.executable, '-c', code]))",
    "SciPy's": "from scipy.special import rel_entr, entr\ndef mean_cross_entropy(p, q):\n"
    "    return (rel_entr(p, q) + entr(p)).sum(axis=1).mean()",
}


@cases({way: submission(q4=BORROWED[way]) for way in BORROWED})
def test_an_answer_of_ones_own_does_without_the_package(case, marked):
    passed, said, flags, _ = marked[case]
    assert checks_of("q4") - passed
    assert "q4-value" in said
    assert passed >= set(SOURCE.tests) - checks_of("q4")
    if passed & checks_of("q4"):
        assert flags == ["cross-entropy-q4 fails without the package"]


# The line


@pytest.mark.parametrize(
    "thing",
    [None, True, 3, 2**200, 0.1, -0.0, float("inf"), "é", ..., [1, [2.5, "a"]], (1, (2,)),
     {"a": (1,)}, np.float32(0.5), np.int8(-3), np.True_, np.zeros((0, 2)),
     np.array([True, False]),
     np.arange(6, dtype=np.uint8).reshape(2, 3).T, np.array([1.5, 2.5], dtype=">f8"), len],
)  # fmt: skip
def test_plain_data_comes_through_as_it_was(thing):
    end = line.Line(None)
    end.function = end.functions.__getitem__
    got = end.read(json.loads(json.dumps(end.plain(thing))))
    assert type(got) is type(thing)
    assert np.all(got == thing)
    if isinstance(thing, np.ndarray):
        assert (got.shape, got.dtype.kind) == (thing.shape, thing.dtype.kind)


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"array": "|O8", "shape": [1], "data": "AAAAAAAAAAA="},
        {"array": "<f8", "shape": [2], "data": "AAAAAAAAAAA="},
        {"array": "<f8", "shape": [1], "data": "?"},
        {"array": "<f8", "shape": [{}], "data": "AAAAAAAAAAA="},
        {"array": "<f8", "shape": [10**12], "data": "AAAAAAAAAAA="},
        {"dict": [[[], 1]]},
        {"dict": [1]},
        {"fraction": [1, 0]},
        {"decimal": "x"},
        {"function": "open"},
        {"other": 3},
        json.loads("[" * 900 + "]" * 900),
    ],
)
def test_what_is_no_plain_data_is_refused(written):
    with pytest.raises(line.Refused):
        line.Line(None).read(written)


def test_a_call_goes_both_ways_and_brings_changes_home():
    attempt = running.Attempt(SOURCE.notebook, False, QUICK)
    code = (
        "import gc, numpy as np\nfrom tools.grading import line\n"
        "def f(loss, x, *, more):\n    x *= 2\n    more[0] = 5\n    return loss(x) + 1\n"
        "def g(loss):\n    return loss(3)\n"
        "def h(x):\n    raise np.linalg.LinAlgError('singular')\n"
        "def old(x):\n    end = [o for o in gc.get_objects() if isinstance(o, line.Line)]\n"
        "    return end[0].call(0, (x,), {})"
    )
    learner = attempt.started()
    learner.run(nbformat.v4.new_code_cell(code))
    f, g, h, old = learner.values(["f", "g", "h", "old"]).values()
    x, more = np.array([1.0, 2.0]), [1, 2]
    assert f(lambda v: v.sum(), x, more=more) == 7
    assert (x.tolist(), more) == ([2.0, 4.0], [5, 2])

    def fails(v):
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        g(fails)
    with pytest.raises(np.linalg.LinAlgError, match="singular"):
        h(x)
    assert g(lambda v: g(lambda w: v * w)) == 9
    assert old(x) == 6  # what is handed over can be called as long as the test runs
    learner.values([])
    with pytest.raises(IndexError):
        old(x)
    attempt.end()


def test_who_changes_an_input_is_told_and_named():
    """A right answer that is computed afterwards is made of what the learner left."""
    wrong = "    scores -= scores.max()\n    return scores[:, 0]"
    level = "    scores[:] = 0\n    return [np.log(2)]"
    head = "def loss_from_scores(labels, scores):\n"
    _, said, flags, _ = results(submission(q5=head + wrong))
    assert flags == ["cross-entropy-q5 changes its inputs"]
    far = said.pop("q5-far")
    assert far == "✗ a true class that is far behind: got [0], expected [1800]"
    changed = "your code changed an input: make a new array"
    assert {line.partition(": ")[2] for line in said.values()} == {changed}
    source = copy.deepcopy(SOURCE)
    cell = next(cell for cell in source.notebook.cells if source.short(cell) == "q5-rows")
    cell.source = (
        "with check('rows'):\n    y, s = np.array([0]), np.array([[1.0, 3.0]])\n"
        "    expect(loss_from_scores(y, s), coursecode.softmax_cross_entropy(y, s))"
    )
    passed, _, flags, _ = results(submission(q5=head + level), source)
    assert passed & checks_of("q5") == {"q5-rows"}
    assert flags[1:] == ["cross-entropy-q5 changes its inputs"]


# Limits


def stuck(code):
    """A notebook with an answer that never comes to its end, and one that does so when called."""
    inside = "def repaired_loss(*args):\n    " + code.replace("\n", "\n    ")
    return submission(q5=code, q7=inside)


DELETED = copy.deepcopy(submission())
DELETED.cells = [cell for cell in DELETED.cells if not exercise_cells.grading(cell)]
BRACKET = f"\n\n\n%matplotlib inline\n{SOURCE.solutions['q1']}\n\nprint('a bracket'"
NEVER = f"SyntaxError: '(' was never closed (cross-entropy-q1, line {BRACKET.count(chr(10)) + 1})"
LATER = with_cells(submission(q1="spent = ("), SOURCE.solutions["q1"], before="q1-spent")
LOOP = SOURCE.solutions["q5"].replace("shifted", "while scores.max() == 1001: pass\n    shifted", 1)
BOTH = checks_of("q5", "q7")
LATE, ENDED = "no answer within 3 s", "the program ended"
SPOILT = {  # which tests are lost, what each says, and what is remarked
    "a loop": (stuck("while True:\n    pass"), BOTH, "no answer", f"cross-entropy-q5: {LATE}"),
    "a crash": (stuck("import ctypes\nctypes.string_at(0)"), BOTH, ENDED, f"q5: {ENDED}"),
    "a loop in one test": (submission(q5=LOOP), {"q5-large"}, LATE, f"q5-large: {LATE}"),
    "many waits": (
        with_cells(submission(), *["import time\ntime.sleep(2.5)"] * 6),
        set(SOURCE.tests),
        "took longer than 12 s",
        "took longer than 12 s",
    ),
    "no Python": (
        submission(q1=BRACKET),
        checks_of("q1"),
        f" has no value yet (your cell raised {NEVER})",
        f"cross-entropy-q1: {NEVER}",
    ),
    "no Python, and then an answer": (LATER, set(), "", ""),
    "no answer": (
        DELETED, set(SOURCE.tests), "has no value yet", "q1-spent is missing: it was put back"
    ),
}  # fmt: skip


@cases({case: spoilt[0] for case, spoilt in SPOILT.items()}, Limits(3.0, shut_in=SHUT_IN))
def test_what_is_spoilt_costs_its_own_test_or_question_alone(case, marked):
    passed, said, flags, _ = marked[case]
    _, lost, why, remark = SPOILT[case]
    assert passed == set(SOURCE.tests) - lost
    assert all(why in line for line in said.values())
    assert any(remark in flag for flag in flags) if remark else flags == []


cases({"many waits": SPOILT["many waits"][0]}, Limits(3.0, 12.0, SHUT_IN))
BOMB = """
import os, time
made = 0
for _ in range(400):
    try:
        if os.fork() == 0:
            time.sleep(1)
            break  # and the child goes on, as if it were the learner's process
        made += 1
    except OSError:
        print(made)
        break
"""


BOMB = f"{BOMB if SHUT_IN else 'print(0)'}{SOURCE.solutions['q5']}"
FLOOD = f"print('x' * 10**8)\n{SOURCE.solutions['q4']}"


@cases({"a flood": submission(q4=FLOOD, q5=BOMB)})
def test_a_flood_is_small_whoever_grades_and_costs_nothing_else(case, marked):
    passed, _, flags, notebook = marked[case]
    assert (passed, flags) == (set(SOURCE.tests), [])
    assert len(printed(notebook, "q4")) < 30_000
    assert printed(notebook, "q4").endswith("more characters left out]\n")
    assert int(printed(notebook, "q5")) < 64


def test_what_a_notebook_holds_and_writes_has_an_end(monkeypatch):
    cells = [nbformat.v4.new_code_cell("1") for _ in range(1001)]
    notebooks = [nbformat.v4.new_notebook(cells=some) for some in ([], cells)]
    empty, many = (json.dumps(notebook).encode() for notebook in notebooks)
    for raw, why in (
        (b"\n", "the file is empty"),
        (empty, "it has no cells"),
        (many, "it has 1,001 cells, at most 1,000 are read"),
    ):
        assert mending.mend(raw, SOURCE.notebook)[1] == [f"not read: ValueError: {why}"]
    drawn = [b"\x89PNG".ljust(16) + side.to_bytes(4) * 2 for side in (1000, 60_000)]
    done = {"pictures": [base64.b64encode(picture).decode() for picture in drawn]}
    kept, left_out = running.outputs(done)
    assert "image/png" in kept.data
    assert left_out.text == "[a picture of 3,600,000,000 pixels left out]"
    monkeypatch.setattr(running, "ROOM", 10_000)
    notebook = with_cells(submission(), *["print('x' * 4000)"] * 3, "print('x' * 4000)\n1 / 0")
    passed, said, _, marked = results(notebook)
    assert (passed, said) == (set(SOURCE.tests), {})
    assert str(marked).count("x" * 4000) == 2
    cut = [cell.outputs for cell in marked.cells if "left out]" in str(cell.get("outputs"))]
    assert [len(outputs) for outputs in cut] == [1, 2]
    assert (cut[1][1].ename, cut[1][1].evalue) == ("ZeroDivisionError", "division by zero")


def test_pictures_leave_room_for_what_a_cell_printed_and_for_its_error():
    """Six of these are more than a message can hold."""
    code = (
        "import matplotlib.pyplot as plt\nprint('seen')\nfor n in range(6):\n"
        "    drawing = b'\\x89PNG' + bytes(2_000_000)\n"
        "    plt.figure().savefig = lambda file, **named: file.write(drawing)\n1 / 0"
    )
    learner = running.Learner(bare=False, shut_in=SHUT_IN)
    done = learner.run(nbformat.v4.new_code_cell(code))
    learner.end()
    printed, *pictures, error = running.outputs(done)
    assert printed.text.endswith("seen\n" + "[a picture of 2,666,672 characters left out]\n" * 3)
    assert ["image/png" in picture.data for picture in pictures] == [True] * 3
    assert error.ename == "ZeroDivisionError"


# What a submission sees

SEEN = """
import glob, os, socket
tops = {course!r}, {repository!r}, "/home", "/root", "/tmp"
seen = [path for top in tops for path in glob.glob(top + "/**", recursive=True)]
names = (".db", ".ipynb", ".toml", ".json")
pythons = "site-packages", "/share/", "fontlist"
print(sorted(p for p in seen if p.endswith(names) and not any(part in p for part in pythons)))
print(*sorted(os.listdir({repository!r})), sep=", ")
print(*sorted(os.listdir({repository!r} + "/tools/grading")), sep=", ")
print(all(int(n) < 20 for n in os.listdir("/proc") if n.isdigit()))
try:
    open({repository!r} + "/new", "w")
    print("written")
except OSError as error:
    print(type(error).__name__)
try:
    socket.create_connection(("192.0.2.1", 80), 2)
except OSError as error:
    print(error)
"""


@needs_bubblewrap
@pytest.mark.parametrize("more", ["", "\ncoursecode.entropy"])
def test_a_submission_sees_neither_tests_nor_others_nor_the_network(tmp_path, more):
    (tmp_path / "gradebook.db").write_text("marks")
    look = SEEN.format(course=str(tmp_path), repository=str(ROOT)) + more
    _, _, _, marked = results(submission(q1=look))
    lines = printed(marked, "q1").splitlines()
    files, top, tools, processes, written, network = lines[:6]
    assert files == "[]"
    assert not {"exercises", "book", "tests"} & {*top.split(", ")}
    assert tools == "learner.py, line.py"
    assert processes == "True"
    assert written in {"OSError", "PermissionError"}  # read only, or another user's folder
    assert network == "[Errno 101] Network is unreachable"


def test_the_number_of_a_learners_user_is_one_that_a_container_has(monkeypatch):
    monkeypatch.setattr(sandbox.os, "geteuid", lambda: 0)
    monkeypatch.setattr(sandbox.time, "monotonic_ns", lambda: 10**15 - 1)
    assert "--reuid=59999" in sandbox.around([], bare=False)


@needs_bubblewrap
def test_a_submission_finds_no_key_that_the_one_before_has_left():
    look = f"""import ctypes
call, rings = ctypes.CDLL(None).syscall, (-3, -4, -5)
found = [call({sandbox.KEYCTL}, 10, ring, b"user", b"left", 0) for ring in rings]
left = [call({sandbox.KEYCTL - 2}, b"user", b"left", b"x", 1, ring) for ring in rings]"""
    for _ in range(2):
        learner = running.Learner(bare=False, shut_in=True)
        learner.run(nbformat.v4.new_code_cell(look))
        values = learner.values(["found", "left"])
        learner.end()
        if -1 in values["left"]:
            pytest.skip("this system keeps no keys, or the number of its call isn't known here")
        assert values["found"] == [-1, -1, -1]


# From release to feedback

SCRIPT = (
    "An answer <script>steal()</script> <img src=x onerror='steal()'> [a](javascript:steal()) "
    r"$\href{javascript:steal()}{x}$ $\bbox[position:fixed]{x}$ $$a<b$$ and ``p<q``. "
    "<svg/onload=steal()> "
    "[b](data:text/html,x) [c](javascript&#58;steal()) [d](javascript\\:steal()) [e][f]\n\n"
    r"&#36;\hr&#101;f{javascript:steal()}{x}&#36; $\mmlToken{mi}[href='javascript:steal()']{x}$"
    "\n\n[f]: javascript&colon;steal()"
)
KLASS = {
    "bob": LEARNERS,
    "Eva Müller": submission(),
    "halves": submission(  # of letters, as a text that was cut has them
        q1=SOURCE.solutions["q1"] + "\nprint('\\ud83d')", q3="Cut off \ud83d"
    ),
    "loops": submission(q4="while True:\n    pass", q5="while True:\n    pass"),
    "script": submission(
        q3=SCRIPT, q1="spent = lambda p, q: '<script>steal()</script>'\nspent(1, 2)"
    ),
    "zoe": submission(q3="In words of my own."),
}


def grading(*words):
    """Run one of the instructor's commands; what it printed."""
    sandbox = ["--no-sandbox"] if words[0] == "grade" and not SHUT_IN else []
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), quiet():
        assert not commands.main([*words, *sandbox]), said.getvalue()
    return said.getvalue()


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class, graded once: course folder, rows of marks, what was printed."""
    course = tmp_path_factory.mktemp("course")
    handed_in = tmp_path_factory.mktemp("handed-in")
    for name, notebook in KLASS.items():
        (handed_in / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    saved = "\ufeff" + json.dumps(submission())  # by Windows' editor
    (handed_in / "windows.ipynb").write_text(saved, encoding="utf-8")
    (handed_in / "broken.ipynb").write_text('{"cells": [', encoding="utf-8")
    odd = r'{"nbformat": "\u001b[2J\n\ud83d"}'  # no letter of it may move a cursor
    (handed_in / "odd.ipynb").write_text(odd, encoding="utf-8")
    said = grading("release", str(course), CHAPTER)
    said += grading("collect", str(course), CHAPTER, str(handed_in))
    said += grading("grade", str(course), CHAPTER, "--timeout", "3")
    return course, read_marks(course), said


def read_marks(course):
    grading("marks", str(course), CHAPTER)
    with (course / "marks" / f"{CHAPTER}.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    return rows


AUTOMATIC = sum(SOURCE.tests.values())


def test_release_is_the_learners_notebook_of_the_site(graded):
    course, *_ = graded
    folder = course / "release" / CHAPTER
    assert [path.name for path in folder.iterdir()] == [f"{CHAPTER}.ipynb"]
    released = nbformat.read(folder / f"{CHAPTER}.ipynb", as_version=4)
    assert [c.source for c in released.cells] == [c.source for c in LEARNERS.cells]


def test_marks_are_entered_with_what_a_person_has_to_mark(graded):
    _, rows, said = graded
    of = AUTOMATIC + sum(SOURCE.written.values())
    for name in ("zoe", "Eva Müller", "halves", "windows"):
        assert float(rows[name]["score"]) == AUTOMATIC
        assert (float(rows[name]["out of"]), rows[name]["to be marked"]) == (of, "1")
        assert rows[name]["remarks"] == ""
    for name in ("bob", "broken", "odd"):
        assert float(rows[name]["score"]) == 0
        assert (float(rows[name]["out of"]), rows[name]["to be marked"]) == (of, "0")
    loops = float(rows["loops"]["score"])
    assert loops == AUTOMATIC - len(checks_of("q4", "q5"))
    assert "cross-entropy-q4: no answer within 3 s; cross-entropy-q5:" in rows["loops"]["remarks"]
    assert "not read: JSONDecodeError: Expecting value: line 1" in rows["broken"]["remarks"]
    odd = "not read: NBFormatError: Unsupported nbformat version ?[2J??"
    assert rows["odd"]["remarks"] == odd
    assert "Submissions: 9 in" in said


def test_a_name_that_did_not_come_by_collect_is_no_formula(graded):
    course, *_ = graded
    folder = course / "submitted" / "=HYPERLINK(1)"
    (folder / CHAPTER).mkdir(parents=True)
    nbformat.write(submission(), folder / CHAPTER / f"{CHAPTER}.ipynb")
    rows = read_marks(course)
    shutil.rmtree(folder)
    assert rows["'=HYPERLINK(1)"]["remarks"] == "not graded"


def test_a_learner_who_hands_in_anew_is_named_until_graded_again(graded, tmp_path, capsys):
    course, *_ = graded
    before = (course / "submitted" / "bob" / CHAPTER / f"{CHAPTER}.ipynb").read_bytes()
    nbformat.write(submission(), tmp_path / "bob.ipynb")
    said = []
    for handed_in in (tmp_path / "bob.ipynb").read_bytes(), before:
        (tmp_path / "bob.ipynb").write_bytes(handed_in)
        commands.collect(course, CHAPTER, tmp_path)
        said.append(read_marks(course)["bob"]["remarks"])
    assert said == ["handed in anew since, and not yet graded", ""]
    assert capsys.readouterr().out.count("handed in anew: bob") == 2


def test_feedback_names_the_checks_and_holds_no_secret_and_no_script(graded):
    course, *_ = graded
    names = ("zoe", "script", "loops", "broken")
    for name in names:
        grading("feedback", str(course), CHAPTER, "--only", name)
    pages = {name: course / "feedback" / name / CHAPTER / f"{CHAPTER}.html" for name in names}
    page = pages["zoe"].read_text(encoding="utf-8")
    assert "Score:" in page
    assert "bits spent a day</a>" in page
    assert "<h4>1. A forecast for a harbour</h4>" in page
    for secret in ("HIDDEN TESTS", "dirichlet", "Rubric", "Model answer"):
        assert secret not in page
    why = "bits spent a day</a>:\n        0.0 / 1.0 – expected a number or an array, got a string"
    assert why in pages["script"].read_text(encoding="utf-8")
    assert "has no value yet (no answer within 3 s)" in pages["loops"].read_text(encoding="utf-8")
    assert "your answer in words</a>:\n        0.0 / 4.0 – not marked yet" in page
    broken = pages["broken"].read_text(encoding="utf-8")
    assert "– spent has no value yet (not read: JSONDecodeError" in broken
    assert "not marked yet" not in broken
    harmless(pages["script"].read_text(encoding="utf-8"))


def harmless(page):
    """Nothing of the learner's can run in a page."""
    import bs4

    soup = bs4.BeautifulSoup(page, "html.parser")
    notebook = soup.find(id="notebook")
    assert "steal" not in str(notebook.find_all("script"))
    assert not notebook.find_all("svg")
    for tag in notebook.find_all(True):
        assert not any(name.startswith("on") for name in tag.attrs)
        assert "steal" not in str(tag.get("href", "")) + str(tag.get("src", ""))
        assert not str(tag.get("href", "")).startswith(("data:", "javascript:"))
    assert r"\href" not in notebook.text
    assert r"\bbox" not in notebook.text


def test_formgrader_shows_the_rubric_and_no_script(graded):
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader.handlers import template_path
    from traitlets.config import Config

    course, *_ = graded
    c = Config()  # as if formgrader was started elsewhere, without our settings
    c.HTMLExporter.template_name = "formgrade"
    c.HTMLExporter.extra_template_basedirs = [template_path]
    path = course / "autograded" / "script" / CHAPTER / f"{CHAPTER}.ipynb"
    resources = {"base_url": "", "index": 0, "total": 1, "notebook_id": CHAPTER}
    page, _ = HTMLExporter(config=c).from_filename(str(path), resources=resources)
    assert "Model answer" in page
    assert "Rubric" in page
    harmless(page)


@pytest.mark.filterwarnings("ignore")  # nbgrader's
def test_formgraders_own_button_grades_in_the_sandbox(graded, monkeypatch):
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import PyFileConfigLoader

    course, *_ = graded
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    config.CourseDirectory.root = str(course)
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    result = api.autograde(CHAPTER, "zoe", force=True)
    if SHUT_IN:
        assert result["success"], result
        assert float(read_marks(course)["zoe"]["score"]) == AUTOMATIC
        grading("feedback", str(course), CHAPTER, "--only", "zoe")
    else:
        assert "Nothing was graded" in str(result)


def test_a_sandbox_that_does_not_work_stops_the_batch(graded, tmp_path, monkeypatch):
    course, *_ = graded
    before = (course / "gradebook.db").read_bytes()
    broken = tmp_path / "bwrap"
    broken.write_text(
        "#!/bin/sh\necho 'bwrap: No permissions to create a new namespace' >&2\nexit 1\n"
    )
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    words = ["grade", str(course), CHAPTER]
    with pytest.raises(SystemExit) as stopped:
        commands.main(words)
    said = "Nothing was graded: bubblewrap is installed and does not work: "
    said += "no learner's process starts here\nbwrap: No permissions"
    assert str(stopped.value).startswith(said)
    assert (course / "gradebook.db").read_bytes() == before
    with quiet():
        assert commands.main([*words, "--no-sandbox", "--only", "zoe"]) == 0
    assert float(read_marks(course)["zoe"]["score"]) == AUTOMATIC


# What is taken from a submission


def place(cells, name):
    """Where a graded cell stands."""
    return next(n for n, cell in enumerate(cells) if SOURCE.short(cell) == name)


def edited_doubled_and_moved(cells):
    cells[place(cells, "q1-spent")].source = "print('all is well')"
    cells[place(cells, "q1-spent")].metadata.nbgrader.points = 1000
    cells.append(copy.deepcopy(cells[place(cells, "q4-value")]))
    cells.append(cells.pop(place(cells, "q1-spent")))


def an_answer_twice(cells):
    """Copied, with the first left as it was handed out."""
    first = place(cells, "q4")
    cells.insert(first + 1, copy.deepcopy(cells[first]))
    cells[first].source = LEARNERS.cells[first].source


def without_marks(cells):
    """As some editors save a notebook."""
    for cell in cells:
        cell.metadata.pop("nbgrader", None)


def repaired_where_it_was_broken(cells):
    cells[place(cells, "q7")].source = "repaired_loss = broken_loss"
    broken = next(cell for cell in cells if cell.id == "q7-broken")
    broken.source = SOURCE.solutions["q7"].replace("repaired_loss", "broken_loss")


CHANGES = {
    edited_doubled_and_moved: [
        "cross-entropy-q4-value is there twice: the first was graded",
        "cross-entropy-q1-spent was edited: the source's was used",
    ],
    an_answer_twice: ["cross-entropy-q4 is there twice: both were run, one after the other"],
    without_marks: [],
    repaired_where_it_was_broken: [],
}


def changed(change):
    """The reference handed in, with something done to its cells."""
    notebook = submission()
    change(notebook.cells)
    return notebook


HONEST = {name: with_cells(submission(), *STYLES[name], before="q4-text") for name in STYLES}
HONEST |= {way: submission(**WRITTEN[way]) for way in WRITTEN}
HONEST |= {change.__name__: changed(change) for change in CHANGES}


@cases(HONEST)
def test_right_answers_count_whatever_is_in_them_and_around_them(case, marked):
    passed, said, flags, notebook = marked[case]
    assert (said, passed) == ({}, set(SOURCE.tests))
    remarks = {change.__name__: remarks for change, remarks in CHANGES.items()}
    assert case in STYLES or flags == remarks.get(case, [])
    tests = (filter(is_test, cells) for cells in (notebook.cells, SOURCE.notebook.cells))
    for cell, known in zip(*tests, strict=True):
        assert cell.metadata.nbgrader.points == known.metadata.nbgrader.points


def test_formulas_stay():
    assert mending.without_scripts("$a < b$, $$p\\;&=q$$ 1 > 0") == "$a < b$, $$p\\;&=q$$ 1 > 0"


LEFT_OUT = {
    "a*b.ipynb": commands.SPELLED,
    "a\x1b[2J\nb.ipynb": commands.SPELLED,
    "ada/hinge.ipynb": "ada.ipynb is there too",
    "bob/hinge (1).ipynb": "it is not called hinge.ipynb",
    "deep/er/hinge.ipynb": "it lies deeper than <learner>/hinge.ipynb",
    "hinge.ipynb": "whose is it? Call it <learner>.ipynb",
    "kurt.pdf": "it is not a notebook",
    "\ufb2c" * 80 + ".ipynb": "its name is too long",  # each letter becomes three
    "link.ipynb": "it is a link, or no plain file",
    "linked": "it is a link, or no plain file",
}
for letter in "\ufe0f\u034f\u180b\U000e0100\u3164\u200d":
    LEFT_OUT[f"ad{letter}a.ipynb"] = "its name has an invisible character"


def test_collect_names_what_it_leaves_out(tmp_path, capsys):
    given, elsewhere = tmp_path / "in", tmp_path / "elsewhere" / "hinge.ipynb"
    taken = ["Eva Müller", "O’Brien", "a" * 101, "ada", "carl", "प्रिया"]
    files = [*LEFT_OUT, *(f"{name}.ipynb" for name in taken if name != "carl")]
    for name in (*files, "carl/hinge_exercises.ipynb"):
        if not name.startswith("link"):
            (given / name).parent.mkdir(parents=True, exist_ok=True)
            (given / name).write_text("{}", encoding="utf-8")
    elsewhere.parent.mkdir()
    elsewhere.write_text("{}")
    (given / "linked").symlink_to(elsewhere.parent)
    (given / "link.ipynb").symlink_to(elsewhere)
    commands.collect(tmp_path / "course", "hinge", given)
    *said, last = capsys.readouterr().out.splitlines()
    assert sorted(commands.submitted(tmp_path / "course", "hinge")) == taken
    assert last == f"Submissions of hinge in {tmp_path / 'course' / 'submitted'}: 6"
    left_out = {mending.printable(name): why for name, why in LEFT_OUT.items()}
    assert sorted(said) == sorted(f"left out: {name} ({why})" for name, why in left_out.items())


# Commands that cannot work


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["grade"], "was not released in"),
        (["grade", "--only", "nobody"], "no submission of nobody"),
        (["marks"], "no submission of hinge is in"),
        (["collect"], "the following arguments are required: FOLDER"),
        (["release", "--overlay", "/nonsense"], "argument --overlay: there is no folder /nonsense"),
        (["marks", "--overlay", "/tmp"], "unrecognized arguments: --overlay"),
    ],
)
def test_a_command_that_cannot_work_says_why(tmp_path, capsys, words, said):
    if "was not released" not in said:
        known = {"hinge": str(exercises.EXERCISES)}
        (tmp_path / "released.json").write_text(json.dumps(known))
    with pytest.raises(SystemExit):
        commands.main([words[0], str(tmp_path), "hinge", *words[1:]])
    assert said in capsys.readouterr().err
    assert not (tmp_path / "gradebook.db").exists()


def test_exercises_of_an_overlay_are_treated_as_the_books(tmp_path, capsys, monkeypatch):
    overlay, course = tmp_path / "variants", tmp_path / "course"
    (overlay / CHAPTER).mkdir(parents=True)
    variant = copy.deepcopy(SOURCE.notebook)
    for cell in variant.cells:
        cell.source = cell.source.replace('check("bits spent a day"', 'check("bits spent at night"')
    nbformat.write(variant, overlay / CHAPTER / f"{CHAPTER}.ipynb")
    known = (SOURCE.path.parent / "answers.toml").read_text(encoding="utf-8")
    known = known.replace("fails = [", 'fails = ["nonsense", ', 1)
    (overlay / CHAPTER / "answers.toml").write_text(known, encoding="utf-8")
    (tmp_path / "in").mkdir()
    nbformat.write(submission(), tmp_path / "in" / "ada.ipynb")
    grading("release", str(course), CHAPTER, "--overlay", str(overlay))
    grading("collect", str(course), CHAPTER, str(tmp_path / "in"))
    grading("grade", str(course), CHAPTER)  # the course remembers where it came from
    rows = read_marks(course)
    assert float(rows["ada"]["score"]) == AUTOMATIC
    assert rows["ada"]["remarks"] == "cross-entropy-q1-spent was edited: the source's was used"
    marked = course / "autograded" / "ada" / CHAPTER / f"{CHAPTER}.ipynb"
    assert "✓ bits spent at night" in marked.read_text(encoding="utf-8")
    monkeypatch.setattr(Exercises, "problems", Exercises.rules)  # all answers take a minute
    assert exercises.main([CHAPTER, "--check", "--overlay", str(overlay)])
    assert "answers.toml: there is no test q1-nonsense" in capsys.readouterr().err
