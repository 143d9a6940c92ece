// The public status page: how old its data are, and arrow keys on the tile map.
(function () {
  "use strict";
  var STALE_SECONDS = 120;
  function inWords(seconds) {
    if (seconds < 10) return "agora mesmo";
    if (seconds < 60) return "há " + Math.round(seconds / 10) * 10 + " s";
    var minutes = Math.round(seconds / 60);
    return "há " + minutes + (minutes === 1 ? " minuto" : " minutos");
  }
  function write(place, words) {
    if (place.textContent !== words) place.textContent = words; // the observer hears of changes
  }
  function tell() {
    document.querySelectorAll("[data-age-of]").forEach(function (place) {
      var at = Date.parse(place.dataset.ageOf);
      write(place, at ? "(" + inWords((Date.now() - at) / 1000) + ")" : "");
    });
    document.querySelectorAll("[data-stale-of]").forEach(function (notice) {
      var at = Date.parse(notice.dataset.staleOf);
      var seconds = (Date.now() - at) / 1000;
      if (notice.hidden === seconds > STALE_SECONDS) notice.hidden = !notice.hidden;
      var words = notice.querySelector("[data-stale-words]");
      var time = new Date(at).toLocaleTimeString("pt-BR", {
        hour: "2-digit", minute: "2-digit", timeZone: "America/Cuiaba",
      }).replace(":", "h");
      if (!notice.hidden) write(words, "Dados de " + time + ", " + inWords(seconds) + ".");
    });
  }
  function place(tile) {
    var box = tile.getBoundingClientRect();
    return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
  }
  var STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  document.addEventListener("keydown", function (event) {
    var from = event.target.closest && event.target.closest(".tiles.links .tile");
    var step = STEPS[event.key];
    if (!from || !step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    var here = place(from), best = null, least = Infinity;
    from.parentElement.querySelectorAll(".tile").forEach(function (tile) {
      var there = place(tile);
      var along = (there.x - here.x) * step[0] + (there.y - here.y) * step[1];
      var across = Math.abs((there.x - here.x) * step[1]) + Math.abs((there.y - here.y) * step[0]);
      if (along > 1 && along + 3 * across < least) { least = along + 3 * across; best = tile; }
    });
    if (best) { from.tabIndex = -1; best.tabIndex = 0; best.focus(); }
  });
  tell();
  setInterval(tell, 10000);
  new MutationObserver(tell).observe(document.documentElement, {
    subtree: true, childList: true, attributeFilter: ["data-age-of", "data-stale-of"],
  });
})();
