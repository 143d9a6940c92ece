// Reads a series by pointer and by keys: values at the crosshair, a click or Enter opens the
// complaints, a drag chooses the period. The points stand in the page as a hidden list.
(() => {
  const chartOf = (event) => event.target.closest?.("[data-chart]");
  const pointsOf = (chart) => [...chart.parentElement.querySelectorAll(".an-points li")];
  let chosen = 0, from = null;
  const show = (chart, n) => {
    const points = pointsOf(chart);
    if (!points.length) return;
    chosen = Math.max(0, Math.min(points.length - 1, n));
    chart.style.setProperty("--at", `${(100 * chosen) / Math.max(points.length - 1, 1)}%`);
    chart.classList.add("on");
    chart.classList.toggle("right", chosen > points.length / 2);
    chart.querySelector("output").textContent = points[chosen].textContent;
  };
  const place = (chart, event) => {
    const box = chart.getBoundingClientRect();
    const last = pointsOf(chart).length - 1;
    return Math.round(((event.clientX - box.left) / box.width) * last);
  };
  const open = (chart) => {
    const point = pointsOf(chart)[chosen];
    if (point?.dataset.href) location.assign(point.dataset.href);
  };
  const choose = (chart, one, other) => {
    const points = pointsOf(chart);
    const first = points[Math.max(0, Math.min(one, other))];
    const last = points[Math.min(points.length - 1, Math.max(one, other))];
    if (!first.dataset.first) return;
    const query = new URLSearchParams(location.search);
    query.delete("p");
    query.set("de", first.dataset.first);
    query.set("ate", last.dataset.last);
    location.search = query;
  };
  document.addEventListener("pointermove", (event) => {
    const chart = chartOf(event);
    if (!chart) return;
    show(chart, place(chart, event));
    if (from !== null) {
      const points = Math.max(pointsOf(chart).length - 1, 1);
      chart.style.setProperty("--from", `${(100 * Math.min(from, chosen)) / points}%`);
      chart.style.setProperty("--width", `${(100 * Math.abs(from - chosen)) / points}%`);
      chart.classList.add("drag");
    }
  });
  document.addEventListener("pointerdown", (event) => {
    const chart = chartOf(event);
    if (chart && event.button === 0) from = place(chart, event);
  });
  const endDrag = () => {
    from = null;
    document.querySelectorAll("[data-chart].drag").forEach((one) => one.classList.remove("drag"));
  };
  document.addEventListener("pointercancel", endDrag); // a finger began to scroll
  document.addEventListener("pointerup", (event) => {
    const chart = chartOf(event), start = from;
    endDrag();
    if (!chart || start === null) return;
    const end = place(chart, event);
    if (Math.abs(end - start) >= 1) choose(chart, start, end);
    else if (event.pointerType !== "touch") open(chart);
  });
  document.addEventListener("keydown", (event) => {
    const chart = chartOf(event);
    if (!chart) return;
    const last = pointsOf(chart).length - 1;
    const moves = { ArrowLeft: chosen - 1, ArrowRight: chosen + 1, Home: 0, End: last };
    if (event.key in moves) {
      event.preventDefault();
      show(chart, moves[event.key]);
    } else if (event.key === "Enter" && chart.classList.contains("on")) open(chart);
  });
  document.addEventListener("focusin", (event) => {
    const chart = chartOf(event);
    if (chart && !chart.classList.contains("on")) show(chart, pointsOf(chart).length - 1);
  });
})();
