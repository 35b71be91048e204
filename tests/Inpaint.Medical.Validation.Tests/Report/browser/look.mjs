// Opens a report at several sizes and colour schemes, takes screenshots, and prints what is wrong as JSON lines on stdout.
// node look.mjs REPORT.html SCREENSHOT_FOLDER
import { chromium } from "playwright-core";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [report, folder] = process.argv.slice(2);
const browser = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), "report-")), {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

const views = [
  { name: "desktop-light", width: 1280, height: 900, scheme: "light" },
  { name: "desktop-dark", width: 1280, height: 900, scheme: "dark" },
  { name: "phone-light", width: 390, height: 844, scheme: "light" },
  { name: "phone-dark", width: 390, height: 844, scheme: "dark" },
];
const say = problem => console.log(JSON.stringify(problem));

for (const view of views) {
  const page = await browser.newPage();
  page.on("console", message => { if (["error", "warning"].includes(message.type())) say({ view: view.name, console: message.text() }); });
  page.on("pageerror", error => say({ view: view.name, error: String(error) }));
  page.on("request", request => { if (!/^(file|data|blob):/.test(request.url())) say({ view: view.name, outside: request.url() }); });
  await page.setViewportSize({ width: view.width, height: view.height });
  await page.emulateMedia({ colorScheme: view.scheme });
  await page.goto(pathToFileURL(report).href);

  // Nothing may be wider than the page unless it scrolls by itself, and no text may be cut.
  for (const problem of await page.evaluate(() => {
    const found = [];
    if (document.documentElement.scrollWidth > window.innerWidth + 1) found.push({ overflow: document.documentElement.scrollWidth });
    for (const element of document.querySelectorAll("h1, h2, h3, p, figcaption, dt, dd, pre, button, label, a")) {
      const style = getComputedStyle(element);
      if (element.scrollWidth > element.clientWidth + 1 && style.display !== "inline" && !element.closest(".scroll")) {
        found.push({ clipped: element.tagName + " " + element.textContent.slice(0, 60) });
      }
    }
    for (const text of document.querySelectorAll("svg text")) {
      const box = text.getBoundingClientRect(), frame = text.ownerSVGElement.getBoundingClientRect();
      if (box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1 || box.top < frame.top - 1)) {
        found.push({ clipped: "svg " + text.textContent });
      }
    }
    for (const image of document.querySelectorAll("img")) if (!image.alt) found.push({ withoutAlt: image.src.slice(0, 40) });
    return found;
  })) say({ view: view.name, ...problem });

  // The controls do what they say.
  if (await page.locator(".blink").count()) {
    const pair = page.locator(".blink").first();
    await pair.scrollIntoViewIfNeeded();
    await pair.click();
    if (!(await pair.evaluate(element => getComputedStyle(element.querySelectorAll("img")[1]).opacity === "1"))) say({ view: view.name, control: "blink" });
    await page.locator("#width").fill("50");
    if ((await page.locator("#window feFuncR").getAttribute("slope")) !== "2") say({ view: view.name, control: "window" });
    await page.locator("#reset").click();
    await pair.click();
  }
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: join(folder, view.name + ".png"), fullPage: true, timeout: 120_000 });
  await page.close();
}
await browser.close();
