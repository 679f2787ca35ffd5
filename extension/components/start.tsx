/** What every surface needs before it can show anything: its words, its settings, one place to announce. */
import { type ComponentChildren, createContext, render } from "preact";
import { useCallback, useContext, useEffect, useState } from "preact/hooks";
import { type Key, openWords, type Words } from "../lib/i18n";
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

export async function start(titleKey: Key, content: ComponentChildren): Promise<void> {
  const settings = await loadSettings();
  const words = await openWords(settings.language);
  document.title = words.t(titleKey);
  speak(words);
  render(
    <Surround words={words} settings={settings}>
      {content}
    </Surround>,
    document.getElementById("app")!,
  );
}

/** Written as its words are, and not as the browser's own: English in an Arabic browser runs to the right. */
function speak({ language, direction }: Words): void {
  Object.assign(document.documentElement, { lang: language, dir: direction });
}

function Surround(first: { words: Words; settings: Settings; children: ComponentChildren }) {
  const [words, setWords] = useState(first.words);
  const [settings, setSettings] = useState(first.settings);
  const [said, setSaid] = useState({ text: "", turn: 0 });
  // A new element each time: the same words said again are heard again.
  const announce = useCallback((text: string) => setSaid(({ turn }) => ({ text, turn: turn + 1 })), []);
  useEffect(() => watchSettings(setSettings), []);
  useEffect(() => {
    void openWords(settings.language).then((next) => {
      speak(next);
      setWords(next);
    });
  }, [settings.language]);
  return (
    <Context.Provider value={{ words, settings, announce }}>
      {first.children}
      <p class="unseen" role="status" aria-live="polite">
        <span key={said.turn}>{said.text}</span>
      </p>
    </Context.Provider>
  );
}
