// Staff pages: keys, rows, focus after an action, drafts, and the end of the session.
(() => {
  const find = (selector, root = document) => root.querySelector(selector);
  const isShown = (element) => element.offsetParent !== null || element.getClientRects().length > 0;
  const isUsable = (element) =>
    isShown(element) && !element.disabled && getComputedStyle(element).visibility !== "hidden";
  const focusable = "a[href],button:not([disabled]),input:not([disabled],[type=hidden]),select,textarea,summary,[tabindex='0']";

  // Single-letter keys (WCAG 2.1.4: only outside fields, and with a switch).
  const SWITCH = "canais-teclas";
  const areKeysOn = () => localStorage.getItem(SWITCH) !== "nao";
  const isTyping = (element) => element.closest("input:not([type=checkbox],[type=radio],[type=button]),textarea,select,[contenteditable=true]");

  const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")].filter(isShown);
  const rowOf = (element) => element?.closest?.("[data-row]");
  const focusRow = (row) => {
    if (!row) return;
    const target = row.matches(focusable) ? row : find("[data-row-link]", row) ?? find(focusable, row);
    target?.focus();
    row.scrollIntoView({ block: "nearest" });
    // In a list whose rows open beside it, going to a row opens it.
    if (row.closest("[data-rows]").dataset.rows === "open") target?.click();
  };
  const moveRow = (step) => {
    const all = rows();
    if (!all.length) return;
    const current = rowOf(document.activeElement) ?? find("[data-rows] [data-row][aria-current=true]");
    const at = all.indexOf(current);
    focusRow(at < 0 ? all[step > 0 ? 0 : all.length - 1] : all[at + step]);
  };
  let anchor = null;
  const chooseRow = (isRange) => {
    const row = rowOf(document.activeElement);
    const box = row && find("input[type=checkbox]", row);
    if (!box) return;
    const all = rows();
    if (isRange && anchor && all.includes(anchor)) {
      const [from, to] = [all.indexOf(anchor), all.indexOf(row)].sort((a, b) => a - b);
      for (const each of all.slice(from, to + 1)) {
        const other = find("input[type=checkbox]", each);
        if (other && !other.checked) other.click();
      }
    } else {
      box.click();
    }
    anchor = row;
  };
  const showSwitch = () => {
    for (const box of document.querySelectorAll("[data-key-switch]")) box.checked = areKeysOn();
  };
  const press = (element) => {
    if (element.matches("input,textarea,select")) element.focus();
    else element.click();
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const dialog = find("dialog[open]");
    if (event.key !== "Escape" && (!areKeysOn() || isTyping(event.target) || dialog)) return;
    if (event.key === "Escape" && dialog) return;
    const key = event.key.toLowerCase();
    const bound = [...document.querySelectorAll("[data-key]")]
      .find((element) => element.dataset.key.toLowerCase() === key && isUsable(element));
    if (bound) press(bound);
    else if (key === "j" || key === "k") moveRow(key === "j" ? 1 : -1);
    else if (key === "x") chooseRow(event.shiftKey);
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-dialog]");
    if (opener) {
      showSwitch(); // at once: on a live page the quiet after a change may not come
      document.getElementById(opener.dataset.dialog)?.showModal();
    }
    // Signing in again leads back to this page.
    const link = event.target.closest?.("a[data-return]");
    if (link) link.search = "?voltar=" + encodeURIComponent(location.pathname + location.search);
  }, true);
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-key-switch]")) localStorage.setItem(SWITCH, event.target.checked ? "sim" : "nao");
  });

  // An action may remove what has the focus: the next row gets it, else what stood around it.
  let last = null;
  document.addEventListener("focusin", (event) => {
    const around = [];
    for (let up = event.target.parentElement; up && up !== document.body; up = up.parentElement) around.push(up);
    const row = event.target.closest("[data-row],li,tr");
    last = { element: event.target, around, next: row?.nextElementSibling, before: row?.previousElementSibling };
  });
  const rescueFocus = () => {
    if (!last || document.activeElement !== document.body) return;
    const isGone = !last.element.isConnected || !isUsable(last.element);
    if (!isGone) return;
    const { next, before, around } = last;
    last = null;
    for (const row of [next, before]) {
      const target = row?.isConnected && isShown(row) && (row.matches(focusable) ? row : find(focusable, row));
      if (target) return target.focus();
    }
    const place = around.find((element) => element.isConnected && isShown(element));
    if (!place || place.id === "conteudo" || place.contains(find("#conteudo"))) return find("#titulo")?.focus();
    const target = find("[role=status]:not(:empty)", place) ?? find(focusable, place) ?? place;
    if (!target.matches(focusable)) target.tabIndex = -1;
    target.focus({ preventScroll: true });
  };
  let rescue = 0;
  const afterChange = () => {
    clearTimeout(rescue);
    rescue = setTimeout(() => {
      rescueFocus();
      showSwitch();
      document.querySelectorAll("textarea[data-draft]").forEach(openDraft);
    }, 120);
  };

  // Drafts: saved every five seconds while somebody types, and restored into an empty field.
  const DRAFTS = "/sessao/rascunho";
  const opened = new WeakMap(); // field -> {key, saved, timer}
  const early = new WeakSet(); // fields typed in before their draft was opened
  const unsentKey = (key) => `canais-rascunho:${document.querySelector("[data-person]")?.dataset.person ?? ""}:${key}`;
  let skew = 0; // the server's clock minus ours, in milliseconds
  const send = async (body) => {
    const answer = await fetch(DRAFTS, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(answer.status);
    const found = await answer.json();
    skew = Date.parse(found.now) - Date.now();
    return found;
  };
  const say = (field, words) => {
    const place = document.getElementById(field.id + "-rascunho");
    if (place) place.textContent = words;
  };
  const setValue = (field, text) => {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(field, text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const save = async (field) => {
    const draft = opened.get(field);
    draft.timer = 0;
    const text = field.value;
    if (!field.isConnected || text === draft.saved) return;
    try {
      const found = await send({ key: draft.key, text, typed_at: new Date(Date.now() + skew).toISOString() });
      draft.saved = text;
      if (field.value === text) sessionStorage.removeItem(unsentKey(draft.key));
      say(field, text ? `Rascunho guardado às ${found.at}.` : "");
    } catch {
      say(field, "Rascunho guardado só neste computador, por enquanto.");
    }
  };
  const keep = (field, draft) => {
    sessionStorage.setItem(unsentKey(draft.key), JSON.stringify({ text: field.value, at: Date.now() + skew }));
    draft.timer ||= setTimeout(save, 5000, field);
  };
  async function openDraft(field) {
    const key = field.dataset.draft;
    if (!key || opened.get(field)?.key === key) return;
    const isUnsaved = early.delete(field);
    const draft = { key, saved: isUnsaved ? null : field.value, timer: 0 };
    opened.set(field, draft);
    if (isUnsaved) keep(field, draft);
    const unsent = JSON.parse(sessionStorage.getItem(unsentKey(key)) ?? "null");
    try {
      const found = await send({ key });
      if (opened.get(field) !== draft || field.value) return;
      const isNewer = unsent && unsent.at > Date.parse(found.saved_at ?? 0);
      if (unsent && !isNewer) sessionStorage.removeItem(unsentKey(key));
      const text = isNewer ? unsent.text : found.text;
      draft.saved = found.text;
      if (!text) return;
      setValue(field, text);
      say(field, isNewer ? "Recuperamos o que você tinha digitado." : `Rascunho de ${found.at}.`);
    } catch {
      if (unsent && !field.value) setValue(field, unsent.text);
    }
  }
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches?.("textarea[data-draft]") || !event.isTrusted) return;
    const draft = opened.get(field);
    if (draft) keep(field, draft);
    else early.add(field);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.action?.endsWith("/sessao/sair")) return;
    for (const name of Object.keys(sessionStorage)) if (name.startsWith("canais-rascunho:")) sessionStorage.removeItem(name);
  }, true);

  // Ask shortly before the session ends, and when it has ended; asking does not prolong it.
  let stamp = "", since = 0, asked = 0;
  setInterval(() => {
    const clock = find("[data-session-stamp]");
    if (!clock?.dataset.sessionStamp) return;
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
  }, 5000);

  // The line of now in the gabinete's week (20 minutes are 1.9 rem); it never scrolls the page.
  const placeNow = () => {
    const week = find("[data-week-starts]");
    const minutes = (Date.now() + skew - Date.parse(week?.dataset.weekStarts)) / 60000;
    week?.style.setProperty("--wk-now", minutes >= 0 && minutes < 1440 ? `${minutes * 0.095}rem` : "-99rem");
  };
  setInterval(placeNow, 10000);
  setTimeout(placeNow, 500);

  new MutationObserver(afterChange).observe(document.documentElement, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["disabled", "hidden", "data-draft"],
  });
  afterChange();
})();
