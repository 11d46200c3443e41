// Keeps the page fresh without moving it: fetches it again and swaps the content, and keeps what is focused and what is open.
const period = 5000;

const keyOf = (element) => element && (element.id || element.getAttribute("href"));
const byKey = (key) => key && (document.getElementById(key) || document.querySelector(`[href="${CSS.escape(key)}"]`));

function swap(fresh) {
  const focused = keyOf(document.activeElement);
  const open = [...document.querySelectorAll("details[open]")].map((details) => details.id);
  for (const part of ["header", "main", "footer"]) {
    document.querySelector(part).replaceWith(fresh.querySelector(part));
  }
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  byKey(focused)?.focus({ preventScroll: true });
  document.title = fresh.title;
}

async function refresh() {
  if (document.hidden || String(getSelection())) return;
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(period) });
    swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    document.getElementById("lost").hidden = false;
  }
}

setInterval(refresh, period);
