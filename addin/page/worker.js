// Python, in a thread of its own: the page stays alive while it works. What it is sent and what it answers are plain
// objects; files come and go as bytes. It stands behind the runtime, in one script.
"use strict";
const FOLDER = "/books/";
let python, answer;

function decoded(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

async function unpacked(text) {
  const bytes = decoded(text);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function spread(FS, folder, site) {
  const end = site.indexOf(10);
  const sizes = JSON.parse(new TextDecoder().decode(site.subarray(0, end)));
  const made = new Set();
  let at = end + 1;
  for (const [name, size] of sizes) {
    const path = `${folder}/${name}`;
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(parent)) {
      FS.mkdirTree(parent);
      made.add(parent);
    }
    FS.writeFile(path, site.subarray(at, at + size), { canOwn: false });
    at += size;
  }
}

async function begin({ parts, known }) {
  const [wasm, library, site] = await Promise.all([parts.wasm, parts.library, parts.site].map(unpacked));
  // The runtime asks for its files by address; it gets them from here, and nothing else gets anything.
  const files = { "pyodide.asm.wasm": [wasm, "application/wasm"], "library.zip": [library, "application/zip"] };
  self.fetch = async (address) => {
    const found = files[String(address).slice(known.address.length)];
    if (!found || !String(address).startsWith(known.address)) throw new TypeError("nothing is fetched");
    return new Response(found[0], { headers: { "Content-Type": found[1] } });
  };
  python = await loadPyodide({
    createPyodideModule,
    indexURL: known.address,
    stdLibURL: known.address + "library.zip",
    lockFileContents: known.lock,
    packageBaseUrl: known.address,
    env: { HOME: "/home", LOGNAME: "网页版", PYTHONDONTWRITEBYTECODE: "1", PYTHONHASHSEED: "0", PYTHONUTF8: "1" },
    fsInit: async (FS, { sitePackages }) => spread(FS, sitePackages, site),
  });
  python.FS.mkdirTree(FOLDER);
  answer = python.pyimport("addin.page.face").answer;
}

// Each file gets a folder of its own, so that it keeps its name; those that are gathered lie as they lay on the disk.
function put(files) {
  for (const { place, name, bytes } of files || []) {
    const path = `${FOLDER}${place}/${name}`;
    python.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    python.FS.writeFile(path, bytes);
  }
}

// What one piece of work alone had to read.
function away(files) {
  for (const { place, name, once } of files || []) if (once) python.FS.unlink(`${FOLDER}${place}/${name}`);
}

function taken(paths) {
  return (paths || []).map((path) => {
    const bytes = python.FS.readFile(path);
    python.FS.unlink(path);
    return { name: path.slice(path.lastIndexOf("/") + 1), bytes };
  });
}

self.onmessage = async ({ data }) => {
  const { number, ask } = data;
  try {
    if (data.begin) {
      await begin(data.begin);
      self.postMessage({ number, told: {} });
      return;
    }
    put(data.files);
    const told = JSON.parse(answer(JSON.stringify(ask), (words) => self.postMessage({ number, words })));
    away(data.files);
    const files = taken(told.files);
    self.postMessage({ number, told, files }, files.map((file) => file.bytes.buffer));
  } catch (error) {
    self.postMessage({ number, broken: String((error && error.message) || error) });
  }
};
