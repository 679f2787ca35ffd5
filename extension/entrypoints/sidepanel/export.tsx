/** The notes as files, for the reader's own use. */
import { useSurroundings } from "../../components/start";
import { download } from "../../lib/download";
import { asAnnotations, asCsv, asMarkdown } from "../../lib/export";
import type { Done } from "../../lib/state";

export function Export({ state }: { state: Done }) {
  const { words } = useSurroundings();
  const formats = [
    {
      name: words.t("exportAnnotations"),
      file: "obelism.jsonld",
      type: "application/ld+json",
      make: asAnnotations,
    },
    { name: words.t("exportMarkdown"), file: "obelism.md", type: "text/markdown", make: asMarkdown },
    { name: words.t("exportCsv"), file: "obelism.csv", type: "text/csv", make: asCsv },
  ];
  return (
    <section class="export" aria-labelledby="export-heading">
      <h2 id="export-heading">{words.t("exportHeading")}</h2>
      <div class="row">
        {formats.map(({ name, file, type, make }) => (
          <button
            type="button"
            class="quiet"
            key={file}
            onClick={() => download(file, `${type};charset=utf-8`, make(state, words))}
          >
            {name}
          </button>
        ))}
      </div>
    </section>
  );
}
