// Plain old script: it runs where the rest cannot even be read, and says what to use instead.
window.giveUp = function (why) {
  document.getElementById('preparing').hidden = true;
  document.getElementById('drop').hidden = true;
  document.getElementById('old').hidden = false;
  if (why && window.console) console.error(why);
};
window.onerror = function (message) { if (!window.selfcheckReady) window.giveUp(message); };
// WebAssembly with exceptions: a module of one function that throws nothing and catches all.
(function () {
  var bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 6, 64, 25, 11, 11];
  try {
    if (!('noModule' in document.createElement('script')) || typeof DecompressionStream === 'undefined' ||
        typeof BigInt64Array === 'undefined' || !WebAssembly.validate(new Uint8Array(bytes))) window.giveUp();
  } catch (error) { window.giveUp(error); }
})();
