// Keys and buttons: nothing here that a link or the browser does not do as well.
import { visit } from "./live.js";

const said = (text) => {
  document.getElementById("said").textContent = text;
  setTimeout(() => (document.getElementById("said").textContent = ""), 2500);
};

function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Without storage it holds until the page is left.
  }
}

function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    said(`${what} copied`);
  } catch {
    said("the browser does not allow copying here");
  }
}

const themes = ["", "light", "dark"];

function changeTheme() {
  const root = document.documentElement;
  const next = themes[(themes.indexOf(root.dataset.theme ?? "") + 1) % themes.length];
  if (next) root.dataset.theme = next;
  else delete root.dataset.theme;
  remember("driftd-theme", next);
  said(`theme: ${next || "as the system has it"}`);
}

const help = () => document.getElementById("keys");

export function offerButtons() {
  for (const button of document.querySelectorAll("header button, button[data-copy], input#window, .filter label")) button.hidden = false;
}

// Hides what does not have the text in its name; the whole list is asked for first where it is not there.
export function filterList() {
  const field = document.getElementById("filter");
  if (!field) return;
  const wanted = field.value.trim().toLowerCase();
  for (const item of document.querySelectorAll("[data-filter] > li")) {
    item.hidden = wanted !== "" && !item.querySelector(".name").textContent.toLowerCase().includes(wanted);
  }
}

function filterTyped() {
  const more = document.getElementById("more");
  if (more) visit(more.href, "replace");
  filterList();
}

const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => !row.closest("[hidden]"));

function step(by) {
  const all = rows();
  const at = all.indexOf(document.activeElement);
  all[Math.max(0, Math.min(at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by, all.length - 1))]?.focus();
}

function follow(rel) {
  const link = document.querySelector(`a[rel="${rel}"]`);
  if (!link) return;
  if ("soft" in link.dataset) visit(link.href);
  else location.href = link.href;
}

function back() {
  if (help().open) return help().close();
  const up = document.querySelector(".trail a[rel=up]") ?? document.querySelector(".trail a");
  if (up) location.href = up.href;
}

const keys = {
  "?": () => (help().open ? help().close() : help().showModal()),
  "/": () => document.getElementById("filter")?.focus(),
  j: () => step(1),
  k: () => step(-1),
  "[": () => follow("prev"),
  "]": () => follow("next"),
  t: changeTheme,
  c: () => copy(location.href, "link"),
  "g m": () => (location.href = "/"),
  "g a": () => (location.href = "/ui/alerts"),
};

const writes = (element) => element?.matches?.("input:not([type=checkbox]):not([type=range]), textarea, select, [contenteditable]");

let before = "";

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    if (writes(event.target)) return event.target.blur();
    return back();
  }
  if (writes(event.target) || recall("driftd-keys") === "off") return;
  const key = before === "g" ? `g ${event.key}` : event.key;
  before = event.key === "g" ? "g" : "";
  if (!keys[key]) return;
  event.preventDefault();
  keys[key]();
}

export function listenToKeys() {
  document.addEventListener("keydown", press);
  document.addEventListener("input", (event) => event.target.id === "filter" && filterTyped());
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.id === "theme") changeTheme();
    if (button.id === "help") help().showModal();
    if (button.id === "keys-close") help().close();
    if (button.dataset.copy) copy(document.getElementById(button.dataset.copy).textContent, "text");
  });
  const on = document.getElementById("keys-on");
  on.checked = recall("driftd-keys") !== "off";
  on.addEventListener("change", () => remember("driftd-keys", on.checked ? "on" : "off"));
}
