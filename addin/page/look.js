// Whether this browser can do it. Written so that any browser can read it: an old one is to get a sentence, not an empty page.
(function () {
  var able = false;
  try {
    able = !!(window.WebAssembly && WebAssembly.instantiateStreaming && window.Worker && window.DecompressionStream && window.Blob &&
      Blob.prototype.stream && window.HTMLDialogElement && Array.prototype.at);
  } catch (error) {
    able = false;
  }
  if (!able) document.documentElement.className = "old";
})();
