/** What every surface needs before it can show anything: its words, its settings, one place to announce. */
import { type ComponentChildren, createContext, render } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { browser } from "wxt/browser";
import { openWords, type Words } from "../lib/i18n";
import { loadSettings, type Settings, watchSettings } from "../lib/settings";
import "./look.css";

interface Surroundings {
  words: Words;
  settings: Settings;
  /** Says something to those who listen rather than look. */
  announce: (text: string) => void;
}

const Context = createContext<Surroundings>(null as unknown as Surroundings);

export const useSurroundings = () => useContext(Context);
export const useWords = () => useContext(Context).words;
export const useSettings = () => useContext(Context).settings;

export async function start(titleKey: Parameters<Words["t"]>[0], content: ComponentChildren): Promise<void> {
  const settings = await loadSettings();
  const words = await openWords(settings.language);
  document.title = words.t(titleKey);
  document.documentElement.lang = words.language;
  document.documentElement.dir = browser.i18n.getMessage("@@bidi_dir") || "ltr";
  render(
    <Surround words={words} settings={settings}>
      {content}
    </Surround>,
    document.getElementById("app")!,
  );
}

function Surround(first: { words: Words; settings: Settings; children: ComponentChildren }) {
  const [words, setWords] = useState(first.words);
  const [settings, setSettings] = useState(first.settings);
  const [said, announce] = useState("");
  useEffect(() => watchSettings(setSettings), []);
  useEffect(() => {
    void openWords(settings.language).then((next) => {
      document.documentElement.lang = next.language;
      setWords(next);
    });
  }, [settings.language]);
  return (
    <Context.Provider value={{ words, settings, announce }}>
      {first.children}
      <p class="unseen" role="status" aria-live="polite">
        {said}
      </p>
    </Context.Provider>
  );
}
