// Registers the keeper of the directory once the page has what it needs itself.
if ("serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
}

// A page whose HTML is whole starts React at the first sign of a person; a live one after a while,
// too. Until then it opens no socket.
const waiting = document.getElementById("react");
if (waiting) {
  const signs = ["pointermove", "pointerdown", "touchstart", "keydown", "focusin", "wheel", "scroll"];
  const start = () => {
    if (!waiting.isConnected) return;
    for (const sign of signs) removeEventListener(sign, start, true);
    const script = document.createElement("script");
    script.type = "module";
    script.textContent = waiting.textContent;
    waiting.replaceWith(script);
  };
  for (const sign of signs) addEventListener(sign, start, { capture: true, passive: true });
  const after = waiting.dataset.after;
  const once = () => (document.hidden ? addEventListener("visibilitychange", start, { once: true }) : start());
  if (after) addEventListener("load", () => setTimeout(once, Number(after)));
}

// What the server drew goes once the page stands in its place with its data; the focus and the words
// typed go over to it.
const before = document.querySelector(".before-js");
if (before) {
  const here = (id) => id.replace(/-sem$/, ""); // the server's field beside React's own, unfinished one
  const watch = new MutationObserver(() => {
    const page = document.querySelector("body > .page");
    if (!page || page.querySelector("[aria-busy=true]")) return;
    watch.disconnect();
    const focused = before.contains(document.activeElement) ? document.activeElement : null;
    const typed = [...before.querySelectorAll("input[id]")].filter((box) => box.value !== box.defaultValue);
    before.remove();
    for (const { id, value } of typed) {
      const box = page.querySelector(`#${CSS.escape(here(id))}`);
      if (!box) continue;
      // React remembers the value that it wrote itself; the browser's own setter tells it of this one.
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(box, value);
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const same = (part) => (focused.id ? part.id === here(focused.id) : focused.href && part.href === focused.href);
    if (focused) [...page.querySelectorAll("a, input, [id]")].find(same)?.focus();
  });
  watch.observe(document.body, { childList: true, subtree: true, attributeFilter: ["aria-busy"] });
}

// Enter closes the keyboard of a phone, so that the answer is seen.
addEventListener("submit", (event) => {
  if (event.target.matches("[role=search]") && matchMedia("(pointer: coarse)").matches) document.activeElement?.blur();
});

// Letter size and contrast, kept in this browser; the head applies them before the first drawing.
const adjusted = document.documentElement.dataset;
const pressed = () => {
  for (const button of document.querySelectorAll("[data-ajuste]")) {
    const { ajuste, valor } = button.dataset;
    button.setAttribute("aria-pressed", String((adjusted[ajuste] || "") === valor));
  }
};
addEventListener("click", (event) => {
  const button = event.target.closest("[data-ajuste]");
  if (!button) return;
  adjusted[button.dataset.ajuste] = button.dataset.valor;
  pressed();
  try {
    localStorage.setItem("ajustes", JSON.stringify({ letra: adjusted.letra || "", contraste: adjusted.contraste || "" }));
  } catch {
    // Storage is blocked: the choice holds for this page.
  }
});
pressed();
