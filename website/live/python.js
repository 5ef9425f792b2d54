// A Python as the page sees it: a worker that is given cells, and ended where it does not come back.

/** @typedef {import("./worker.js").Order} Order */
/** @typedef {import("./worker.js").Output} Output */
/** @typedef {import("./worker.js").Report} Report */

export class Python {
  /** @type {{done: () => void, fail: (error: Error) => void, output: (output: Output) => void} | null} */ waiting = null;
  bytes = 0; // that have come
  loaded = () => {}; // told whenever more have

  /** @param {DOMStringMap} data what the bar says of the page's needs */
  constructor({runtime = "", packages = "", draws = ""}) {
    this.ready = this.start({runtime: new URL(runtime, document.baseURI).href, packages: packages.split(" "), draws: new RegExp(draws)});
    this.ready.catch(() => {}); // whoever waits for it hears of it
  }

  /** Where a page may start no worker, `ready` tells of it.
   *  @param {import("./worker.js").Needs} needs */
  async start(needs) {
    this.worker = new Worker(new URL("worker.js", import.meta.url), {type: "module"});
    this.worker.onmessage = ({data}) => this.hear(data);
    this.worker.onerror = ({message}) => this.hear({broke: message || "its script isn't there"});
    await this.order({needs});
  }

  /** End it, whatever it does. */
  end() {
    this.worker?.terminate();
    this.waiting?.fail(new Error("Python was ended"));
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
    if (bytes) {
      this.bytes += bytes;
      this.loaded();
    } else if (output) this.waiting?.output(output);
    else if (broke) this.waiting?.fail(new Error(broke));
    else this.waiting?.done();
  }
}
