// Python, in a thread of its own: loads Pyodide, runs one cell after another, and tells each output as it comes.

/** @typedef {{do: "start", runtime: string, pictures: boolean} | {do: "run", source: string, name: string} | {do: "forget"}} Order */
/** @typedef {{type: string, text: string, name?: string, cell?: string, line?: number, svg?: string}} Output */
/** @typedef {{did: "loaded", bytes: number} | {did: "start"} | {did: "output", output: Output} | {did: "run", failed: boolean}
 *           | {did: "forget"} | {did: "break", why: string}} Report */

const PICTURES = /\b(matplotlib|mpl_toolkits|figures|pylab)\b/; // what needs Matplotlib, which comes later than NumPy
const BASE = ["numpy", "coursecode"];

/** @type {any} */ let pyodide;
/** @type {any} */ let runner;
/** @type {(svg: string) => string} */ let withDarkColours;
/** @type {Promise<void> | undefined} */ let matplotlib;

/** @param {Report} report */
const tell = (report) => postMessage(report);

// Pyodide says nothing of a download that has begun: bytes are counted as they pass.
const plainFetch = fetch;
globalThis.fetch = async (/** @type {RequestInfo | URL} */ input, /** @type {RequestInit | undefined} */ init) => {
  const response = await plainFetch(input, init);
  if (!response.ok || !response.body) return response;
  const counting = new TransformStream({
    transform(chunk, controller) {
      tell({did: "loaded", bytes: chunk.length});
      controller.enqueue(chunk);
    },
  });
  const {headers, status, statusText} = response;
  return new Response(response.body.pipeThrough(counting), {headers, status, statusText});
};

/** Load packages; Pyodide itself only logs what it could not load.
 *  @param {string[]} names */
async function load(names) {
  /** @type {string[]} */ const errors = [];
  await pyodide.loadPackage(names, {messageCallback() {}, errorCallback: (/** @type {string} */ line) => errors.push(line)});
  const missing = names.filter((name) => !(name in pyodide.loadedPackages));
  if (missing.length) throw new Error(`${missing.join(" and ")} could not be loaded. ${errors.join(" ")}`);
}

/** @param {string} runtime @param {boolean} pictures */
async function start(runtime, pictures) {
  const {loadPyodide} = await import(`${runtime}pyodide.mjs`);
  const names = ["runner.py", "dark_colours.py"];
  const texts = names.map(async (name) => (await plainFetch(new URL(name, import.meta.url))).text());
  pyodide = await loadPyodide({indexURL: runtime, env: {HOME: "/page"}});
  await load(BASE);
  for (const [number, name] of names.entries()) pyodide.FS.writeFile(`/page/${name}`, await texts[number]);
  pyodide.runPython("import sys; '/page' in sys.path or sys.path.append('/page')");
  runner = pyodide.pyimport("runner");
  withDarkColours = pyodide.pyimport("dark_colours").with_dark_colours;
  pyodide.runPython("import numpy, coursecode"); // so that the first cell need not wait for it
  if (pictures) loadMatplotlib().catch(() => {}); // who needs it hears of it
}

function loadMatplotlib() {
  matplotlib ??= load(["matplotlib"]).catch((error) => { matplotlib = undefined; throw error; });
  return matplotlib;
}

/** @param {string} source @param {string} name */
async function run(source, name) {
  if (PICTURES.test(source)) await loadMatplotlib();
  let failed = false;
  const emit = (/** @type {any} */ proxy) => {
    const output = proxy.toJs({dict_converter: Object.fromEntries});
    failed ||= output.type === "error";
    if (output.svg) output.svg = withDarkColours(output.svg);
    tell({did: "output", output});
  };
  runner.run_cell(source, name, emit).destroy();
  return failed;
}

/** @param {Order} order */
async function follow(order) {
  try {
    if (order.do === "start") {
      await start(order.runtime, order.pictures);
      tell({did: "start"});
    } else if (order.do === "run") {
      tell({did: "run", failed: await run(order.source, order.name)});
    } else {
      runner.reset();
      tell({did: "forget"});
    }
  } catch (error) {
    tell({did: "break", why: error instanceof Error ? error.message : String(error)});
  }
}

let last = Promise.resolve();
addEventListener("message", ({data}) => { last = last.then(() => follow(data)); });
