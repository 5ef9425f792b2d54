// Python, in a thread of its own: loads Pyodide and packages, runs one cell after another, and tells each output as it comes.

/** @typedef {{runtime: string, draws: RegExp, pictures: boolean}} Needs the runtime's address; what code needs Matplotlib,
 *           which is large; and whether the page has such code */
/** @typedef {{do: "start", needs: Needs} | {do: "run", source: string, name: string} | {do: "forget"}} Order */
/** @typedef {{type: string, text: string, name?: string, cell?: string, line?: number, svg?: string}} Output */
/** @typedef {{did: "loaded", bytes: number} | {did: "output", output: Output} | {did: "done"} | {did: "break", why: string}} Report */

/** @type {any} */ let pyodide;
/** @type {any} */ let runner;
/** @type {(svg: string) => string} */ let withDarkColours;
/** @type {RegExp} */ let draws;

/** @param {Report} report */
const tell = (report) => postMessage(report);

// Pyodide says nothing of a download that has begun: a copy of it is counted. The response itself stays the browser's own,
// so that compiled code is kept beside it for the next visit.
const plainFetch = fetch;
globalThis.fetch = async (/** @type {RequestInfo | URL} */ input, /** @type {RequestInit | undefined} */ init) => {
  const response = await plainFetch(input, init);
  const counting = new WritableStream({write: (chunk) => tell({did: "loaded", bytes: chunk.length})});
  response.clone().body?.pipeTo(counting).catch(() => {}); // Pyodide tells of a download that breaks off
  return response;
};

/** Load packages that are not loaded yet; Pyodide itself only logs what it could not load.
 *  @param {string[]} names */
async function load(names) {
  /** @type {string[]} */ const errors = [];
  await pyodide.loadPackage(names, {messageCallback() {}, errorCallback: (/** @type {string} */ line) => errors.push(line)});
  const missing = names.filter((name) => !(name in pyodide.loadedPackages));
  if (missing.length) throw new Error(`${missing.join(" and ")} could not be loaded. ${errors.join(" ")}`);
}

/** @param {Needs} needs */
async function start({runtime, pictures, ...needs}) {
  draws = needs.draws;
  const {loadPyodide} = await import(`${runtime}pyodide.mjs`);
  const modules = ["runner.py", "dark_colours.py"];
  const texts = modules.map(async (name) => (await plainFetch(new URL(name, import.meta.url))).text());
  const packages = ["numpy", "coursecode", ...(pictures ? ["matplotlib"] : [])];
  pyodide = await loadPyodide({indexURL: runtime, env: {HOME: "/page"}, packages}); // fetches them while it starts
  await load(packages);
  for (const [number, name] of modules.entries()) pyodide.FS.writeFile(`/page/${name}`, await texts[number]);
  pyodide.runPython("import sys; '/page' in sys.path or sys.path.append('/page')");
  runner = pyodide.pyimport("runner");
  withDarkColours = pyodide.pyimport("dark_colours").with_dark_colours;
}

/** @param {string} source @param {string} name */
async function run(source, name) {
  if (draws.test(source)) await load(["matplotlib"]);
  const emit = (/** @type {any} */ proxy) => {
    const output = proxy.toJs({dict_converter: Object.fromEntries});
    if (output.svg) output.svg = withDarkColours(output.svg);
    tell({did: "output", output});
  };
  runner.run_cell(source, name, emit).destroy();
}

/** @param {Order} order */
async function follow(order) {
  try {
    if (order.do === "start") await start(order.needs);
    else if (order.do === "run") await run(order.source, order.name);
    else runner.reset();
    tell({did: "done"});
  } catch (error) {
    tell({did: "break", why: error instanceof Error ? error.message : String(error)});
  }
}

let last = Promise.resolve();
addEventListener("message", ({data}) => { last = last.then(() => follow(data)); });
