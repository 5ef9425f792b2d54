// Run the cells of notebooks under Pyodide, as the live pages do, and print what comes of them.
//
//     node live_cells.mjs RUNTIME RUNNER < {"name": [["<cell 1>", "source"], ...], ...}
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, runner] = process.argv.slice(2);
const notebooks = JSON.parse(readFileSync(0, "utf8"));
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const python = await loadPyodide({
  indexURL: `${folder}/`,
  env: { HOME: "/home/pyodide", MPLBACKEND: "module://runner" },
});
await python.loadPackage(["coursecode", "matplotlib"], { messageCallback: () => {} });
python.FS.writeFile("/home/pyodide/runner.py", readFileSync(runner));
const run = python.runPython(`
import json, runner
def run(cells):
    runner.reset()
    return json.dumps([
        [{key: value for key, value in output.items() if key != "svg"} for output in runner.run_cell(source, name)]
        for name, source in json.loads(cells)
    ])
run`);
for (const [name, cells] of Object.entries(notebooks)) {
  const start = performance.now();
  const outputs = JSON.parse(run(JSON.stringify(cells)));
  console.log(JSON.stringify({ name, outputs, seconds: (performance.now() - start) / 1000 }));
}
