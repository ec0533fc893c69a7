// Check each EPUB that is named with Ace, in one browser, and write what it finds to a file, as JSON by name.
import { createRequire } from "node:module";
import { basename } from "node:path";
import { writeFileSync } from "node:fs";

const require = createRequire(import.meta.url);
const ace = require("@daisy/ace-core");
const puppeteer = require("@daisy/ace-axe-runner-puppeteer");

const [found, ...epubs] = process.argv.slice(2);
const browser = { ...puppeteer, launch: async () => {}, close: async () => {} }; // ace would start one for each book
const reports = {};

await puppeteer.launch();
try {
  for (const epub of epubs) {
    const [, report] = await ace(epub, { cwd: process.cwd(), silent: true, initLogger: true, lang: "en" }, browser);
    reports[basename(epub, ".epub")] = report.assertions.flatMap((document) =>
      document.assertions.map((assertion) => ({
        where: document["earl:testSubject"].url,
        rule: assertion["earl:test"]["dct:title"],
        impact: assertion["earl:test"]["earl:impact"],
        said: assertion["earl:result"]["dct:description"],
      })),
    );
  }
} finally {
  await puppeteer.close();
}
writeFileSync(found, JSON.stringify(reports));
