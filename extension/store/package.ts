/**
 * Makes the store archives in `.output/store/`: one a browser, and the sources that Mozilla's reviewers ask
 * for. The same sources give the same bytes: names are sorted, and every file has one and the same date.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";

/** The oldest date that the format can hold. */
const DATE = new Date(1980, 0, 1);
const OUT = ".output/store";
const SOURCES = [
  "extension",
  "wxt.config.ts",
  "tsconfig.json",
  "package.json",
  "package-lock.json",
  ".npmrc",
  "LICENSE",
];

/** The archive of some files, named as given, in the order of their names. */
export function archive(names: readonly string[], root = "."): Uint8Array {
  const sorted = [...names].sort();
  const files = Object.fromEntries(
    sorted.map((name) => [name, new Uint8Array(readFileSync(join(root, name)))]),
  );
  return zipSync(files, { mtime: DATE, level: 9 });
}

export function filesUnder(root: string, folder = ""): string[] {
  return readdirSync(join(root, folder)).flatMap((entry) => {
    const name = folder ? `${folder}/${entry}` : entry;
    return statSync(join(root, name)).isDirectory() ? filesUnder(root, name) : [name];
  });
}

function main(): void {
  mkdirSync(OUT, { recursive: true });
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const env = { ...process.env, OBELISM_FOR_STORE: "1" };
  for (const browser of ["chrome", "firefox"]) {
    execFileSync("npx", ["wxt", "build", "-b", browser, "--mv3"], { env, stdio: "inherit" });
    const root = `${OUT}/${browser}-mv3`;
    write(`obelism-${version}-${browser}.zip`, archive(filesUnder(root), root));
  }
  write(`obelism-${version}-sources.zip`, archive(SOURCES.flatMap(filesOf)));
}

/** Those that git knows; in the unpacked archive of the sources, where there is no git, all of them. */
function filesOf(source: string): string[] {
  if (existsSync(".git"))
    return execFileSync("git", ["ls-files", "--", source], { encoding: "utf8" }).trim().split("\n");
  return statSync(source).isDirectory() ? filesUnder(source).map((name) => `${source}/${name}`) : [source];
}

function write(name: string, bytes: Uint8Array): void {
  writeFileSync(join(OUT, name), bytes);
  const digest = createHash("sha256").update(bytes).digest("hex");
  console.log(`${join(OUT, name)}  ${(bytes.length / 1024).toFixed(1)} kB  sha256 ${digest}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
