/** "Show me what would be sent": the exact body of the request, and where it would go. */
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, type Preview } from "../lib/messages";
import { useWords } from "./start";

export function PreviewButton({ tabId }: { tabId: number }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  return (
    <>
      <button type="button" class="quiet" ref={opener} aria-expanded={open} onClick={() => setOpen(!open)}>
        {t("previewShow")}
      </button>
      {open && <PreviewBox tabId={tabId} close={close} />}
    </>
  );
}

function PreviewBox({ tabId, close }: { tabId: number; close: () => void }) {
  const { t } = useWords();
  const [preview, setPreview] = useState<Preview | null | undefined>(undefined);
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    void ask({ type: "preview", tabId })
      .then((reply) => setPreview(reply as Preview | null))
      .catch(() => setPreview(null));
  }, [tabId]);
  useEffect(() => box.current?.focus(), [preview]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      close();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  });
  if (preview === undefined) return <p class="faint">{t("previewWorking")}</p>;
  if (preview === null) return <p class="faint">{t("failureUnreadable")}</p>;
  return (
    <div class="preview">
      <p>
        {t("previewTo")} <code>{preview.address}</code>
      </p>
      <p class="faint">{t("previewSize", Math.ceil(preview.bytes / 1024))}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <section ref={box} tabIndex={0} aria-label={t("previewHeading")} dir="ltr">
        <pre>{preview.payload}</pre>
      </section>
      <button type="button" onClick={close}>
        {t("close")}
      </button>
    </div>
  );
}
