const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A name in parts that are marked and parts that are not; whole graphemes only, so that no emoji or accent is torn. `marks`: UTF-16 positions. */
export function markedParts(name: string, marks: readonly number[]): { text: string; marked: boolean }[] {
  if (marks.length === 0) return [{ text: name, marked: false }];
  const wanted = new Set(marks);
  const parts: { text: string; marked: boolean }[] = [];
  for (const { segment, index } of segmenter.segment(name)) {
    let marked = false;
    for (let at = index; at < index + segment.length; at++) marked ||= wanted.has(at);
    const last = parts.at(-1);
    if (last?.marked === marked) last.text += segment;
    else parts.push({ text: segment, marked });
  }
  return parts;
}
