// Compiles Python to the byte code of the Python in the page, by that Python itself.
// node compile.cjs RUNTIME SOURCE TARGET: every .py below SOURCE becomes a .pyc below TARGET, whatever the day.
const { loadPyodide } = require(require("path").resolve(process.argv[2], "pyodide.js"));

const COMPILE = `
import os, py_compile
mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
for folder, _, names in os.walk("/source"):
    for name in names:
        if name.endswith(".py"):
            path = os.path.join(folder, name)
            inner = os.path.relpath(path, "/source")
            out = os.path.join("/target", inner + "c")
            os.makedirs(os.path.dirname(out), exist_ok=True)
            py_compile.compile(path, cfile=out, dfile=inner, doraise=True, invalidation_mode=mode)
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
