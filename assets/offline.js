// The page for when there is no connection: what this device kept of the directory, with its age.
const MOST = 60;
const OLD = 7 * 24 * 60 * 60 * 1000;
const at = (id) => document.getElementById(id);
const fold = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[ªº]/g, (c) => (c === "ª" ? "a" : "o"));

function make(tag, words, more = {}) {
  const made = Object.assign(document.createElement(tag), more);
  made.textContent = words;
  return made;
}

function ago(milliseconds) {
  const minutes = Math.round(milliseconds / 60000);
  const [count, one, many] = minutes < 60 ? [minutes, "minuto", "minutos"]
    : minutes < 2880 ? [Math.round(minutes / 60), "hora", "horas"]
    : [Math.round(minutes / 1440), "dia", "dias"];
  return count < 1 ? "agora há pouco" : `há ${count} ${count === 1 ? one : many}`;
}

function unit([, name, kind, hours, ways]) {
  const box = make("article", "", { className: "unit" });
  box.append(make("h3", name), make("p", `${kind} · ${hours || "segunda a sexta, das 12h às 19h"}`, { className: "muted" }));
  const list = make("ul", "");
  for (const [way, words, href] of ways) {
    const item = make("li", `${way}: `);
    item.append(make("a", words, { href }));
    list.append(item);
  }
  box.append(list);
  return box;
}

function show(places, words) {
  const parts = fold(words).split(/\s+/).filter(Boolean);
  const found = [];
  for (const [place, units] of places) {
    const mine = units.filter((u) => parts.every((p) => fold(`${place} ${u[1]} ${u[2]}`).includes(p)));
    if (mine.length) found.push([place, mine]);
  }
  const total = found.reduce((sum, [, units]) => sum + units.length, 0);
  at("list").replaceChildren();
  let left = parts.length ? MOST : 0;
  for (const [place, units] of found) {
    if (left <= 0) break;
    at("list").append(make("h2", place), ...units.slice(0, left).map(unit));
    left -= units.length;
  }
  at("count").textContent = !parts.length ? `${total} unidades guardadas. Escreva a comarca ou a unidade.`
    : total === 0 ? "Nenhuma unidade guardada com essas palavras."
    : total > MOST ? `${total} unidades; estas são as primeiras ${MOST}.`
    : total === 1 ? "1 unidade." : `${total} unidades.`;
}

async function start() {
  at("again").href = location.pathname + location.search;
  const kept = await fetch("/diretorio.json").catch(() => null);
  if (!kept?.ok) {
    at("age").textContent = "Este aparelho ainda não guardou contatos. Eles ficam guardados depois da primeira visita com conexão.";
    return;
  }
  const age = Date.now() - Number(kept.headers.get("x-kept-at") ?? Date.now());
  const when = new Date(Date.now() - age).toLocaleString("pt-BR", { dateStyle: "short", timeStyle: "short" });
  at("age").textContent = `Guardados em ${when} (${ago(age)}). Podem ter mudado.`;
  at("age").classList.toggle("old", age > OLD);
  const { demo, places } = await kept.json();
  at("demo").hidden = !demo;
  at("form").hidden = false;
  at("form").addEventListener("submit", (event) => event.preventDefault());
  at("q").addEventListener("input", () => show(places, at("q").value));
  const slug = location.pathname.match(/^\/unidade\/([^/]+)$/)?.[1];
  const here = slug && places.flatMap(([, units]) => units).find((u) => u[0] === slug);
  at("q").value = here ? here[1] : new URLSearchParams(location.search).get("q") ?? "";
  show(places, at("q").value);
}

start();
