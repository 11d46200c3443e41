// What a reader does with the page, in Chromium. `browse.mjs SITE [NAME...]`: SITE is JSON of run's main(); a line for each check.
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { createInterface } from "node:readline";

const require = createRequire(`${process.env.PAGE_MODULES}/`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const site = JSON.parse(process.argv[2]);
const wanted = process.argv.slice(3);
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const browser = await chromium.launch({ executablePath: site.browser, args: ["--no-sandbox", "--force-prefers-reduced-motion"] });

// ---- A page that notes what must not happen: errors on the console, requests to other hosts, answers that failed.
async function open(path, options = {}) {
  const base = options.base ?? site.url;
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", ...options.context });
  if (options.context?.javaScriptEnabled !== false) await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: base });
  if (options.before) await context.addInitScript(options.before);
  const page = await context.newPage();
  page.wrong = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && page.wrong.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => page.wrong.push(`script: ${error.message}`));
  page.on("request", (request) => !request.url().startsWith(base) && !request.url().startsWith("data:") && page.wrong.push(`asks ${request.url()}`));
  page.on("response", (response) => response.status() >= 400 && !options.mayFail && page.wrong.push(`${response.status()} of ${response.url()}`));
  await page.goto(base + path);
  if (options.context?.javaScriptEnabled !== false) await page.waitForSelector("html[data-ready]");
  return page;
}

async function close(page) {
  await page.context().close();
  if (page.wrong.length) throw new Error(page.wrong.join("; "));
}

function expect(what, got, want) {
  if (got !== want) throw new Error(`${what}: ${JSON.stringify(got)}, not ${JSON.stringify(want)}`);
}

function holds(what, condition) {
  if (!condition) throw new Error(`not so: ${what}`);
}

async function api(path, base = site.url) {
  return (await (await fetch(base + path)).json()).data;
}

async function ask(name) {
  console.log(`ASK ${name}`);
  await answers.next();
}

const alertOf = async (feature, segment) =>
  (await api("/api/v1/alerts?monitor=payments&limit=1000")).find((alert) => alert.feature === feature && (!segment || alert.segment === segment));

async function everyPath() {
  const alert = await alertOf("amount", "all");
  return {
    monitors: "/",
    monitor: "/ui/monitors/payments",
    feature: "/ui/monitors/payments/features/amount",
    category: "/ui/monitors/payments/features/channel",
    segment: "/ui/monitors/payments/features/amount?segment=country%3DDE&scale=log",
    collecting: "/ui/monitors/refunds",
    alert: `/ui/alerts/${alert.alert_id}`,
    alerts: "/ui/alerts",
    reference: "/ui/monitors/payments/reference",
    status: "/ui/status",
  };
}

const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

// ---- The checks; each is on its own, and its name is what it shows
const checks = {
  async axe_finds_nothing_serious() {
    let pages = 0;
    for (const colorScheme of ["light", "dark"]) {
      for (const [name, path] of Object.entries(await everyPath())) {
        const page = await open(path, { context: { colorScheme } });
        await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
        const found = await page.evaluate(`${axe}; axe.run(document, { resultTypes: ["violations"] })`);
        const serious = found.violations.filter((violation) => ["serious", "critical"].includes(violation.impact));
        for (const { id, nodes } of serious) page.wrong.push(`${name}, ${colorScheme}: ${id} at ${nodes[0].target}: ${nodes[0].failureSummary}`);
        await close(page);
        ++pages;
      }
    }
    return `${pages} pages, 0 serious or critical`;
  },

  async first_load_is_small() {
    const sizes = [];
    for (const [name, path] of Object.entries(await everyPath())) {
      const page = await open("/ui/status");
      const bodies = [];
      page.on("response", (response) => bodies.push(response.body()));
      await page.goto(site.url + path + (path.includes("?") ? "&" : "?") + "live=off");
      await page.waitForSelector("html[data-ready]");
      const html = gzipSync((await Promise.all(bodies))[0]).length;
      const files = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => entry.name).filter((url) => !url.startsWith("data:")));
      let all = html;
      for (const url of new Set(files)) all += gzipSync(new Uint8Array(await (await fetch(url)).arrayBuffer())).length;
      sizes.push([name, all]);
      await close(page);
    }
    const [name, largest] = sizes.reduce((a, b) => (b[1] > a[1] ? b : a));
    holds(`${name} is ${largest} bytes`, largest <= 60_000);
    return `at most ${(largest / 1000).toFixed(1)} kB gzipped with style and script (${name})`;
  },

  async contributions_sum_to_the_score() {
    const shown = [];
    for (const feature of ["amount", "channel"]) {
      const page = await open(`/ui/monitors/payments/features/${feature}`);
      const adds = await page.$$eval(".adds .hit", (hits) => hits.map((hit) => Number(/adds ([-\d.e]+) to PSI/.exec(hit.dataset.read)[1])));
      const [api_feature] = (await api(`/api/v1/monitors/payments/features?segment=all&limit=1000`)).filter(({ name }) => name === feature);
      const psi = api_feature.methods.find(({ method }) => method === "psi").statistic;
      const sum = Number(await page.$eval("#score", (score) => score.dataset.sum));
      holds(`${feature}: sum ${sum} is PSI ${psi}`, Math.abs(sum - psi) <= 1e-9 * Math.max(1, psi));
      holds(`${feature}: the bars sum to it`, Math.abs(adds.reduce((a, b) => a + b, 0) - psi) <= 5e-5 * adds.length);
      shown.push(`${feature} ${psi.toFixed(3)}`);
      await close(page);
    }
    return shown.join(", ");
  },

  async mix_and_change_within_sum_to_it() {
    const page = await open("/ui/monitors/payments/features/amount");
    const words = await page.textContent("#segments > p:nth-of-type(2)");
    const [mix, within, together] = words.match(/-?\d+\.\d{3}/g).map(Number);
    holds(words, Math.abs(mix + within - together) < 0.0015 && Math.abs(mix) < 0.05 && within > 10 * Math.abs(mix));
    await close(page);
    return words.trim();
  },

  async the_alert_says_why() {
    const { alert_id, summary } = await alertOf("amount", "all");
    const page = await open(`/ui/alerts/${alert_id}`);
    expect("the sentence", await page.textContent("main > .lead"), summary);
    const names = await page.$$eval(".checks b", (checks) => checks.map((check) => check.textContent));
    expect("checks", names.join(), "rows,completeness,quality,segment,model version,volume,labels,effect,significance");
    holds("the segment is named", /over the line now: \d of 5 segments/.test(await page.textContent(".checks")));
    await page.click("[data-copy=kcat-0]");
    holds("kcat is copied", /^kcat -C .* -t payments -p 0 -o \d+ -c \d+ -e$/.test(await page.evaluate(() => navigator.clipboard.readText())));
    expect("tap", await page.textContent("#tap").then((text) => text.split(" --")[0]), "driftd tap payments");
    await page.click("#event summary");
    const event = JSON.parse(await page.textContent("#event-text"));
    expect("the event", event.data.alert_id, alert_id);
    holds("the limit", (await page.textContent("main")).includes("alerts.false_alarms"));
    await close(page);
  },

  async deep_links_show_their_state() {
    const { history } = await api("/api/v1/monitors/payments");
    const at = history[history.length - 4].end;
    const page = await open(`/ui/monitors/payments/features/amount?segment=country%3DDE&at=${at}&scale=log`);
    expect("segment", await page.textContent(".tabs [aria-current]"), "country=DE");
    expect("scale", await page.textContent(".switch [aria-current]"), "logarithmic");
    const shown = () => page.textContent(".windows b");
    const first = await shown();
    await page.keyboard.press("]");
    await page.waitForFunction((before) => document.querySelector(".windows b").textContent !== before, first);
    holds("the address moved on", !page.url().includes(encodeURIComponent(at)) && page.url().includes("scale=log"));
    await page.goBack();
    await page.waitForFunction((before) => document.querySelector(".windows b").textContent === before, first);
    await page.keyboard.press("[");
    await page.waitForFunction((before) => document.querySelector(".windows b").textContent !== before, first);
    await page.reload();
    holds("a reload keeps it", (await shown()) !== first);
    await close(page);
  },

  async the_slider_moves_the_window() {
    const page = await open("/ui/monitors/payments/features/amount");
    const first = await page.textContent(".windows b");
    await page.focus("#window");
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction((before) => document.querySelector(".windows b").textContent !== before, first);
    holds("the address has the window", page.url().includes("at="));
    expect("the focus stays", await page.evaluate(() => document.activeElement.id), "window");
    await close(page);
  },

  async keys_walk_the_page() {
    const page = await open("/");
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog:not([open])", { state: "attached" });
    const focused = () => page.evaluate(() => new URL(document.activeElement.href).pathname);
    await page.keyboard.press("j");
    const first = await focused();
    await page.keyboard.press("j");
    holds("j goes on", (await focused()) !== first);
    await page.keyboard.press("k");
    expect("k goes back", await focused(), first);
    for (let i = 0; i < 20 && !/^\/ui\/monitors\/[^/]+$/.test(await focused()); ++i) await page.keyboard.press("j"); // past the alerts
    const monitor = await focused();
    await Promise.all([page.waitForURL((url) => url.pathname === monitor), page.keyboard.press("Enter")]);
    await page.waitForSelector("html[data-ready]");
    await page.keyboard.press("/");
    await page.keyboard.type("age");
    expect("the filter", await page.$$eval("[data-filter] > li:not([hidden])", (items) => items.map((item) => item.querySelector(".name").textContent).join()), "age");
    await page.keyboard.press("Escape");
    await Promise.all([page.waitForURL(/\/$/), page.keyboard.press("Escape")]);
    await page.waitForSelector("html[data-ready]");
    await page.keyboard.press("g");
    await Promise.all([page.waitForURL("**/ui/alerts"), page.keyboard.press("a")]);
    await page.waitForSelector("html[data-ready]");
    await page.keyboard.press("t");
    expect("theme", await page.evaluate(() => document.documentElement.dataset.theme), "light");
    await page.keyboard.press("c");
    await page.waitForFunction(() => document.getElementById("said").textContent === "link copied");
    expect("the link", await page.evaluate(() => navigator.clipboard.readText()), page.url());
    await page.keyboard.press("g");
    await Promise.all([page.waitForURL(/\/$/), page.keyboard.press("m")]);
    await page.waitForSelector("html[data-ready]");
    expect("the theme stays", await page.evaluate(() => document.documentElement.dataset.theme), "light");
    await page.keyboard.press("?");
    await page.uncheck("#keys-on");
    await page.keyboard.press("Escape");
    await page.keyboard.press("t");
    expect("keys are off", await page.evaluate(() => document.documentElement.dataset.theme), "light");
    await close(page);
  },

  async everything_is_reached_by_tab() {
    const page = await open("/ui/monitors/payments/features/amount?live=off");
    const reached = new Set();
    for (let i = 0; i < 150; ++i) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const element = document.activeElement;
        const style = getComputedStyle(element);
        return { what: element.id || element.getAttribute("href") || element.getAttribute("aria-label") || element.textContent, seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2, body: element === document.body };
      });
      if (at.body && i > 3) break;
      holds(`the focus on ${at.what} is visible`, at.seen || at.body);
      reached.add(at.what);
    }
    for (const what of ["#content", "/ui/alerts", "theme", "window", "/ui/monitors/payments"]) holds(`${what} is reached`, reached.has(what));
    await page.focus(".shares");
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    const cells = await page.$$eval(".shares .hit", (hits) => hits.map((hit) => hit.dataset.read));
    expect("the arrows read the bars", await page.textContent(".shares .read"), cells[cells.length - 2]);
    await close(page);
    return `${reached.size} stops`;
  },

  async new_windows_appear_by_themselves() {
    const page = await open("/ui/monitors/payments/features/amount", { before: () => (window.setInterval = () => 0) }); // no polling: only events
    await page.evaluate(() => {
      window.mark = "the same document";
      document.querySelector("#cells").open = true;
      document.querySelector(".shares").mark = "the same node";
    });
    await page.focus("#theme");
    const before = await page.textContent(".windows b");
    await ask("window");
    const start = Date.now();
    await page.waitForFunction((old) => document.querySelector(".windows b").textContent !== old, before, { timeout: 15000 });
    const took = Date.now() - start;
    expect("no reload", await page.evaluate(() => window.mark), "the same document");
    expect("no new nodes", await page.$eval(".shares", (chart) => chart.mark), "the same node");
    holds("what was open stays open", await page.$eval("#cells", (details) => details.open));
    expect("the focus stays", await page.evaluate(() => document.activeElement.id), "theme");
    await close(page);
    return `seen ${took} ms after the daemon had it`;
  },

  async it_works_without_javascript() {
    for (const [name, path] of Object.entries(await everyPath())) {
      const page = await open(path, { context: { javaScriptEnabled: false } });
      holds(`${name} has a title`, (await page.textContent("h1")).trim().length > 2);
      holds(`${name} shows no dead button`, (await page.$$("button:visible")).length === 0);
      await close(page);
    }
    const page = await open("/ui/monitors/payments/features/amount", { context: { javaScriptEnabled: false } });
    await page.click("#cells summary");
    holds("the cells are a table", (await page.$$("#cells tbody tr:visible")).length >= 9);
    const first = await page.textContent(".windows b");
    await page.click("a[rel=prev]");
    holds("windows are links", (await page.textContent(".windows b")) !== first);
    await page.click(".trail a:nth-of-type(2)");
    expect("back at the monitor", (await page.textContent("h1")).includes("payments"), true);
    await close(page);
  },

  async narrow_and_large_text_fit() {
    for (const width of [390, 320]) {
      for (const [name, path] of Object.entries(await everyPath())) {
        const page = await open(path, { context: { ...phone, viewport: { width, height: 800 } } });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        holds(`${name} at ${width} px is ${wide} px too wide`, wide <= 0);
        await close(page);
      }
    }
    return "320 px is 1280 px at 400%";
  },

  async two_hundred_features_in_twenty_segments_paint_at_once() {
    const times = [];
    for (const path of ["/", "/ui/monitors/wide", "/ui/monitors/wide?list=all", "/ui/monitors/wide/features/f007"]) {
      const page = await open(path, { base: site.wide });
      const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime);
      holds(`${path} paints after ${paint} ms`, paint < 5000);
      times.push(`${path} ${Math.round(paint)} ms`);
      await close(page);
    }
    const page = await open("/ui/monitors/wide", { base: site.wide });
    expect("the first ones", (await page.$$(".feature")).length, 50);
    const start = Date.now();
    await page.keyboard.press("/");
    await page.keyboard.type("f19");
    await page.waitForFunction(() => document.querySelectorAll(".feature:not([hidden])").length === 10);
    times.push(`filter ${Date.now() - start} ms`);
    expect("the segments of a feature", (await api("/api/v1/monitors/wide/features?limit=1000", site.wide)).length, 1000);
    await close(page);
    return times.join(", ");
  },

  async mistakes_are_answered_in_words() {
    for (const [path, status] of [["/ui/monitors/none", 404], ["/ui/monitors/payments/features/none", 404], ["/ui/alerts/none", 404],
                                  ["/ui/monitors/payments/features/amount?at=yesterday", 400], ["/ui/monitors/payments/features/amount?segment=x", 404]]) {
      const answer = await fetch(site.url + path);
      expect(path, answer.status, status);
      holds(`${path} says why`, (await answer.text()).length > 5);
      const policy = answer.headers.get("content-security-policy");
      holds("the policy is strict", policy.includes("default-src 'none'") && !policy.includes("unsafe"));
    }
  },

  async pictures() {
    const paths = await everyPath();
    for (const colorScheme of ["light", "dark"]) {
      for (const [name, path] of Object.entries(paths)) {
        const page = await open(path, { context: { colorScheme } });
        await page.screenshot({ path: `${site.pictures}/${name}-${colorScheme}.png`, fullPage: true });
        await close(page);
      }
    }
    for (const [name, path] of Object.entries(paths)) {
      const page = await open(path, { context: phone });
      await page.screenshot({ path: `${site.pictures}/${name}-phone.png`, fullPage: true });
      await close(page);
    }
    const page = await open("/ui/monitors/wide/features/f007", { base: site.wide });
    await page.screenshot({ path: `${site.pictures}/wide-light.png`, fullPage: true });
    await close(page);
    return site.pictures;
  },

  // The four that README.md shows; `run` copies them into the tree when DRIFTD_UPDATE_PICTURES is set.
  async pictures_for_the_readme() {
    const paths = await everyPath();
    const desk = (colorScheme, height) => ({ colorScheme, viewport: { width: 1280, height }, deviceScaleFactor: 1.5 });
    const shots = { "feature-light": ["feature", desk("light", 1130)], "feature-dark": ["feature", desk("dark", 1130)],
                    "alert-light": ["alert", desk("light", 1250)], "monitors-phone": ["monitors", phone] };
    const sizes = [];
    for (const [name, [of, context]] of Object.entries(shots)) {
      const page = await open(paths[of], { context });
      const png = (await page.screenshot()).toString("base64");
      await close(page);
      const painter = await browser.newPage();
      const webp = await painter.evaluate(async (source) => {
        const picture = new Image();
        picture.src = `data:image/png;base64,${source}`;
        await picture.decode();
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [picture.width, picture.height];
        canvas.getContext("2d").drawImage(picture, 0, 0);
        return canvas.toDataURL("image/webp", 0.86).split(",")[1];
      }, png);
      await painter.close();
      const bytes = Buffer.from(webp, "base64");
      holds(`${name} is ${bytes.length} bytes`, bytes.length < 150_000);
      writeFileSync(`${site.pictures}/${name}.webp`, bytes);
      sizes.push(`${name} ${Math.round(bytes.length / 1000)} kB`);
    }
    return sizes.join(", ");
  },
};

for (const [name, check] of Object.entries(checks)) {
  if (wanted.length && !wanted.some((part) => name.includes(part))) continue;
  try {
    const note = await check();
    console.log(`PASS ${name}${note ? `: ${note.replace(/\s+/g, " ")}` : ""}`);
  } catch (problem) {
    console.log(`FAIL ${name}: ${String(problem.message).replace(/\s+/g, " ").slice(0, 1500)}`);
  }
}
await browser.close();
process.exit(0);
