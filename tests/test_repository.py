"""The chain from a fresh clone to the course: set-up, lock file, documents, workflows."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
LOCK = [
    line
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

needs_a_shell = pytest.mark.skipif(
    os.name == "nt" or not shutil.which("make"), reason="needs make and a POSIX shell"
)


def tracked(*patterns: str) -> list[Path]:
    """Files under version control; all of them when no pattern is given."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("needs git, and a clone rather than an archive")
    names = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


# Set-up

# A Python that notes what it is asked to do, and does as much of it as the set-up looks at.
PYTHON = """#!/bin/sh
echo "$(basename "$0") $*" >>called
case "$*" in
    --version) echo Python 3.12.0 ;;
    "-m venv"*) mkdir -p .venv/bin && rm -f .venv/set-up && cp "$0" .venv/bin/python ;;
    "-m pip"*) [ ! -e no-network ] ;;
esac
"""
# One that is too old: it refuses the check and says its version.
OLD = '#!/bin/sh\ncase "$2" in *exit*) exit 1;; esac\necho {version}\n'
NEEDED = "The course needs Python 3.11 or newer"
INSTEAD = "install one, or name it with make PYTHON=..."


@pytest.fixture
def clone(tmp_path) -> Path:
    """As much of the repository as the set-up reads, in a folder with a space in its name."""
    folder = tmp_path / "a clone"
    (folder / "tools").mkdir(parents=True)
    for name in ("Makefile", "requirements.lock", "pyproject.toml", "tools/set_up.sh"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def set_up(clone: Path, *arguments: str, **pythons: str) -> tuple[str, list[str]]:
    """Run `make set-up` where these are the only Pythons; its error, and what they were told."""
    path = clone / "bin"
    path.mkdir(exist_ok=True)
    for tool in ("make", "sh", "dirname", "basename", "cat", "cksum", "mkdir", "cp", "rm"):
        if not (path / tool).exists():
            (path / tool).symlink_to(str(shutil.which(tool)))
    for name, script in pythons.items():
        program = path / name.replace("_", ".")
        program.write_text(script)
        program.chmod(0o755)
    called = clone / "called"
    called.unlink(missing_ok=True)
    made = subprocess.run(
        ["make", "set-up", *arguments],
        cwd=clone,
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert bool(made.returncode) == bool(made.stderr)
    told = called.read_text().splitlines() if called.exists() else []
    return made.stderr.partition("\n")[0], [line for line in told if " -m " in line]


@needs_a_shell
@pytest.mark.parametrize(
    ("arguments", "pythons", "why"),
    [
        ([], {}, "none was found on the PATH"),
        (
            [],
            {"python3": OLD.format(version="3.9"), "python": OLD.format(version="2.7")},
            "python3 is 3.9, python is 2.7",
        ),
        (["PYTHON=nowhere"], {"python3": PYTHON}, "PYTHON=nowhere does not run"),
    ],
)
def test_without_a_python_that_is_new_enough_one_plain_line_says_so(clone, arguments, pythons, why):
    assert set_up(clone, *arguments, **pythons) == (f"{NEEDED} ({why}): {INSTEAD}", [])
    assert not (clone / ".venv").exists()


MADE = "-m venv --clear .venv"
INSTALLED = "python -m pip install --disable-pip-version-check -q -r requirements.lock -e ."


@needs_a_shell
def test_set_up_is_done_once_with_the_first_python_that_is_new_enough(clone):
    """A broken python3.13 (a version manager's stand-in, say) is passed over."""
    broken = OLD.format(version="")
    _, told = set_up(clone, python3_13=broken, python3_12=PYTHON, python3=PYTHON)
    assert told == [f"python3.12 {MADE}", INSTALLED]
    assert set_up(clone) == ("", [])


@needs_a_shell
@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml", "tools/set_up.sh"])
def test_what_has_changed_is_installed_into_the_same_environment(clone, name):
    set_up(clone, python3=PYTHON)
    with (clone / name).open("a") as file:
        file.write("\n")
    assert set_up(clone) == ("", [INSTALLED])
    assert set_up(clone) == ("", [])


@needs_a_shell
def test_an_environment_that_was_moved_or_has_lost_its_python_is_made_anew(clone):
    set_up(clone, python3=PYTHON)
    moved = clone.rename(clone.parent / "moved")
    assert set_up(moved) == ("", [f"python3 {MADE}", INSTALLED])
    (moved / ".venv" / "bin" / "python").unlink()
    assert set_up(moved) == ("", [f"python3 {MADE}", INSTALLED])


@needs_a_shell
@pytest.mark.parametrize("changed", [False, True])
def test_a_set_up_that_failed_or_was_interrupted_is_begun_anew(clone, changed):
    if changed:
        set_up(clone, python3=PYTHON)
        (clone / "requirements.lock").write_text("numpy==2.3.0\n")
    (clone / "no-network").touch()
    error, _ = set_up(clone, python3=PYTHON)
    assert "make: *** " in error
    (clone / "no-network").unlink()
    assert set_up(clone) == ("", [f"python3 {MADE}", INSTALLED])


# The lock file


# A Python on a processor that has no AVX-512; NumPy is broken for one kernel, a test for another.
OTHER_PYTHON = """#!/bin/sh
case "$*" in
    *"-m venv"*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    "-c "*) case "$OPENBLAS_CORETYPE" in SkylakeX) kill -ILL $$ ;; Zen) exit 1 ;; esac ;;
    *pytest*) [ "$OPENBLAS_CORETYPE" != Nehalem ] ;;
esac
"""


@needs_a_shell
def test_only_a_kernel_that_the_processor_cannot_run_is_left_out(tmp_path):
    python, script = tmp_path / "python3.14", tmp_path / "tools" / "kernels.sh"
    python.write_text(OTHER_PYTHON)
    python.chmod(0o755)
    script.parent.mkdir()
    shutil.copy(ROOT / "tools" / "kernels.sh", script)
    done = subprocess.run(
        ["sh", script, python, "-q"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    *_, haswell, zen, skylake, nehalem, plain, oldest, newest = done.stdout.splitlines()
    assert all(line.endswith("passed") for line in (haswell, plain, oldest, newest))
    assert all(line.endswith("FAILED") for line in (zen, nehalem))
    assert skylake.endswith("not run: this processor lacks its instructions")
    assert done.returncode == 1


def test_lock_has_only_names_versions_and_markers():
    pattern = re.compile(r"[a-z0-9][a-z0-9.-]*==[0-9][\w.]*( ; [a-z_]+ (==|!=|<|>=|>|<=) '.*')?")
    assert [line for line in LOCK if not pattern.fullmatch(line)] == []


def test_lock_pins_every_dependency():
    extras = PROJECT["optional-dependencies"]
    wanted = [*PROJECT["dependencies"], *extras["book"], *extras["test"], *extras["lint"]]
    pinned = {line.split("==")[0] for line in LOCK}
    assert {re.match(r"[\w-]+", name)[0].lower() for name in wanted} <= pinned
    assert not pinned & {"torch", "jupyterlab", "playwright"}, "large, and needed by few"


# Documents and workflows


def test_makefile_is_documented():
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    phony = next(line for line in lines if line.startswith(".PHONY:")).split()[1:]
    documented = [line.split(":")[0] for line in lines if re.match(r"[a-z-]+:.*## ", line)]
    assert sorted(phony) == sorted(documented)


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_documents_name_what_exists(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    made = {"_build/html", ".venv", "exercises/pages/"}
    paths = set(re.findall(r"\]\(([\w./-]+)\)", text)) | set(
        re.findall(r"`([\w.][\w.-]*/(?:[\w./-]*)?)`", text)
    )
    assert [path for path in sorted(paths - made) if not (ROOT / path).exists()] == []
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([a-z-]+)", text):
        assert re.search(rf"^{target}:", makefile, re.M), target


def test_citation_agrees_with_the_rest():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors", "license"} <= set(citation)
    assert citation["title"] == config["title"]
    assert str(citation["version"]) == PROJECT["version"]
    assert [author["name"] for author in citation["authors"]] == [config["author"]]


def test_workflows_cover_the_promised_pythons():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text("utf-8"))
    matrix = workflow["jobs"]["tests"]["strategy"]["matrix"]
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert {name.split("-")[0] for name in matrix["system"]} == {"ubuntu", "macos", "windows"}
    assert PROJECT["requires-python"] == ">=" + matrix["python"][0]


def test_no_path_of_a_machine_is_stored():
    """Paths of whoever wrote a file tell nothing to the one who reads it."""
    home = re.compile(r"(/home/\w+|/Users/\w+|/root|/work/\w+|C:\\\\Users)/")
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.name}: {match[0]}" for match in home.finditer(text)]
    assert [line for line in found if not line.startswith("test_repository.py")] == []


def test_no_large_file_is_stored():
    assert [path.name for path in tracked() if path.stat().st_size > 1_000_000] == []
