import { readFileSync } from "node:fs";

import { defineConfig, type WxtViteConfig } from "wxt";

type Plugin = NonNullable<WxtViteConfig["plugins"]>[number];

// Fixes the id of an unpacked Chromium extension (see extension/ID.txt), so that the service can name
// the one origin that may call it. The Chrome Web Store gives its own key and refuses ours.
const KEY =
  "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA6JSaP3MzfJeWF5yW3Hr1vO3yiO3JfSkpZaX720iRdNr0NvOo+ndFb2Yo" +
  "IV8VGLYN1l85JYl3ku1x4PMdIt1OCadBsJqEQNaeB2ANQJpNE80/V6HnxWhCptDld24MyLshl630ilpPJ0c9dLRdA2a7dJfjG44a" +
  "pqrhwfuHuB8VrLehS0iQvkxhgNO2dD0Jua0M1UcqDfHgMah3la/yH1GoK+b8W19TX0fj/5ElHadqcy0+awGnjvVpQfKzb1stZmIq" +
  "JPXsIBi1asT8qrXnPDxXt1DoF0x+DdD7W9egxSPA6vJ440XUM9AGCwSJryKgeWLqoc5MIurN19mrQFpTs/AZhQIDAQAB";

const forStore = process.env.OBELISM_FOR_STORE === "1";

/** Cuts from Preact what writes HTML: nothing of ours uses it, and then nothing that we ship can. */
const withoutHtmlWriting: Plugin = {
  name: "without-html-writing",
  transform(code, id) {
    if (!id.includes("/preact/dist/preact.")) return;
    const cut = code.replace(/\b(\w+)\.innerHTML=\w+\.__html/g, "0");
    if (cut === code) throw new Error("Preact writes HTML in another way now: look at it again");
    return { code: cut, map: null };
  },
};

/** Our licence and those of what is bundled, which ask to go where the code goes. */
const licences = (): string =>
  ["LICENSE", "node_modules/preact/LICENSE", "node_modules/valibot/LICENSE.md"]
    .map((path) => `${path.replace(/^node_modules/, "bundled")}\n\n${readFileSync(path, "utf8")}`)
    .join("\n\n");

export default defineConfig({
  srcDir: "extension",
  publicDir: "extension/public",
  outDir: forStore ? ".output/store" : ".output",
  imports: false,
  manifestVersion: 3,
  manifest: ({ browser }) => ({
    name: "__MSG_extensionName__",
    short_name: "Obelism",
    description: "__MSG_extensionDescription__",
    default_locale: "en",
    permissions: [
      "activeTab",
      "scripting",
      "storage",
      "contextMenus",
      ...(browser === "chrome" ? ["sidePanel"] : []),
    ],
    // Asked for one site at a time, when the reader chooses "always check this site".
    optional_host_permissions: ["https://*/*", "http://*/*"],
    action: { default_title: "__MSG_actionTitle__" },
    omnibox: { keyword: "ob" },
    commands: {
      _execute_action: { suggested_key: { default: "Alt+Shift+O" } },
      "check-page": { suggested_key: { default: "Alt+Shift+K" }, description: "__MSG_commandCheck__" },
      "look-up-selection": {
        suggested_key: { default: "Alt+Shift+L" },
        description: "__MSG_commandLookUp__",
      },
      "next-note": { suggested_key: { default: "Alt+Shift+N" }, description: "__MSG_commandNext__" },
    },
    // The default policy of Firefox turns http: into https:, and the service on the reader's own
    // machine speaks http.
    content_security_policy: { extension_pages: "script-src 'self'; object-src 'none'; base-uri 'none'" },
    ...(browser === "chrome"
      ? { minimum_chrome_version: "128", ...(forStore ? {} : { key: KEY }) }
      : {
          browser_specific_settings: {
            gecko: {
              id: "obelism@obelism.org",
              strict_min_version: "142.0",
              data_collection_permissions: { required: ["websiteContent"], optional: ["browsingActivity"] },
            },
          },
        }),
  }),
  hooks: {
    "build:publicAssets": (_, files) => {
      files.push({ relativeDest: "LICENSES.txt", contents: licences() });
    },
  },
  vite: () => ({
    plugins: [withoutHtmlWriting],
    build: { target: "es2022", sourcemap: false },
    esbuild: { legalComments: "none" },
  }),
});
