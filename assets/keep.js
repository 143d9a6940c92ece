// Registers the keeper of the directory once the page has what it needs itself.
if ("serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
}

// What the server drew goes once the page stands in its place.
const before = document.querySelector(".before-js");
if (before) {
  const drawn = () => [...document.body.children].some((part) => part.matches(".page"));
  const watch = new MutationObserver(() => {
    if (drawn()) {
      watch.disconnect();
      before.remove();
    }
  });
  watch.observe(document.body, { childList: true });
}

// Enter closes the keyboard of a phone, so that the answer is seen.
addEventListener("submit", (event) => {
  if (event.target.matches("[role=search]") && matchMedia("(pointer: coarse)").matches) document.activeElement?.blur();
});
