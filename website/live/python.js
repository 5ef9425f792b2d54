// Python as the page sees it: a worker that is started, given cells, and ended where it does not come back.

/** @typedef {import("./worker.js").Order} Order */
/** @typedef {import("./worker.js").Output} Output */
/** @typedef {import("./worker.js").Report} Report */

export class Python {
  /** @type {Worker | null} */ worker = null;
  /** @type {Promise<void> | null} */ ready = null;
  /** @type {{done: () => void, fail: (error: Error) => void, output: (output: Output) => void} | null} */ waiting = null;

  /** @param {import("./worker.js").Needs} needs @param {(bytes: number) => void} loaded told of each piece of the download */
  constructor(needs, loaded) {
    this.needs = needs;
    this.loaded = loaded;
  }

  /** Start Python, once; a second call waits for the first. */
  start() {
    if (!this.ready) {
      const worker = new Worker(new URL("worker.js", import.meta.url), {type: "module"});
      worker.onmessage = ({data}) => this.hear(data);
      worker.onerror = ({message}) => this.hear({broke: message || "its script could not be loaded"});
      this.worker = worker;
      this.ready = this.order({needs: this.needs});
      this.ready.catch(() => { if (this.worker === worker) this.stop(); });
    }
    return this.ready;
  }

  /** End Python, whatever it does. */
  stop() {
    this.worker?.terminate();
    this.worker = this.ready = null;
    this.waiting?.fail(new Error("it was ended"));
  }

  /** Have the worker do something, once it has done what was asked before.
   *  @param {Order} order @param {(output: Output) => void} output @returns {Promise<void>} */
  order(order, output = () => {}) {
    return new Promise((done, fail) => {
      this.waiting = {done, fail, output};
      this.worker?.postMessage(order);
    });
  }

  /** @param {Report} report */
  hear({bytes, output, broke}) {
    if (bytes) this.loaded(bytes);
    else if (output) this.waiting?.output(output);
    else if (broke) this.waiting?.fail(new Error(broke));
    else this.waiting?.done();
  }
}
