// Staff pages: ask in time whether the session ends, and keep the way back through sign-in.
(() => {
  let stamp = "", since = 0, asked = 0;
  const watchSession = () => {
    const clock = document.querySelector("[data-session-stamp]");
    if (!clock || !clock.dataset.sessionStamp) return;
    if (clock.dataset.sessionStamp !== stamp) {
      stamp = clock.dataset.sessionStamp;
      since = performance.now();
      asked = 0;
    }
    const left = Number(clock.dataset.sessionLeft);
    const elapsed = (performance.now() - since) / 1000;
    const due = [left - 300, left + 1].filter((moment) => moment > 0 && moment <= elapsed).length;
    if (due > asked) {
      asked = due;
      clock.click();
    }
  };
  setInterval(watchSession, 5000);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-return]");
    if (link) link.search = "?voltar=" + encodeURIComponent(location.pathname + location.search);
  }, true);
})();
