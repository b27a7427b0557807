import { describe, expect, it } from 'vitest';
import { keyboardHeight } from './use-keyboard-room.ts';

const seen = { windowHeight: 844, height: 844, top: 0, scale: 1 };

describe('the keyboard on the screen', () => {
  it('covers what is not seen at the lower end', () => {
    expect(keyboardHeight({ ...seen, height: 508 })).toBe(336);
    expect(keyboardHeight({ ...seen, height: 508, top: 100 })).toBe(236);
  });

  it('is not there: a bar of the browser, a magnified page, a page pushed up by all of it', () => {
    expect(keyboardHeight(seen)).toBe(0);
    expect(keyboardHeight({ ...seen, height: 784 })).toBe(0);
    expect(keyboardHeight({ ...seen, height: 422, scale: 2 })).toBe(0);
    expect(keyboardHeight({ ...seen, height: 508, top: 400 })).toBe(0);
  });
});
