// What the landing page and JupyterLite's page have in common: can this browser run the lessons, and what is kept.
{
  /** @type {any} */
  const page = window;
  const root = new URL("./", /** @type {HTMLScriptElement} */ (document.currentScript).src).href;
  const inLab = location.href.startsWith(`${root}lab/`);
  const folder = new URLSearchParams(location.search).get("path")?.split("/")[0]; // JupyterLite takes it away later
  const LARGEST = 32 * 1024; // bytes of a manifest in a link
  const TRANSLATION = "@jupyterlab/translation-extension:plugin";
  const WAITING = "podlab manifest";

  /** @returns {string[]} what the browser does not have, in the browsers' own words */
  const missing = () => {
    let kept = true;
    try {
      kept = Boolean(localStorage && indexedDB);
    } catch {
      kept = false; // all cookies are blocked
    }
    return [
      ["WebAssembly", "WebAssembly" in window],
      ["storage", kept],
      [isSecureContext ? "service worker" : "https", "serviceWorker" in navigator],
    ].flatMap(([name, there]) => (there ? [] : [String(name)]));
  };

  /** @param {Uint8Array<ArrayBuffer>} bytes @param {CompressionStream | DecompressionStream} through */
  const piped = async (bytes, through) => {
    const reader = new Blob([bytes]).stream().pipeThrough(through).getReader();
    /** @type {Uint8Array<ArrayBuffer>[]} */
    const parts = [];
    let size = 0;
    for (let part = await reader.read(); part.value; part = await reader.read()) {
      parts.push(part.value);
      size += part.value.length;
      if (size > LARGEST) throw new RangeError("too large");
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  };

  /** @param {string} text @returns {Promise<string>} the text as a part of a link */
  const packed = async (text) => {
    const bytes = new TextEncoder().encode(text);
    if (bytes.length > LARGEST) throw new RangeError("too large");
    const small = await piped(bytes, new CompressionStream("deflate-raw"));
    return btoa(String.fromCharCode(...small))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
  };

  /** @param {string} part @returns {Promise<string>} the text that was packed */
  const unpacked = async (part) => {
    if (part.length > 2 * LARGEST) throw new RangeError("too large");
    const small = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(small, (letter) => letter.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(await piped(bytes, new DecompressionStream("deflate-raw")));
  };

  /** Add the language to the settings that JupyterLite has put together, before it reads them; and say which version's service worker this is, so that it stays registered. */
  const prepare = () => {
    const place = document.getElementById("jupyter-config-data");
    if (folder === "ko" && place) {
      const theirs = new MutationObserver(() => {
        theirs.disconnect();
        const config = JSON.parse(place.textContent ?? "{}");
        config.settingsOverrides = { ...config.settingsOverrides, [TRANSLATION]: { locale: "ko_KR" } };
        place.textContent = JSON.stringify(config);
      });
      theirs.observe(place, { childList: true, characterData: true, subtree: true });
    }
    try {
      localStorage.setItem(`${root}service-worker.js?enableCache=false-version`, "@jupyterlite@");
    } catch {
      // storage is denied: JupyterLite goes on without, and start() says so
    }
  };

  /** @returns {Promise<any>} JupyterLab, when it has laid out what was open */
  const laidOut = async () => {
    while (!page.jupyterapp) await new Promise((done) => setTimeout(done, 200));
    await page.jupyterapp.restored;
    return page.jupyterapp;
  };

  /** Have all notebooks of this page use one kernel, for each has a Python of its own: a quarter of a GiB. The next one
   * begins when the one before it has its kernel, and the first when it is known which kernels there are. @param {any} app */
  const shareKernel = ({ started, docRegistry, serviceManager }) => {
    /** @type {Promise<unknown>} */
    let last = started;
    docRegistry.addWidgetExtension("Notebook", {
      createNew: (/** @type {any} */ _, /** @type {any} */ { sessionContext }) => {
        const begin = sessionContext.initialize.bind(sessionContext);
        const beginInTurn = async () => {
          await serviceManager.kernelspecs.ready;
          await serviceManager.kernels.refreshRunning(); // JupyterLab looks itself only now and then
          const [running] = serviceManager.kernels.running();
          const preference = sessionContext.kernelPreference;
          if (running && !preference.id) sessionContext.kernelPreference = { ...preference, id: running.id };
          return begin();
        };
        sessionContext.initialize = () => {
          const mine = last.then(beginInTurn);
          last = mine.catch(() => undefined);
          return mine;
        };
      },
    });
  };

  /** See JupyterLab before it opens anything. */
  const meet = () => {
    /** @type {any} */
    let app;
    Object.defineProperty(page, "jupyterapp", {
      get: () => app,
      set: (made) => shareKernel((app = made)),
    });
  };

  /** Once a kernel is there, have the service worker bring what the lessons may need without a network. */
  const bringTheRest = async () => {
    const worker = (await navigator.serviceWorker.ready).active;
    const { shell } = await laidOut();
    while (!shell.currentWidget?.sessionContext?.session?.kernel) await new Promise((done) => setTimeout(done, 1000));
    await shell.currentWidget.sessionContext.session.kernel.info;
    const channel = new MessageChannel();
    channel.port1.onmessage = (said) => document.documentElement.setAttribute("data-podlab-offline", said.data);
    worker?.postMessage("podlab fill", [channel.port2]);
  };

  /** Have the kernel told, by the service worker, that there is no room: JupyterLite would let it wait for an answer. */
  const tellWhenFull = () =>
    addEventListener("unhandledrejection", async ({ reason }) => {
      if (reason?.name === "QuotaExceededError")
        (await navigator.serviceWorker.ready).active?.postMessage("podlab full");
    });

  /** Put a manifest that came by a link beside the lessons, under a name that is free, and open it: nothing runs it. */
  const receive = async () => {
    const text = sessionStorage.getItem(WAITING);
    if (text === null) return;
    sessionStorage.removeItem(WAITING);
    const { serviceManager, commands } = await laidOut();
    const names = new Set(
      (await serviceManager.contents.get(folder, { content: true })).content.map(
        (/** @type {any} */ file) => file.name,
      ),
    );
    let name = "shared.yaml";
    for (let number = 2; names.has(name); number++) name = `shared-${number}.yaml`;
    const path = `${folder}/${name}`;
    await serviceManager.contents.save(path, { type: "file", format: "text", content: text });
    await commands.execute("docmanager:open", { path, options: { mode: "split-right" } });
  };

  if (inLab && missing().length) location.replace(`${root}index.html#cannot`);
  else if (inLab) {
    prepare();
    meet();
    tellWhenFull();
    bringTheRest().catch(() => undefined);
    receive().catch((error) => console.error("podlab: the manifest could not be saved", error));
  }
  page.podlab = { missing, packed, unpacked, WAITING };
}
