import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BROWSERS } from "./driver/browsers";
import { ownPages, REAL, readGolden, realPages, shareAnchored } from "./driver/golden";

/** All of them are read by `npm run bench`. */
const EVERY = 20;

for (const [name] of BROWSERS)
  describe(`${name}: whole pages`, () => {
    it("of our own: finds their sentences again and leaves them as they were", async () => {
      await holds(ownPages());
    });

    const real = realPages(EVERY);
    it(`of news sites: the same (every ${EVERY}th)`, {
      skip: real.length ? false : `${REAL} is not there`,
    }, async () => {
      await holds(real);
    });

    const holds = async (files: string[]) => {
      const all = await readGolden(name, files);
      assert.deepEqual(
        all.filter((one) => !one.unchanged).map((one) => one.name),
        [],
      );
      assert.ok(all.reduce((sum, one) => sum + one.sentences, 0) > 100, "there is something to find");
      assert.ok(shareAnchored(all) >= 0.99, all.flatMap((one) => one.lost).join("\n"));
      for (const one of all) assert.ok(one.sentBytes <= one.pageBytes, `${one.name} grows on its way`);
    };
  });
