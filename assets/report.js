// Comforts of the report pages; every form works without this file.
const form = document.getElementById("relato");
const byId = (id) => document.getElementById(id);

if (form) {
  const summary = byId("resumo");
  const first = summary.textContent.split(" · ").pop();
  const chosen = (name) => form.querySelector(`[name=${name}]:checked`);
  const channelOf = (choice) => choice && choice.value.split(":")[0];

  const show = () => {
    const channel = chosen("channel");
    const what = chosen("what");
    const when = form.elements.occurred_at.value ? "em outro momento" : first;
    const parts = [channel && channel.dataset.name, what && what.dataset.name.toLowerCase(), when];
    summary.textContent = parts.filter(Boolean).join(" · ");
    byId("enviar").textContent = form.elements.email.value ? "Enviar relato" : "Enviar relato anônimo";
  };
  form.addEventListener("change", (event) => {
    const what = chosen("what");
    if (event.target.name === "channel" && what && channelOf(what) !== event.target.value) {
      what.checked = false; // it would be sent, hidden
    }
    if (chosen("what")) byId("falta").hidden = byId("falta-resumo").hidden = true;
    show();
  });
  show();

  form.addEventListener("submit", (event) => {
    if (!chosen("what")) {
      event.preventDefault();
      const channel = chosen("channel");
      const link = byId("falta-resumo").querySelector("a");
      link.textContent = channel ? `O que houve: ${channel.dataset.name}?` : "Qual canal falhou?";
      link.hash = channel || !form.elements.channel ? "kind" : "channel";
      byId("falta").hidden = !channel;
      byId("falta-resumo").hidden = false;
      byId("falta-resumo").scrollIntoView({ block: "start" });
      byId("falta-resumo").focus({ preventScroll: true });
    } else if (!navigator.onLine) {
      event.preventDefault();
      summary.textContent = "Sem conexão: não enviado. O formulário fica nesta página; toque de novo quando voltar.";
    }
  });
}

// Warns of personal data while it is typed; the server looks, with its libraries.
const text = byId("text");
const found = byId("text-achado");
if (text && found) {
  let timer;
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      if (!/[\d@]/.test(text.value)) {
        found.textContent = "";
        return;
      }
      try {
        const body = new URLSearchParams({ text: text.value });
        const answer = await fetch("/relatar/conferir", { method: "POST", body });
        const kinds = answer.ok ? (await answer.json()).found : [];
        found.textContent = kinds.length
          ? `Parece haver ${kinds.join(" e ")} no texto: tire, se puder. Dá para enviar assim.`
          : "";
      } catch {
        found.textContent = "";
      }
    }, 600);
  });
}

// Shares or copies protocol and code.
for (const button of document.querySelectorAll("[data-compartilhar]")) {
  button.parentElement.hidden = false;
  button.addEventListener("click", async () => {
    const words = button.dataset.compartilhar;
    try {
      if (navigator.share) {
        await navigator.share({ text: words });
      } else {
        await navigator.clipboard.writeText(words);
        byId("guardado").textContent = "Protocolo e código copiados.";
      }
    } catch (wrong) {
      if (wrong.name !== "AbortError") byId("guardado").textContent = "Não foi possível copiar: anote os dois.";
    }
  });
}

// After a link inside the app the browser takes both pages for one: "back" changes the address only.
const address = location.pathname;
addEventListener("popstate", () => {
  if (location.pathname !== address) location.reload();
});

const focused = document.querySelector("[autofocus]");
if (focused) focused.focus();
