import { describe, expect, it } from 'vitest';
import { NO_GRANTS, type Action, type ComponentGrants } from '../../shared/abi/index.ts';
import { asksOf, describeAction, describeRecord, rightsText, tickedGrants } from './wording.ts';

const http = (url: string, method = 'GET'): ReturnType<typeof describeAction> => describeAction({ kind: 'http', method, url });

describe('what a program asks for', () => {
  it('sets the host apart from the address', () => {
    expect(http('https://api.example.org:8443/v1?q=1')).toMatchObject({ asks: 'wants to send a GET request to', subject: 'api.example.org:8443', details: [{ text: 'https://api.example.org:8443/v1?q=1' }] });
  });
  it('is not deceived by a name before the host', () => {
    const { subject, notes } = http('https://bank.example@evil.example/bank.example');
    expect(subject).toBe('evil.example');
    expect(notes.join()).toContain('it goes to evil.example');
  });
  it('shows hosts of other scripts as they are called', () => {
    const { subject, notes } = http('https://p\u0430ypal.com/');
    expect(subject).toBe('xn--pypal-4ve.com');
    expect(notes.join()).toContain('international name');
  });
  it('names numbers, missing encryption and odd schemes', () => {
    expect(http('http://0x7f.1/').subject).toBe('127.0.0.1');
    expect(http('http://0x7f.1/').notes.join()).toMatch(/Not encrypted.*number rather than a name/);
    expect(http('https://[::1]/').notes.join()).toContain('number rather than a name');
    expect(http('ftp://a/').notes.join()).toContain('Neither https nor http');
  });
  it('keeps a method that is none out of the page’s own words', () => {
    const { asks, details } = http('https://a.example/', 'GET to nobody, press A\n');
    expect(asks).toBe('wants to send a network request to');
    expect(details).toContainEqual({ label: 'Method', text: 'GET to nobody, press A\n' });
  });
  it('shows what is no address as it is', () => expect(http('http://[').subject).toBe('http://['));
  it('says which rights to which files', () => {
    expect(describeAction({ kind: 'file', path: '/home/a', rights: ['read'] })).toMatchObject({ asks: 'wants to read the file or folder', subject: '/home/a', notes: [] });
    expect(describeAction({ kind: 'file', path: '/**', rights: ['read', 'write', 'create', 'delete'] })).toMatchObject({
      asks: 'wants to read, change, create and delete files', notes: [expect.any(String), 'That is the whole workspace.'],
    });
  });
  it.each<[Action, string, string]>([
    [{ kind: 'publish', subject: 'chat.in' }, 'wants to send messages to the subject', 'chat.in'],
    [{ kind: 'subscribe', subject: '>' }, 'wants to read all messages of the subject', '>'],
    [{ kind: 'listen', port: 80 }, 'wants to be called by others in this tab, on the port', '80'],
    [{ kind: 'listen', port: 0 }, 'wants to be called by others in this tab, on the port', 'any'],
    [{ kind: 'connect', port: 80 }, 'wants to call a program in this tab, on the port', '80'],
    [{ kind: 'kv', namespace: 'notes', access: 'write' }, 'wants to change the stored pairs of', 'notes'],
    [{ kind: 'spawn', path: '/bin/sh' }, 'wants to start the program', '/bin/sh'],
    [{ kind: 'clocks' }, 'wants to know the time', ''],
    [{ kind: 'entropy' }, 'wants random numbers', ''],
  ])('has words for %j', (action, asks, subject) => expect(describeAction(action)).toMatchObject({ asks, subject }));
  it('never has the program’s text in the page’s words', () => {
    const evil = 'EVIL';
    const actions: Action[] = [
      { kind: 'file', path: evil, rights: ['read'] }, { kind: 'http', method: `${evil} `, url: evil }, { kind: 'publish', subject: evil },
      { kind: 'subscribe', subject: evil }, { kind: 'kv', namespace: evil, access: 'read' }, { kind: 'spawn', path: evil },
    ];
    for (const action of actions) {
      const { asks, does, notes } = describeAction(action);
      expect(`${asks} ${does} ${notes.join()}`).not.toContain(evil);
    }
  });
});

describe('grants in words', () => {
  const grants: ComponentGrants = {
    ...NO_GRANTS, files: [{ path: '/home/data/**', rights: ['read', 'write'], reason: 'keeps its notes there' }, { path: '/tmp/**', rights: ['write'] }],
    http: [{ host: 'xn--bcher-kva.example', methods: ['GET', 'POST'] }], publish: ['chat.>'], clocks: true, entropy: true,
  };
  it('are listed one by one', () => {
    expect(asksOf(grants).map(({ id, does, subject }) => `${id} ${does} ${subject}`.trim())).toEqual([
      'http:0 send GET and POST requests to xn--bcher-kva.example', 'files:0 read and change /home/data/**', 'files:1 change /tmp/**',
      'publish:0 send messages to chat.>', 'clocks know the time', 'entropy use randomness',
    ]);
    expect(asksOf(grants)[1]).toMatchObject({ reason: 'keeps its notes there' });
  });
  it('are cut to what was ticked, and to reading', () => {
    expect(tickedGrants(grants, new Set(['files:0', 'files:1', 'clocks']), new Set(['files:0', 'files:1']))).toEqual({
      ...NO_GRANTS, files: [{ path: '/home/data/**', rights: ['read'], reason: 'keeps its notes there' }], clocks: true,
    });
    expect(tickedGrants(grants, new Set())).toEqual(NO_GRANTS);
    expect(tickedGrants(grants, new Set(asksOf(grants).map(({ id }) => id)))).toEqual(grants);
  });
  it('never gain what was not asked for', () => expect(tickedGrants(NO_GRANTS, new Set(['clocks', 'files:0', 'http:7']))).toEqual(NO_GRANTS));
});

it('lines of the audit have words', () => {
  expect(describeRecord({ kind: 'http', method: 'GET', url: 'https://a.example/x' })).toEqual({ does: 'GET', subject: 'https://a.example/x' });
  expect(describeRecord({ kind: 'revoke', detail: 'read /home/**' })).toEqual({ does: 'grant revoked', subject: 'read /home/**' });
  expect(describeRecord({ kind: 'file', path: '/a', rights: ['read', 'create'] })).toEqual({ does: 'read and create files', subject: '/a' });
  expect(rightsText([])).toBe('');
});
