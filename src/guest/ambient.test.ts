import { expect, it } from 'vitest';
import { dropAmbient } from './ambient.ts';

it('drops what is inherited as well as what is its own', () => {
  class Base {
    fetch(): void {}
    get navigator(): object {
      return {};
    }
  }
  class Scope extends Base {
    WebSocket = class {};
    postMessage = (): void => {};
  }
  const scope = new Scope();
  expect(dropAmbient(scope)).toEqual([]);
  expect([scope.fetch, scope.navigator, scope.WebSocket]).toEqual([undefined, undefined, undefined]);
  expect(scope.postMessage).toBeTypeOf('function');
});

it('says what it could not drop', () => {
  expect(dropAmbient(Object.defineProperty({}, 'fetch', { value: 1 }))).toEqual(['fetch']);
});
