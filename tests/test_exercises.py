"""The exercises, and the tests of their tests: every known answer, against every test cell."""

import copy
import decimal
import fractions
import functools
import sys

import nbformat
import numpy as np
import pytest

from coursecode.checks import CheckFailed, check, expect
from tools import exercise_cells, exercises
from tools.exercises import Exercises

ALL = {path.stem: Exercises(path) for path in exercises.sources()}

every_source = pytest.mark.parametrize("source", ALL.values(), ids=list(ALL))


def cases(kind):
    """Every known answer of a kind, as a case of its own."""
    return pytest.mark.parametrize(
        ("source", "answer"),
        [
            pytest.param(source, answer, id=f"{chapter}-{answer.question}-{answer.name}")
            for chapter, source in ALL.items()
            for answer in getattr(source, kind)
        ],
    )


@every_source
def test_exercises_keep_the_rules(source):
    assert list(source.rules()) == []


@every_source
def test_reference_gets_full_marks(source):
    assert source.failures() == {}


@every_source
def test_unsolved_notebook_gets_no_mark_and_runs_to_its_end(source):
    student = exercise_cells.student_version(source.notebook)
    assert exercises.failures(student, source.prefix).keys() == source.tests.keys()


@every_source
def test_learners_notebook_holds_no_solution_and_no_hidden_test(source):
    text = nbformat.writes(exercise_cells.student_version(source.notebook))
    for mark in ("BEGIN", "END SOLUTION", "END HIDDEN", "Rubric"):
        assert mark not in text
    for line in hidden_lines(source):
        assert line not in text


def hidden_lines(source):
    """The lines of solutions and hidden tests that stand nowhere else in the notebook."""
    shown = {
        line.strip()
        for cell in exercise_cells.student_version(source.notebook).cells
        for line in cell.source.splitlines()
    }
    for cell in source.notebook.cells:
        if exercise_cells.grading(cell):
            for line in map(str.strip, cell.source.splitlines()):
                if len(line) > 12 and line not in shown and '"' not in line:
                    yield line


@cases("wrong")
def test_wrong_answer_fails_exactly_its_tests(source, answer):
    assert source.failures({answer.question: answer.source}).keys() == answer.fails


@cases("right")
def test_answer_written_differently_passes(source, answer):
    assert source.failures({answer.question: answer.source}) == {}


@cases("nonsense")
def test_nonsense_fails_every_test_of_its_question(source, answer):
    failed = source.failures({answer.question: answer.source})
    assert answer.fails - failed.keys() == set()
    assert all("\n" not in line for line in failed.values())


# The rules and the machinery see what they are there for


def test_a_blind_test_and_a_wrong_list_are_found(tmp_path):
    source = ALL["cross_entropy"]
    folder = tmp_path / "cross_entropy"
    folder.mkdir()
    notebook = copy.deepcopy(source.notebook)
    for cell in notebook.cells:
        cell.source = cell.source.replace("*Warm-up, 2 points.*", "*Warm-up, 9 points.*")
    path = folder / "cross_entropy.ipynb"
    nbformat.write(notebook, path)
    text = (source.path.parent / "answers.toml").read_text(encoding="utf-8")
    text = text.replace('"shapes", ', "")
    (folder / "answers.toml").write_text(text, encoding="utf-8")
    found = list(Exercises(path).problems())
    assert "q6-shapes is blind: no named wrong answer fails it" in found
    assert any(
        "q6, 'turned over': should fail ['q6-differences', 'q6-weights']" in sentence
        for sentence in found
    )
    assert any(sentence.startswith("the questions promise [9.0, ") for sentence in found)


# The check and what it says


def line_of(block, what="sum", **options):
    with pytest.raises(CheckFailed) as failure, check(what, **options):
        block()
    assert failure.value._render_traceback_() == [str(failure.value)]
    return str(failure.value)


def test_check_prints_one_line(capsys):
    with check("sum"):
        pass
    assert capsys.readouterr() == ("✓ sum\n", "")


def readers(code):
    """What a reader's cell gives a value, in a notebook."""
    names = {}
    exec(compile(code, "an answer", "exec"), names)
    return names


def test_check_tells_of_errors_and_warnings_in_one_line():
    over = readers("def over(x):\n    return 1 / x\n")["over"]
    assert line_of(lambda: over(0)) == "✗ sum: your code raised ZeroDivisionError: division by zero"
    first = readers("def first(x):\n    return next(iter(x))\n")["first"]
    assert line_of(lambda: first(())) == "✗ sum: your code raised StopIteration"
    longer = readers("import numpy\ndef longer(x):\n    return numpy.ones(2) + x\n")["longer"]
    said = "✗ sum: your code raised ValueError: operands could not be broadcast together"
    assert line_of(lambda: longer(np.ones(3))).startswith(said)
    assert line_of(lambda: nothing_here) == "✗ sum: nothing_here has no value yet"  # noqa: F821

    def warns():
        np.log(np.zeros(1))
        raise AssertionError("infinite")

    assert line_of(warns) == "✗ sum: infinite (NumPy warned: divide by zero encountered in log)"


def test_check_tells_an_assert_of_the_readers_own_from_its_own():
    names = readers("def half(x):\n    assert x % 2 == 0, 'odd'\n")
    said = "✗ sum: your code raised AssertionError: odd"
    assert line_of(lambda: names["half"](3)) == said

    def fails():
        assert names["half"](4) == 2, "not half"

    assert line_of(fails) == "✗ sum: not half"


def test_check_says_of_an_input_that_it_was_changed():
    cell = """
def in_place(x, more=()):
    x -= max(x)
    return x

def in_a_list(x, more=()):
    more[0].sort()
    return x

def in_its_own(x, more=()):
    return in_place(x + 0)
"""
    block = """
with check("sum"):
    x, more = np.array([1.0, 2.0]), [[3, 1]]
    expect({name}(x, more), 7.0)
"""
    names = readers(cell) | {"check": check, "expect": expect, "np": np}
    before = dict(names)
    said = {}
    for name in ("in_place", "in_a_list", "in_its_own"):
        with pytest.raises(CheckFailed) as failure:
            exec(compile(block.format(name=name), "a test", "exec"), names)
        said[name] = str(failure.value)
    changed = "✗ sum: your code changed an input: make a new array"
    other = "✗ sum: expected a single number, got an array of shape (2,)"
    assert said == {"in_place": changed, "in_a_list": changed, "in_its_own": other}
    assert all(names[name] is before[name] for name in before)


def test_check_tells_an_answer_of_another_form_from_an_error_of_the_readers():
    form = "✗ sum: your answer has a different form from what was asked"

    def unpacks():
        _weights, _bias = 3.0

    said = f"{form} (TypeError: cannot unpack non-iterable float object)"
    assert line_of(unpacks) == said
    assert line_of(lambda: np.isnan({})).startswith(
        f"{form} (TypeError: ufunc 'isnan' not supported"
    )
    said = f"{form} (OverflowError: int too large to convert to float)"
    assert line_of(lambda: expect(10**400, 1.0)) == said

    def answers_nothing():
        pass

    none = "✗ sum: there is no answer yet (did you print it, not return it?)"
    assert line_of(lambda: answers_nothing()[0]) == none


def test_check_passes_over_warnings_and_stderr_of_a_right_answer(capsys):
    with check("sum"):
        np.log(np.zeros(1))
        print("a note", file=sys.stderr)
    assert capsys.readouterr() == ("a note\n✓ sum\n", "")


def test_check_refuses_the_package_under_any_name():
    import coursecode

    class Reader:
        __module__ = "__main__"  # as in a notebook

        def softmax(self, x):
            return coursecode.softmax(x)

    def own(x, words=("not coursecode", {}), *, more=None):
        """As coursecode.softmax does it."""
        return x

    def borrowed(x):
        return coursecode.softmax(x)

    def inside(x):
        from coursecode import softmax

        return softmax(x)

    def deep(x):
        def step(y):
            from coursecode import softmax

            return softmax(y)

        return step(x)

    def around(x):
        return borrowed(x)

    def alias(x):
        import coursecode.classification as shorter

        return shorter.softmax_cross_entropy(0, x)

    def by_name(x):
        return sys.modules["coursecode"].softmax(x)

    def by_default(x, f=coursecode.softmax):
        return f(x)

    def by_keyword(x, *, f=coursecode.softmax):
        return f(x)

    def from_a_table(x):
        return table["softmax"][0](x)

    def of_a_class(x):
        return Reader().softmax(x)

    def evaluated(x):
        return eval("coursecode.softmax(x)")

    def escaped(x):
        return eval(r"getattr(sys.modules['course\x63ode'], 'softmax')(x)")

    def described(x):
        """As in torch."""
        return eval("2 + 3") * x

    def explained(x):
        assert eval("x > 0"), "coursecode.softmax needs a number above 0"
        return x

    table = {"softmax": [coursecode.softmax]}
    partial, wide = functools.partial(inside), np.vectorize(inside)
    roundabout = (
        alias,
        by_name,
        by_default,
        by_keyword,
        from_a_table,
        of_a_class,
        evaluated,
        escaped,
    )
    direct = (coursecode.softmax, borrowed, inside, deep, around, partial, wide, Reader().softmax)
    for function in (*direct, *roundabout):
        said = line_of(lambda: None, own=function)
        assert said == "✗ sum: this uses coursecode: the code should be your own"
    assert line_of(lambda: None, own=3) == "✗ sum: there is no function here yet"
    for honest in (own, described, explained):
        with check("sum", own=honest):
            pass


def test_check_refuses_the_functions_of_other_packages():
    from scipy import special, stats
    from scipy.special import xlogy

    def by_module(x):
        return stats.entropy(x)

    def by_name(x):
        return xlogy(x, x)

    def inside(x):
        from scipy.special import logsumexp

        return logsumexp(x)

    for function in (by_module, by_name, inside, special.softmax, xlogy):
        said = line_of(lambda: None, own=function)
        assert said == "✗ sum: this uses scipy: the code should be your own"
    with check("sum", own=lambda x: np.log1p(np.frompyfunc(abs, 1, 1)(x))):
        pass


def test_check_accepts_a_function_whose_variables_come_later(capsys):
    def own(x):
        return later(x)

    with check("sum", own=own):
        pass
    later = abs
    assert own(-1) == 1


@pytest.mark.parametrize(
    ("got", "right", "said"),
    [
        (None, 1.0, "there is no answer yet (did you print it, not return it?)"),
        (..., "yes", "there is no answer yet"),
        ("1", 1.0, "expected a number or an array, got a string"),
        (True, 1.0, "expected a number or an array, got True or False"),
        (
            np.array([True]),
            1.0,
            "expected a number or an array, got an array of True and False",
        ),
        (
            np.array([], dtype=bool),
            [],
            "expected a number or an array, got an array of True and False",
        ),
        (np.array([], dtype=str), [], "expected a number or an array, got ndarray"),
        (np.timedelta64(3), 3.0, "expected a number or an array, got timedelta64"),
        (
            np.array([np.timedelta64(3)], object),
            [3.0],
            "expected a number or an array, got ndarray",
        ),
        (
            np.array([True], dtype=object),
            [1.0],
            "expected a number or an array, got ndarray",
        ),
        ({}, 1.0, "expected a number or an array, got a dictionary"),
        (
            len,
            1.0,
            "expected a number or an array, got a function (did you forget to call it?)",
        ),
        ([[1], [1, 2]], 1.0, "expected a number or an array, got list"),
        ([1.0], 1.0, "expected a single number, got an array of shape (1,)"),
        (1.0, [1.0, 1.0], "expected an array of shape (2,), got a single number"),
        (float("nan"), 1.0, "the answer is nan"),
        (2.0, 1.0, "got 2, which isn't right"),
        (3.0, 1.0, "three"),
        ([1.0] * 9, [2.0] * 9, "got 1 at [0], which isn't right"),
        ([[1.0] * 4] * 2, [[1.0] * 4, [1.0, 1.0, 5.0, 2.0]], "got 1 at [1, 2], which isn't right"),
        (1.0, "yes", "expected a string, got float"),
        ("no", "yes", "'no' isn't right"),
        (1, True, "expected True or False, got int"),
        ("maybe", "yes", "yes or no"),
        (" Yes", "yes", "spell ' Yes' exactly as the question does"),
        ("Maybe", "yes", "spell 'Maybe' exactly as the question does"),
    ],
)
def test_expect_says_what_is_wrong(got, right, said):
    mistakes = {"yes or no": "maybe"} if right == "yes" else {"three": 3.0}
    assert line_of(lambda: expect(got, right, mistakes=mistakes)) == f"✗ sum: {said}"


def test_expect_names_the_right_value_only_when_asked():
    assert line_of(lambda: expect(2.0, 1.0, tell=True)) == "✗ sum: got 2, expected 1"
    close = line_of(lambda: expect(1.00001, 1.0, tell=True))
    assert close == "✗ sum: got 1.00001, expected 1"
    table = line_of(lambda: expect([[0.25, -10.0]], [[1.0, 2.0]], tell=True))
    assert table == "✗ sum: got [[0.25, -10]], expected [[1, 2]]"


def test_expect_says_when_a_number_was_rounded_too_much():
    rounded = line_of(lambda: expect(2.83, 2.8332, rtol=1e-3))
    assert rounded == "✗ sum: got 2.83, which is close: give more digits"
    assert line_of(lambda: expect(2.8, 2.8332, rtol=1e-3)) == "✗ sum: got 2.8, which isn't right"
    assert line_of(lambda: expect(1.000003, 1.0)) == "✗ sum: got 1.000003, which isn't right"


@pytest.mark.parametrize(
    ("got", "right"),
    [
        (1, 1.0),
        (1 + 1e-9, 1.0),
        ([1, 2], (1.0, 2.0)),
        ("yes", "yes"),
        ("A", "A"),
        (True, True),
        (fractions.Fraction(1, 2), 0.5),
        ([decimal.Decimal("0.5"), 1], [0.5, 1.0]),
        (np.array([0.5, np.float32(1)], dtype=object), [0.5, 1.0]),
    ],
)
def test_expect_accepts_what_is_right(got, right):
    expect(got, right)


def test_a_test_that_needs_the_learners_own_process_is_found():
    source = copy.deepcopy(ALL["cross_entropy"])
    cell = next(cell for cell in source.notebook.cells if source.short(cell) == "q7-equal")
    cell.source += "\n    assert repaired_loss.__doc__"
    (failed,) = source.apart([{}])
    assert failed == {"q7-equal": "✗ equal scores: this doesn't hold"}
    assert source.failures() == {}


def test_exercises_that_do_not_exist_are_named(capsys):
    with pytest.raises(SystemExit, match="2"):
        exercises.main(["nonsense", "--check"])
    assert capsys.readouterr().err.endswith("error: no such exercises: nonsense\n")
    with pytest.raises(SystemExit, match="2"):
        exercises.main(["--overlay", "nonsense", "--check"])
    assert "error: there is no folder" in capsys.readouterr().err
