// Put before JupyterLite's own service worker: the files of the site are there without a network, too.
// A file whose name changes with its content comes from the browser's cache; all others from the server while it answers.
// A block of its own, for the names of both are in one script.
{
  /** @type {any} */
  const worker = self;
  /** @type {{version: string, lasting: string[], others: string[]}} */
  const site = worker.podlabSite;
  const LASTING = new Set(site.lasting);
  const OTHERS = new Set(site.others);
  const ROOT = new URL("./", self.location.href).href;
  const PATIENCE = 5000; // ms that a kernel waits for a file
  const WRITES = new Set(["mknod", "put", "rename"]);
  const CACHE = `podlab ${ROOT} ${site.version}`;

  /** @param {string} url @returns {string} the file's path in the site */
  const path = (url) => {
    const plain = decodeURI(url.split(/[?#]/)[0]).slice(ROOT.length);
    return plain === "" || plain.endsWith("/") ? `${plain}index.html` : plain;
  };
  /** @param {string} file */
  const key = (file) => new Request(ROOT + file);

  /** @param {string} file @param {Response} response */
  const keep = async (file, response) => {
    if (response.ok && !response.redirected) await (await caches.open(CACHE)).put(key(file), response);
  };

  /** @param {string} file */
  const kept = async (file) => {
    const found = await (await caches.open(CACHE)).match(key(file));
    return found ?? (await caches.match(key(file)));
  };

  /** @param {any} event @param {string} file */
  const answer = async (event, file) => {
    const found = LASTING.has(file) ? await kept(file) : undefined;
    if (found) return found;
    try {
      const response = await fetch(event.request);
      event.waitUntil(keep(file, response.clone()).catch(() => undefined)); // a full disk must not cost the page
      return response;
    } catch (error) {
      return (await kept(file)) ?? Promise.reject(error);
    }
  };

  /** Bring what is not there yet, a file at a time: the page goes first. */
  const fill = async () => {
    const cache = await caches.open(CACHE);
    const there = new Set((await cache.keys()).map((request) => path(request.url)));
    for (const file of [...LASTING, ...OTHERS]) {
      if (!there.has(file)) await keep(file, await fetch(key(file)));
    }
    for (const name of await caches.keys()) {
      if (name.startsWith(`podlab ${ROOT} `) && name !== CACHE) await caches.delete(name);
    }
  };
  /** @type {Promise<unknown> | undefined} */
  let filling;
  const fillOnce = () =>
    (filling ??= fill()
      .then(() => "filled")
      .catch((error) => `${error}`)
      .finally(() => (filling = undefined)));

  worker.addEventListener("message", (/** @type {any} */ event) => {
    if (event.data !== "podlab fill") return;
    event.waitUntil(fillOnce().then((how) => event.ports[0]?.postMessage(how)));
  });
  /** @type {Set<() => void>} the ends of kernels' writes that may still be under way */
  const writes = new Set();
  worker.addEventListener("message", (/** @type {any} */ event) => {
    if (event.data === "podlab full") writes.forEach((end) => end());
  });
  /** The answer, or an error when there is none: JupyterLite is silent about a file that there was no room for.
   * @param {any} event */
  const limit = (event) => {
    const respond = event.respondWith.bind(event);
    /** @type {Promise<Response>} */
    const late = new Promise((done) => {
      const end = () => {
        writes.delete(end);
        done(new Response(null, { status: 507 }));
      };
      setTimeout(end, PATIENCE);
      const asked = event.request.clone().json();
      asked.then((/** @type {any} */ { data }) => WRITES.has(data.method) && writes.add(end)).catch(() => undefined);
    });
    event.respondWith = (/** @type {Promise<Response>} */ answered) => respond(Promise.race([answered, late]));
  };

  worker.addEventListener("fetch", (/** @type {any} */ event) => {
    const { method, url } = event.request;
    if (new URL(url).pathname.includes("/api/drive")) return limit(event);
    const file = method === "GET" && url.startsWith(ROOT) ? path(url) : "";
    if (!LASTING.has(file) && !OTHERS.has(file)) return;
    event.stopImmediatePropagation();
    event.respondWith(answer(event, file));
  });
}
