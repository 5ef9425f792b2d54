// Make the runtime's archives ready for readers' browsers, in place: compile their modules, so that no browser has to, and
// leave out what no page reads. The bytecode is that of Python for the browser, which therefore makes it, in Node.
//
//     node compile.mjs RUNTIME
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const runtime = resolve(process.argv[2]);
const { loadPyodide } = await import(pathToFileURL(join(runtime, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: join(runtime, "/") });
const compile = python.runPython(`
import re
from importlib._bootstrap_external import _code_to_hash_pyc
from sysconfig import get_path
from zipfile import ZIP_DEFLATED, ZipFile

# Types, headers, other back ends' fonts and icons, examples, tests.
UNREAD = re.compile(r"\\.(pyi|pxd|h|a|afm|pdf|png|svg)$|/(sample_data|pdfcorefonts|tests)/")

def compile_all(archive):
    # Matplotlib puts its documentation together whenever it is imported, which takes longer than to import it.
    level = 2 if archive.startswith("matplotlib") else 0
    with ZipFile("before.zip") as before, ZipFile("after.zip", "w", ZIP_DEFLATED) as after:
        for file in before.infolist():
            if UNREAD.search(file.filename):
                continue
            content = before.read(file)
            if file.filename.endswith(".py"):
                path = f"{get_path('purelib')}/{file.filename}"  # where it will stand, which warnings look at
                code = compile(content, path, "exec", dont_inherit=True, optimize=level)
                content = _code_to_hash_pyc(code, bytes(8), False)  # bound to no source, which stays here
                file.filename += "c"
            after.writestr(file, content, ZIP_DEFLATED)

compile_all
`);
for (const name of readdirSync(runtime).filter((one) => /\.(whl|zip)$/.test(one))) {
  python.FS.writeFile("before.zip", readFileSync(join(runtime, name)));
  compile(name);
  writeFileSync(join(runtime, name), python.FS.readFile("after.zip"));
}
