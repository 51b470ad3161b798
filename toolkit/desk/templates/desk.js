/* While something is being done its line is kept up to date; then the page is loaded anew. Without this it loads itself. */
const live = document.getElementById("live");
if (live) {
  setInterval(async () => {
    try {
      const text = await (await fetch(location.pathname)).text();
      const now = new DOMParser().parseFromString(text, "text/html").getElementById("live");
      if (now) live.textContent = now.textContent; else location.replace(location.pathname);
    } catch {
      live.textContent = "收报台已经停了。收下的都在；请重新打开收报台，再点一次，就接着做完。";
    }
  }, 700);
}
