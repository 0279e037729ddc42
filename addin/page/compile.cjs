// Compiles Python to the byte code of the Python in the page, by that Python itself.
// node compile.cjs RUNTIME SOURCE TARGET: every .py below SOURCE becomes a .pyc below TARGET, whatever the day.
// Of the libraries, what they say of themselves is left out; ours is read (what a rule says in words stands there).
const { loadPyodide } = require(require("path").resolve(process.argv[2], "pyodide.js"));

const COMPILE = `
import os, py_compile
OURS = ("site/addin/", "site/generator/")
mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
for folder, _, names in os.walk("/source"):
    for name in names:
        if name.endswith(".py"):
            path = os.path.join(folder, name)
            inner = os.path.relpath(path, "/source")
            out = os.path.join("/target", inner + "c")
            os.makedirs(os.path.dirname(out), exist_ok=True)
            optimize = 0 if inner.startswith(OURS) else 2
            py_compile.compile(path, cfile=out, dfile=inner, doraise=True, optimize=optimize, invalidation_mode=mode)
`;

(async () => {
  const python = await loadPyodide({ env: { PYTHONHASHSEED: "0" } });
  python.FS.mkdirTree("/source");
  python.FS.mkdirTree("/target");
  python.FS.mount(python.FS.filesystems.NODEFS, { root: process.argv[3] }, "/source");
  python.FS.mount(python.FS.filesystems.NODEFS, { root: process.argv[4] }, "/target");
  python.runPython(COMPILE);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
