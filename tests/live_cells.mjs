// Run the cells of notebooks under Pyodide, as the live pages do: for each line that comes, with the cells of one notebook,
// a line with their outputs goes back.
//
//     node live_cells.mjs RUNTIME WHEEL RUNNER
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [folder, wheel, runner] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const python = await loadPyodide({
  indexURL: `${folder}/`,
  env: { MPLBACKEND: "module://runner" },
});
await python.loadPackage([pathToFileURL(wheel).href, "matplotlib"], { messageCallback: () => {} });
python.FS.writeFile("runner.py", readFileSync(runner));
const run = python.runPython(`
import json, runner
def run(cells):
    runner.reset()
    outputs = [runner.run_cell(source, f"<cell {at}>") for at, source in enumerate(json.loads(cells), 1)]
    return json.dumps([[{**output, "svg": ""} for output in cell] for cell in outputs])
run`);
for await (const cells of createInterface({ input: process.stdin })) console.log(run(cells));
