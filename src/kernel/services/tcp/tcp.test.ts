import { describe, expect, test } from 'vitest';
import { fileServiceConformance } from '../testing/index.ts';
import { TcpService } from './index.ts';

const make = () => new TcpService({ dev: 5, clock: { realtime: () => 5n, monotonic: () => 0 }, listening: () => [80, 8080] });

fileServiceConformance('tcp', make, { writable: false, file: ['127.0.0.1', '80'] });

describe('tcp', () => {
  test('lists who listens, and knows every port of the tab', () => {
    const service = make();
    const host = service.lookup(service.root(), '127.0.0.1');
    expect(service.lookup(service.root(), 'localhost')).toBe(host);
    expect(service.readdir(host, 0, 10).map(({ name, kind }) => [name, kind])).toEqual([['80', 'socket'], ['8080', 'socket']]);
    expect(service.readdir(host, 80, 10).map(({ name }) => name)).toEqual(['8080']);
    expect(service.port(service.lookup(host, '9'))).toBe(9);
    expect([service.port(host), service.port(service.root())]).toEqual([undefined, undefined]);
    const listen = service.lookup(service.root(), 'listen');
    const [first, last] = ['1', '65535'].map((port) => service.lookup(listen, port)) as [number, number];
    expect([service.listenPort(first), service.listenPort(last), service.port(first), service.port(last), service.listenPort(service.lookup(host, '65535'))]).toEqual([1, 65535, undefined, undefined, undefined]);
    expect([service.readdir(service.root(), 0, 9).map(({ name }) => name), service.readdir(service.root(), 2, 9).map(({ name }) => name)]).toEqual([['127.0.0.1', 'listen'], ['listen']]);
    for (const name of ['0', '65536', 'http', '']) expect(() => service.lookup(host, name)).toThrow('ENOENT');
    expect(() => service.lookup(service.root(), 'example.org')).toThrow('ENOENT');
  });
});
