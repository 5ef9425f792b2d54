// Python as the page sees it: a worker that is started, given cells, and ended where it does not come back.

/** @typedef {import("./worker.js").Output} Output */
/** @typedef {import("./worker.js").Report} Report */
/** @typedef {import("./worker.js").Order} Order */
/** @typedef {import("./worker.js").Needs} Needs */

export class Python {
  /** @type {Worker | null} */ worker = null;
  /** @type {Promise<void> | null} */ started = null;
  /** @type {{done: () => void, fail: (error: Error) => void, output: (output: Output) => void} | null} */ waiting = null;

  /** @param {Needs} needs @param {(bytes: number) => void} loaded told of each piece of the download */
  constructor(needs, loaded) {
    this.needs = needs;
    this.loaded = loaded;
  }

  /** Start Python, once; a second call waits for the first. */
  start() {
    if (!this.started) {
      this.worker = new Worker(new URL("worker.js", import.meta.url), {type: "module"});
      this.worker.addEventListener("message", ({data}) => this.hear(data));
      this.worker.addEventListener("error", (event) => this.hear({did: "break", why: event.message || "its script could not be loaded"}));
      this.started = this.order({do: "start", needs: this.needs});
      this.started.catch(() => this.stop());
    }
    return this.started;
  }

  /** Run a cell.
   *  @param {string} source @param {string} name @param {(output: Output) => void} output */
  async run(source, name, output) {
    await this.start();
    await this.order({do: "run", source, name}, output);
  }

  /** Forget all names. */
  async forget() {
    if (this.started) await this.order({do: "forget"});
  }

  /** End Python, whatever it does. */
  stop() {
    this.worker?.terminate();
    this.worker = this.started = null;
    this.waiting?.fail(new Stopped());
    this.waiting = null;
  }

  /** @param {Order} order @param {(output: Output) => void} output @returns {Promise<void>} */
  order(order, output = () => {}) {
    return new Promise((done, fail) => {
      this.waiting = {done, fail, output};
      this.worker?.postMessage(order);
    });
  }

  /** @param {Report} report */
  hear(report) {
    const {waiting} = this;
    if (report.did === "loaded") this.loaded(report.bytes);
    else if (report.did === "output") waiting?.output(report.output);
    else {
      this.waiting = null;
      if (report.did === "break") waiting?.fail(new Error(report.why)); else waiting?.done();
    }
  }
}

/** Python was ended while somebody waited for it. */
export class Stopped extends Error {}
