/** The real Obelism service with its starter claims, on a port and a database of its own. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PATIENCE, until } from "./reader";
import { freePort, type Running } from "./servers";

const PROGRAM = ".venv/bin/obelism";
const FIRST = "tests/pages/appels-secrets/page.html";

export async function serveLive(): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), "obelism-browser-"));
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    OBELISM_DATABASE_URL: `sqlite:///${folder}/claims.db`,
    OBELISM_PORT: String(port),
    // What is tried here is the whole way, not its speed, and the browsers take both cores.
    OBELISM_REQUEST_SECONDS: "18",
  };
  const said: string[] = [];
  const service = spawn(PROGRAM, ["serve", "--workers", "1"], { env, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [service.stdout, service.stderr]) stream.on("data", (data) => said.push(String(data)));
  const ready = () =>
    fetch(`${address}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
  const close = async () => {
    const ended = new Promise((done) => service.once("exit", done));
    if (service.exitCode === null && service.kill()) await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const answersOnce = () =>
    fetch(`${address}/v1/notes`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ html: readFileSync(FIRST, "utf8") }),
    }).then(
      (response) => response.ok,
      () => false,
    );
  const started = async () => {
    await until(ready, "the service is ready", 2 * PATIENCE);
    // The first page pays for what is read only when needed; on a busy machine more than a check may take.
    await until(answersOnce, "the service has read a page", 2 * PATIENCE);
  };
  await started().catch(async (error: Error) => {
    await close();
    throw new Error(`${error.message}\n${said.join("")}`);
  });
  return { address, close };
}
