import * as fc from '../../fixtures/fast-check.js';
import { describe, expect, it } from 'vitest';
import type { InstallerEvent } from '../../../src/services/installer/installer.js';
import {
  LINE_MAX_BYTES,
  type LocatedEvent,
  NdjsonReader,
} from '../../../src/services/installer/ndjson.js';

function readAll(chunks: readonly Uint8Array[], offset = 0): LocatedEvent[] {
  const reader = new NdjsonReader(offset);
  return [...chunks.flatMap((chunk) => [...reader.push(chunk)]), ...reader.end()];
}

function eventsOf(text: string): InstallerEvent[] {
  return readAll([Buffer.from(text)]).map(({ event }) => event);
}

describe('NdjsonReader', () => {
  it('reads the installer’s events among what else is printed', () => {
    const server = {
      ip: '203.0.113.7',
      panelUrl: 'https://203.0.113.7:9292',
      p12Path: '/etc/portlama/pki/client.p12',
      p12PasswordPath: '/etc/portlama/pki/.p12-password',
    };
    expect(
      eventsOf(
        [
          'npm warn deprecated x@1',
          '{"event":"step","step":"check_environment","status":"running"}',
          '',
          '{"event":"step","step":"harden_system","status":"skipped"}\r',
          '{"event":"error","message":"nginx did not start","extra":1}',
          '{"event":"error","message":"locked","code":"apt-locked"}',
          JSON.stringify({ event: 'complete', server: { ...server, more: true } }),
        ].join('\n'),
      ),
    ).toEqual([
      { kind: 'log', text: 'npm warn deprecated x@1' },
      { kind: 'step', step: 'check_environment', status: 'running' },
      { kind: 'step', step: 'harden_system', status: 'skipped' },
      { kind: 'error', message: 'nginx did not start' },
      { kind: 'error', message: 'locked', code: 'apt-locked' },
      { kind: 'complete', server },
    ]);
  });

  it.each([
    '{"event":"step","step":"x","status":"half"}',
    '{"event":"step","step":"Not A Name","status":"running"}',
    '{"event":"step","step":7,"status":"running"}',
    '{"event":"complete","server":{"ip":"1.2.3.4"}}',
    '{"event":"complete"}',
    '{"event":"error"}',
    '{"event":"later"}',
    '{"event":"step"',
    '[1,2]',
    'null',
    '"text"',
  ])('takes %s for a log line', (line) => {
    expect(eventsOf(line)).toEqual([{ kind: 'log', text: line }]);
  });

  it('takes over no message that is too long, and none that only blanks make long', () => {
    const message = `first${' '.repeat(60_000)}second \n ${'\n '.repeat(1_000)}third`;
    const blank = JSON.stringify({ event: 'error', message });
    const long = JSON.stringify({ event: 'error', message: 'x'.repeat(10_000) });
    const [first, ...others] = eventsOf(`${long}\n${`${blank}\n`.repeat(10)}`);
    expect(first).toEqual({ kind: 'error', message: `${'x'.repeat(2_000)} … (cut)` });
    expect(others).toHaveLength(10);
    expect(others[0]).toMatchObject({ message: expect.stringMatching(/^first {1995} … \(cut\)$/) });
  });

  it('gives the position in bytes after each line', () => {
    const lines = ['äöü €', '', '{"event":"step","step":"é","status":"running"}', 'last'];
    expect(readAll([Buffer.from(lines.join('\n'))], 1_000).map(({ offset }) => offset)).toEqual([
      1_000 + 11,
      1_000 + 12 + Buffer.byteLength(lines[2]!) + 1,
      1_000 + Buffer.byteLength(lines.join('\n')),
    ]);
  });

  it('cuts a line that is too long, and goes on exactly behind it', () => {
    const long = 'é'.repeat(LINE_MAX_BYTES);
    const text = `first\n${long}\nnext\n`;
    const [first, cut, next] = readAll([Buffer.from(text)]);
    expect(first?.event).toEqual({ kind: 'log', text: 'first' });
    expect(cut?.event.kind === 'log' && cut.event.text).toMatch(/^é+ … \(cut\)$/);
    expect(cut?.event.kind === 'log' && Buffer.byteLength(cut.event.text)).toBeLessThan(
      LINE_MAX_BYTES + 20,
    );
    expect(next).toEqual({ event: { kind: 'log', text: 'next' }, offset: Buffer.byteLength(text) });
  });

  it('keeps nothing of an endless line but its beginning', () => {
    const reader = new NdjsonReader();
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    for (let count = 0; count < 200; count++) expect([...reader.push(chunk)]).toEqual([]);
    const [only] = reader.push(Buffer.from('\n'));
    expect(only?.offset).toBe(200 * chunk.length + 1);
    expect(only?.event.kind === 'log' && only.event.text.length).toBeLessThan(LINE_MAX_BYTES + 20);
  });

  it('lets no control sequence through, in a line or in a message', () => {
    const events = eventsOf(
      [
        '\u001b[31mred\u001b[0m \u001b]0;title\u0007text\u0008\u0000\u009b2J',
        '10 %\r 50 %\r100 %\r',
        JSON.stringify({ event: 'error', message: 'bad\n\u001b[2Jthing\u202e' }),
      ].join('\n'),
    );
    expect(events).toEqual([
      { kind: 'log', text: 'red text' },
      { kind: 'log', text: '100 %' },
      { kind: 'error', message: 'bad thing' },
    ]);
  });

  it('reads the same, with the same positions, however the bytes are cut', () => {
    const line = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        '{"event":"step","step":"deploy_panel","status":"complete"}',
        '{"event":"error","message":"häßlich €"}',
      ),
      fc.json(),
    );
    fc.assert(
      fc.property(
        fc.array(line),
        fc.uint8Array({ maxLength: 20 }),
        fc.array(fc.nat(), { maxLength: 30 }),
        (lines, noise, cuts) => {
          const bytes = Buffer.concat([Buffer.from(lines.join('\n')), noise]);
          const at = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
          const chunks = [0, ...at].map((from, index) => bytes.subarray(from, at[index]));
          const whole = readAll([bytes]);
          expect(readAll(chunks)).toEqual(whole);
          // Going on from any position gives exactly the rest.
          for (const [index, { offset }] of whole.entries()) {
            expect(readAll([bytes.subarray(offset)], offset)).toEqual(whole.slice(index + 1));
          }
          for (const { event } of whole) {
            if (event.kind === 'log') expect(event.text).not.toMatch(/[\p{Cc}]/u);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
