"""The chain from a fresh clone to the course: set-up, lock file, documents, workflows."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tools import kernels, set_up

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


@pytest.fixture
def clone(tmp_path) -> Path:
    """As much of the repository as the set-up reads, in a folder with a space in its name."""
    folder = tmp_path / "a clone"
    (folder / "tools").mkdir(parents=True)
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    for name in ("set_up.sh", "set_up.py"):
        shutil.copy(ROOT / "tools" / name, folder / "tools")
    return folder


def make(clone: Path, path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make with nothing on the PATH but its own tools and what `path` holds."""
    path.mkdir(exist_ok=True)
    for tool in ("make", "sh", "dirname"):
        if not (path / tool).exists():
            (path / tool).symlink_to(str(shutil.which(tool)))
    return subprocess.run(
        ["make", "book", *arguments],
        cwd=clone,
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def fake_python(path: Path, name: str, version: str) -> None:
    """A stand-in for a Python that is too old: it refuses the check and says its version."""
    path.mkdir(exist_ok=True)
    (path / name).write_text(f'#!/bin/sh\ncase "$2" in *exit*) exit 1;; esac\necho {version}\n')
    (path / name).chmod(0o755)


@needs_a_shell
def test_missing_python_stops_with_one_plain_line(clone, tmp_path):
    result = make(clone, tmp_path / "bin")
    assert result.returncode
    assert result.stderr.splitlines()[0] == (
        "The course needs Python 3.11 or newer, and none was found on the PATH: "
        "install one, or name it with make PYTHON=..."
    )
    assert not (clone / ".venv").exists()


@needs_a_shell
def test_old_python_stops_with_one_plain_line(clone, tmp_path):
    fake_python(tmp_path / "bin", "python3", "3.9")
    fake_python(tmp_path / "bin", "python", "2.7")
    result = make(clone, tmp_path / "bin")
    assert result.returncode
    assert result.stderr.splitlines()[0] == (
        "The course needs Python 3.11 or newer (python3 is 3.9, python is 2.7): "
        "install one, or name it with make PYTHON=..."
    )


@needs_a_shell
def test_named_python_that_does_not_run_is_named(clone, tmp_path):
    result = make(clone, tmp_path / "bin", "PYTHON=nowhere")
    assert result.stderr.splitlines()[0] == (
        "The course needs Python 3.11 or newer, and PYTHON=nowhere does not run."
    )


@needs_a_shell
def test_first_python_that_is_new_enough_is_taken(clone, tmp_path):
    """A broken python3.13 (a version manager's stand-in, say) is passed over."""
    fake_python(tmp_path / "bin", "python3.13", "")
    (tmp_path / "bin" / "python3.12").write_text('#!/bin/sh\n[ "$1" = -c ] || echo chosen "$@"\n')
    (tmp_path / "bin" / "python3.12").chmod(0o755)
    assert "chosen tools/set_up.py" in make(clone, tmp_path / "bin").stdout


@pytest.fixture
def marked(tmp_path, monkeypatch) -> Path:
    """A folder whose `.venv` is up to date, as far as its stamp says."""
    for name in set_up.INPUTS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(set_up, "ROOT", tmp_path)
    monkeypatch.setattr(set_up, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(set_up, "STAMP", tmp_path / ".venv" / "set-up")
    set_up.STAMP.parent.mkdir()
    set_up.STAMP.write_text(set_up.wanted())
    return tmp_path


def test_whole_environment_is_left_alone(marked):
    assert set_up.is_whole()


@pytest.mark.parametrize("name", set_up.INPUTS)
def test_changed_input_is_seen(marked, name):
    (marked / name).write_text("changed")
    assert not set_up.is_whole()


def test_interrupted_set_up_is_seen(marked):
    set_up.STAMP.unlink()
    assert not set_up.is_whole()


def test_moved_environment_is_seen(marked, monkeypatch):
    monkeypatch.setattr(set_up, "VENV", marked / "elsewhere")
    assert not set_up.is_whole()


def test_interrupted_set_up_is_begun_anew(marked, monkeypatch):
    made = []
    monkeypatch.setattr(set_up.venv, "create", lambda folder, **how: made.append((folder, how)))
    monkeypatch.setattr(set_up, "pip_install", lambda *arguments: None)
    monkeypatch.setattr(set_up.subprocess, "run", lambda *arguments, **how: None)
    set_up.STAMP.unlink()
    set_up.main()
    assert made == [(set_up.VENV, {"clear": True, "with_pip": True})]
    assert set_up.is_whole()


def test_failing_pip_leaves_no_stamp(marked, monkeypatch):
    monkeypatch.setattr(set_up, "venv_python", lambda: Path(sys.executable))
    set_up.STAMP.write_text("something else\n" + str(set_up.VENV) + "\n")
    with pytest.raises(SystemExit, match=r"(?s)No such file.*The set-up failed"):
        set_up.pip_install("-r", "missing.txt")
    monkeypatch.setattr(set_up, "pip_install", lambda *arguments: sys.exit("no"))
    with pytest.raises(SystemExit):
        set_up.main()
    assert not set_up.STAMP.exists()


# The lock file


def test_lock_has_only_names_versions_and_markers():
    pattern = re.compile(r"[a-z0-9][a-z0-9.-]*==[0-9][\w.]*( ; [a-z_]+ (==|!=|<|>=|>|<=) '.*')?")
    assert [line for line in LOCK if not pattern.fullmatch(line)] == []


def test_lock_pins_every_dependency():
    extras = PROJECT["optional-dependencies"]
    wanted = [*PROJECT["dependencies"], *extras["book"], *extras["test"], *extras["lint"]]
    pinned = {line.split("==")[0] for line in LOCK}
    assert {re.match(r"[\w-]+", name)[0].lower() for name in wanted} <= pinned
    assert not pinned & {"torch", "jupyterlab", "playwright"}, "large, and needed by few"


def test_run_time_needs_numpy_and_matplotlib_only():
    names = [re.match(r"[\w-]+", text)[0] for text in PROJECT["dependencies"]]
    assert names == ["matplotlib", "numpy"]


# The tests on other processors


@pytest.fixture
def settings(monkeypatch, tmp_path):
    """Four settings, told apart by what they say of themselves."""
    says = {"one": "Haswell", "same": "Haswell", "foreign": "", "other": "Nehalem"}
    every = tuple(kernels.Setting(name, {"SETTING": name}) for name in says)
    monkeypatch.setattr(kernels, "SETTINGS", every)
    monkeypatch.setattr(kernels, "FOLDER", tmp_path)
    monkeypatch.setattr(kernels, "ROOT", tmp_path)
    monkeypatch.setattr(kernels, "described", lambda python, setting: says[setting.name])


@pytest.mark.parametrize(("fails_on", "code"), [("other", 1), ("same", 0)])
def test_kernels_run_once_each_and_any_failure_fails_all(
    settings, tmp_path, capsys, fails_on, code
):
    (tmp_path / "test_setting.py").write_text(
        f"import os\ndef test_setting(): assert os.environ['SETTING'] != {fails_on!r}\n"
    )
    assert kernels.main(["test_setting.py"]) == code
    table = capsys.readouterr().out.rpartition("\n\n")[2].splitlines()
    words = ["passed: 1 passed", "the same as one", "lacks the instructions"]
    words += ["FAILED: 1 failed" if code else "passed: 1 passed"]
    assert [word in line for word, line in zip(words, table, strict=True)] == [True] * 4, table


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
