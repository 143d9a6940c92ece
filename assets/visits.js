// Counts uses of channels' buttons, without identity: reports are judged per visit.
addEventListener(
  "click",
  (event) => {
    const button = event.target.closest && event.target.closest("[data-visita]");
    if (!button) return;
    const [unit, channel] = button.dataset.visita.split("|");
    const body = new Blob([JSON.stringify({ unit, channel })], { type: "application/json" });
    navigator.sendBeacon("/api/v1/visits", body);
  },
  { capture: true },
);
