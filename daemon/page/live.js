// Keeps the page fresh without reloading it: new content is laid over the old, only what differs is touched.
const pollEvery = 5000;
const afterEvent = 200; // several windows close at once
const onceMore = 1500; // what the daemon shows may be a moment behind what it tells

const lost = () => document.getElementById("lost");
const keyOf = (node) => node.id || node.getAttribute?.("data-key") || "";

// Attributes that script or the reader owns.
const own = new Set(["open", "hidden", "data-at"]);

function layAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !own.has(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) {
    if (!own.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

function layChildren(old, fresh) {
  let at = old.firstChild;
  for (const want of [...fresh.childNodes]) {
    const key = keyOf(want);
    if (key && at && keyOf(at) !== key) {
      const known = [...old.children].find((child) => keyOf(child) === key);
      if (known) old.insertBefore(known, at), (at = known);
    }
    if (!at) {
      old.append(want);
    } else {
      const next = at.nextSibling;
      lay(at, want);
      at = next;
    }
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

export function lay(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) return old.replaceWith(fresh);
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if (old.hasAttribute("data-own")) return;
  layAttributes(old, fresh);
  if (old.localName === "input") {
    if (old.type === "range" && old !== document.activeElement) old.value = fresh.getAttribute("value");
    return;
  }
  layChildren(old, fresh);
}

let done = () => {};
let asked = 0;

async function show(address) {
  const mine = ++asked;
  const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(10000) });
  const text = await answer.text();
  if (mine !== asked) return; // a newer one is on its way
  if (!answer.ok || !(answer.headers.get("content-type") ?? "").startsWith("text/html")) throw new Error(text);
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const part of ["header", "main", "footer"]) lay(document.querySelector(`body > ${part}`), fresh.querySelector(`body > ${part}`));
  document.title = fresh.title;
  done();
}

// Another view of this page, without leaving it.
export async function visit(address, keep = "push") {
  try {
    await show(address);
    if (keep === "push") history.pushState(null, "", address);
    if (keep === "replace") history.replaceState(null, "", address);
  } catch {
    location.href = address;
  }
}

export function followLinks(enhance) {
  done = enhance;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-soft]");
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    visit(typeof link.href === "string" ? link.href : link.getAttribute("href"));
  });
  addEventListener("popstate", () => visit(location.href, "no"));
  document.addEventListener("input", (event) => {
    if (event.target.id !== "window") return;
    visit(event.target.dataset.addresses.split(" ")[event.target.value], "replace");
  });
}

async function refresh() {
  if (document.hidden || document.documentElement.dataset.live !== "on" || String(getSelection())) return;
  try {
    await show(location.href);
    lost().hidden = true;
  } catch {
    lost().hidden = false;
  }
}

// The daemon tells when a window has closed or an alert has changed; what changes without either, age and lag, is asked for.
export function stayLive() {
  if (document.documentElement.dataset.live !== "on") return;
  let waiting = 0;
  let again = 0;
  const soon = () => {
    waiting ||= setTimeout(() => {
      waiting = 0;
      refresh();
    }, afterEvent);
    clearTimeout(again);
    again = setTimeout(refresh, onceMore);
  };
  const events = new EventSource("/api/v1/events");
  for (const type of ["window", "alert", "reset"]) events.addEventListener(type, soon);
  setInterval(refresh, pollEvery);
  document.addEventListener("visibilitychange", soon);
}
