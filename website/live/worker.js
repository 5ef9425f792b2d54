// Python, in a thread of its own: loads Pyodide and packages, runs one cell after another, and tells each output as it comes.

/**
 * @typedef {object} Needs
 * @property {string} runtime the address of Pyodide's folder
 * @property {string[]} packages what the page's code imports; our own, a wheel, stands beside this script
 * @property {RegExp} draws what code needs Matplotlib, should a reader write it on a page that has none
 */
/** @typedef {{needs?: Needs, cell?: {source: string, name: string, fresh: boolean}}} Order a fresh cell knows no names yet */
/** @typedef {{type: string, text: string, name?: string, cell?: string, line?: number, svg?: string}} Output */
/** @typedef {{bytes?: number, output?: Output, broke?: string}} Report one of these, or nothing: it is done */

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
  const response = await plainFetch(input, init).catch((error) => {
    lost(error);
    throw error;
  });
  if (!response.ok) lost(new Error(`${response.url} isn't there (${response.status})`));
  const counting = new WritableStream({write: (chunk) => tell({bytes: chunk.length})});
  response.clone().body?.pipeTo(counting).catch(lost);
  return response;
};

/** @param {any} error */
function broke(error) {
  tell({broke: error instanceof Error ? error.message : String(error)});
}

/** Tell of a download that failed, since Pyodide would wait for its WebAssembly for ever; what readers' code fetches is theirs.
 *  @param {Error} error */
function lost(error) {
  if (!runner) broke(error);
}

/** Load packages that are not loaded yet; Pyodide itself only logs what it could not load.
 *  @param {string[]} names */
async function load(names) {
  /** @type {string[]} */ const errors = [];
  await pyodide.loadPackage(names, {messageCallback() {}, errorCallback: (/** @type {string} */ line) => errors.push(line)});
  if (errors.length) throw new Error(errors.join(" "));
}

/** @param {Needs} needs */
async function start(needs) {
  draws = needs.draws;
  const {loadPyodide} = await import(`${needs.runtime}pyodide.mjs`);
  const here = (/** @type {string} */ name) => new URL(name, import.meta.url).href;
  const modules = ["runner.py", "dark_colours.py"];
  const texts = modules.map(async (name) => (await plainFetch(here(name))).text());
  const packages = needs.packages.map((name) => (name.endsWith(".whl") ? here(name) : name));
  pyodide = await loadPyodide({indexURL: needs.runtime, packages}); // fetches them while it starts
  await load(packages);
  for (const [number, name] of modules.entries()) pyodide.FS.writeFile(name, await texts[number]);
  runner = pyodide.pyimport("runner");
  withDarkColours = pyodide.pyimport("dark_colours").with_dark_colours;
}

/** @param {Order} order */
async function follow({needs, cell}) {
  if (needs) await start(needs);
  if (!cell) return;
  if (draws.test(cell.source)) await load(["matplotlib"]);
  if (cell.fresh) runner.reset();
  runner.run_cell(cell.source, cell.name, (/** @type {any} */ proxy) => {
    const output = proxy.toJs({dict_converter: Object.fromEntries});
    if (output.svg) output.svg = withDarkColours(output.svg);
    tell({output});
  }).destroy();
}

let last = Promise.resolve();
addEventListener("message", ({data}) => {
  last = last.then(() => follow(data)).then(() => tell({}), broke);
});
