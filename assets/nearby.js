// Finds the comarcas nearest to the device, in the page: its position is sent nowhere.
(function () {
  "use strict";
  var EARTH_KM = 6371.0088, SHOWN = 3, PATIENCE = 15000;
  function rad(degrees) { return (degrees * Math.PI) / 180; }
  function distance(a, b) {
    var h = Math.pow(Math.sin(rad(b[0] - a[0]) / 2), 2) +
      Math.cos(rad(a[0])) * Math.cos(rad(b[0])) * Math.pow(Math.sin(rad(b[1] - a[1]) / 2), 2);
    return 2 * EARTH_KM * Math.asin(Math.sqrt(h));
  }
  function answer() { return document.getElementById("perto-resposta"); }
  function say(words) { answer().textContent = words; }
  function show(position) {
    var here = [position.coords.latitude, position.coords.longitude];
    var found = [].map.call(document.querySelectorAll("[data-sede]"), function (entry) {
      var link = entry.querySelector("a");
      var seat = entry.dataset.sede.split(",").map(Number);
      return { name: link.textContent, href: link.href, km: distance(here, seat) };
    });
    found.sort(function (a, b) { return a.km - b.km; });
    var list = document.createElement("ul");
    list.className = "tight";
    found.slice(0, SHOWN).forEach(function (comarca) {
      var item = document.createElement("li"), link = document.createElement("a");
      link.href = comarca.href;
      link.textContent = comarca.name;
      item.append(link, ", a " + Math.round(comarca.km).toLocaleString("pt-BR") + " km em linha reta");
      list.append(item);
    });
    answer().replaceChildren(list);
  }
  function fail(problem) {
    say(problem.code === 1
      ? "O aparelho não deixou ver o local. Procure o seu município na lista abaixo."
      : "Não foi possível saber o local agora. Procure o seu município na lista abaixo.");
  }
  document.addEventListener("click", function (event) {
    if (!event.target.closest || !event.target.closest("#perto")) return;
    if (!navigator.geolocation) { fail({}); return; }
    say("Procurando…");
    navigator.geolocation.getCurrentPosition(show, fail, { timeout: PATIENCE, maximumAge: 600000 });
  });
})();
