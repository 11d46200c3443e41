// Lets each cell of a chart be read: by pointing at it, or with the arrow keys while the chart has the focus.
function read(chart, index) {
  const cells = [...chart.querySelectorAll(".hit")];
  const at = Math.max(0, Math.min(index, cells.length - 1));
  chart.dataset.at = at;
  for (const [i, cell] of cells.entries()) cell.classList.toggle("read-now", i === at);
  chart.querySelector(".read").textContent = cells[at]?.dataset.read ?? "";
}

function forget(chart) {
  delete chart.dataset.at;
  for (const cell of chart.querySelectorAll(".read-now")) cell.classList.remove("read-now");
  chart.querySelector(".read").textContent = "";
}

function listen(chart) {
  chart.addEventListener("keydown", (event) => {
    const now = Number(chart.dataset.at ?? -1);
    const last = chart.querySelectorAll(".hit").length - 1;
    const to = { ArrowRight: now + 1, ArrowLeft: Math.max(0, now - 1), Home: 0, End: last }[event.key];
    if (event.key === "Enter") chart.querySelectorAll(".hit")[now]?.closest("a")?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    if (to === undefined) return;
    event.preventDefault();
    read(chart, to);
  });
  chart.addEventListener("pointermove", (event) => {
    const hit = event.target.closest?.(".hit");
    if (hit) read(chart, [...chart.querySelectorAll(".hit")].indexOf(hit));
  });
  chart.addEventListener("pointerleave", () => forget(chart));
  chart.addEventListener("blur", () => forget(chart));
}

const known = new WeakSet();

export function readCharts() {
  for (const chart of document.querySelectorAll("[data-chart]")) {
    if (!known.has(chart)) listen(chart);
    known.add(chart);
    if (chart.dataset.at) read(chart, Number(chart.dataset.at)); // its numbers may be new
  }
}
