/** What only this browser knows: a pattern and two words. A program cannot read them, so it cannot draw them. */
export interface TrustMark {
  words: string;
  /** 5 × 5 cells, by rows, mirrored left to right. */
  cells: readonly boolean[];
  /** Which of the theme's colours. */
  colour: (typeof COLOURS)[number];
}

const FIRST = [
  'amber', 'ashen', 'azure', 'brass', 'brisk', 'calm', 'cedar', 'chalk', 'clear', 'cobalt', 'copper', 'coral', 'dusky', 'early', 'fern', 'flint',
  'frosty', 'gentle', 'golden', 'hazel', 'humble', 'indigo', 'ivory', 'jade', 'late', 'lilac', 'linen', 'lucid', 'maple', 'mellow', 'misty', 'mossy',
  'noble', 'ochre', 'olive', 'opal', 'pale', 'pearl', 'plum', 'quiet', 'rapid', 'rosy', 'ruby', 'rustic', 'sandy', 'silver', 'slate', 'sober',
  'spry', 'steady', 'stormy', 'sunny', 'tawny', 'teal', 'tender', 'tidal', 'topaz', 'velvet', 'vivid', 'warm', 'wild', 'windy', 'winter', 'zesty',
] as const;
const SECOND = [
  'adder', 'badger', 'bat', 'beaver', 'bee', 'bison', 'bream', 'carp', 'cicada', 'crane', 'crow', 'deer', 'dove', 'eagle', 'egret', 'falcon',
  'ferret', 'finch', 'fox', 'frog', 'gecko', 'goose', 'hare', 'heron', 'ibex', 'ibis', 'jay', 'kite', 'lark', 'lemur', 'lion', 'lynx',
  'magpie', 'marten', 'mole', 'moose', 'moth', 'mouse', 'newt', 'otter', 'owl', 'panda', 'perch', 'pike', 'plover', 'pony', 'puffin', 'quail',
  'rabbit', 'raven', 'robin', 'salmon', 'seal', 'shrew', 'snail', 'sparrow', 'stork', 'swan', 'swift', 'tern', 'trout', 'vole', 'wolf', 'wren',
] as const;
const COLOURS = ['blue', 'cyan', 'green', 'violet', 'orange', 'yellow', 'teal'] as const;

/** From 32 random bits, of which 12 are the words and 15 the pattern. */
export function markOf(seed: number): TrustMark {
  const half = Array.from({ length: 15 }, (_, at) => ((seed >>> (12 + at)) & 1) === 1);
  const cells = Array.from({ length: 25 }, (_, at) => {
    const column = at % 5;
    return half[Math.floor(at / 5) * 3 + (column > 2 ? 4 - column : column)] ?? false;
  });
  return { words: `${FIRST[seed & 63]} ${SECOND[(seed >>> 6) & 63]}`, cells, colour: COLOURS[(seed >>> 27) % COLOURS.length] ?? 'blue' };
}
