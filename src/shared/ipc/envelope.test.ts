import { describe, expect, test } from 'vitest';
import { cloudEventText, encodePayload, pidOf, sourceOf, timestamp, toCloudEvent, UNTYPED } from './index.ts';

const envelope = { id: '12', source: '/proc/7', type: 'UserInput.v1', subject: 'user.input', time: 1_700_000_000_123_456_789n };

describe('envelopes', () => {
  test('EV1: attributes are those of CloudEvents', () => {
    expect(toCloudEvent(envelope, encodePayload({ text: 'hi' }))).toEqual({
      specversion: '1.0', id: '12', source: '/proc/7', type: 'UserInput.v1', subject: 'user.input', time: '2023-11-14T22:13:20.123456789Z',
      datacontenttype: 'application/json', data: { text: 'hi' },
    });
  });

  test('EV2: what JSON cannot give back goes as base64, without the prefix', () => {
    expect(toCloudEvent({ ...envelope, type: '' }, encodePayload({ a: 1 }, 'cbor'))).toMatchObject({ type: UNTYPED, datacontenttype: 'application/cbor', data_base64: Buffer.from([0xa1, 0x61, 0x61, 1]).toString('base64') });
    expect(toCloudEvent(envelope, encodePayload({ a: 1 }, 'msgpack'))).toMatchObject({ datacontenttype: 'application/msgpack', data_base64: Buffer.from([0x81, 0xa1, 0x61, 1]).toString('base64') });
    expect(toCloudEvent(envelope, encodePayload('hi', 'raw'))).toMatchObject({ datacontenttype: 'application/octet-stream', data_base64: 'aGk=' });
    expect(() => toCloudEvent(envelope, Uint8Array.of(1))).toThrow(/EINVAL/);
  });

  test('EV3: an event is one line of JSON', () => {
    const text = cloudEventText(toCloudEvent(envelope, encodePayload({ text: 'a\nb' })));
    expect(text).not.toContain('\n');
    expect(JSON.parse(text)).toMatchObject({ data: { text: 'a\nb' } });
  });

  test('EV4: sources are paths of processes', () => {
    for (const pid of [0, 1, 4096, 0xffffffff]) expect(pidOf(sourceOf(pid))).toBe(pid);
    for (const source of ['', '/proc/', '/proc/0', '/proc/07', '/proc/4294967296', '/proc/1/x', 'https://a/proc/1']) expect(pidOf(source)).toBeNull();
  });

  test('EV5: times are RFC 3339 to the nanosecond', () => {
    expect(timestamp(0n)).toBe('1970-01-01T00:00:00.000000000Z');
    expect(timestamp(2n ** 64n - 1n)).toBe('2554-07-21T23:34:33.709551615Z');
  });
});
