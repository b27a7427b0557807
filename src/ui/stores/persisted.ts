/** Small settings in localStorage under `palimpsest.<key>`. A blocked or damaged storage yields the default. */
export function loadSetting<T>(key: string, fallback: T, accept: (value: unknown) => T | undefined): T {
  try {
    const text = localStorage.getItem(`palimpsest.${key}`);
    return text === null ? fallback : (accept(JSON.parse(text)) ?? fallback);
  } catch {
    return fallback;
  }
}

/** Keeps a setting; where that is refused the page goes on without it. */
export function saveSetting(key: string, value: unknown): void {
  try {
    localStorage.setItem(`palimpsest.${key}`, JSON.stringify(value));
  } catch {
    // Storage is full or forbidden: the setting lasts as long as the page.
  }
}
