// Compile the modules of the runtime's archives, so that no reader's browser has to: Python then starts in a third of the time.
// The bytecode is that of Python for the browser, which therefore makes it, in Node.
//
//     node compile.mjs RUNTIME FOLDER
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [runtime, folder] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(runtime, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: join(runtime, "/") });
const compile = python.runPython(`
from importlib._bootstrap_external import _code_to_hash_pyc
from sysconfig import get_path
from zipfile import ZIP_DEFLATED, ZipFile

def compile_all():
    with ZipFile("before.zip") as before, ZipFile("after.zip", "w", ZIP_DEFLATED) as after:
        for file in before.infolist():
            content = before.read(file)
            if file.filename.endswith(".py"):
                path = f"{get_path('purelib')}/{file.filename}"  # where it will stand, which warnings look at
                code = compile(content, path, "exec", dont_inherit=True)
                content = _code_to_hash_pyc(code, bytes(8), False)  # bound to no source, which stays here
                file.filename += "c"
            after.writestr(file, content, ZIP_DEFLATED)

compile_all
`);
for (const name of readdirSync(runtime).filter((one) => /\.(whl|zip)$/.test(one))) {
  python.FS.writeFile("before.zip", readFileSync(join(runtime, name)));
  compile();
  writeFileSync(join(folder, name), python.FS.readFile("after.zip"));
}
