import { expect, test } from 'vitest';
import { aboutSubject, publicationOf } from './publication.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

test('what is typed is JSON if it is that, else text', () => {
  expect(publicationOf('{"a":1}', 'auto', 'app.x')).toEqual({ data: { a: 1 }, codec: 'json' });
  expect(publicationOf('hi', 'auto', 'app.x')).toEqual({ data: encode('hi'), codec: 'raw' });
  expect(publicationOf('hi', 'auto', 'user.input')).toEqual({ data: { text: 'hi' }, codec: 'json' });
  expect(publicationOf('[1]', 'cbor', 'app.x')).toEqual({ data: [1], codec: 'cbor' });
  expect(publicationOf('{"a":1}', 'raw', 'app.x')).toEqual({ data: encode('{"a":1}'), codec: 'raw' });
  expect(publicationOf('hi', 'msgpack', 'app.x')).toMatch(/^That is no JSON: /);
});

test('a subject’s type is told', () => {
  expect(aboutSubject('user.input')).toMatch(/^UserInput.v1: what a user says/);
  expect(aboutSubject('approval.given')).toMatch(/only the kernel may send it$/);
  expect(aboutSubject('app.x')).toBeNull();
});
