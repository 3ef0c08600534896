import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { DOMAIN, type PanelWorld } from './panel-world.js';

/** One entry of a recording. */
export interface Exchange {
  readonly id: string;
  readonly note?: string;
  readonly request?: {
    readonly method: string;
    readonly path: string;
    readonly cert: string;
    readonly host?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly rawBody?: string;
  };
  readonly response?: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, unknown>>;
    readonly body: unknown;
  };
  readonly messages?: readonly Record<string, unknown>[];
  readonly [more: string]: unknown;
}

/** Address of the recording's machine. */
const RECORDED_ADDRESS = '203.0.113.10';

export function readExchanges(name: string): readonly Exchange[] {
  const path = join(import.meta.dirname, 'panel', `${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as readonly Exchange[];
}

/** Replaces the recorded machine's address by the sandbox's. */
export function asHere<T>(value: T, { droplet }: PanelWorld): T {
  return JSON.parse(JSON.stringify(value).replaceAll(RECORDED_ADDRESS, droplet.address)) as T;
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const PEM = /^-----BEGIN CERTIFICATE-----\n[\s\S]+\n-----END CERTIFICATE-----\n$/;

/** Fields whose value is a time, a figure or a secret of the recording's machine, with the form they must have. */
const VOLATILE: Readonly<Record<string, (value: unknown) => void>> = {
  expiresAt: likeText(ISO),
  newExpiry: likeText(ISO),
  nextRun: likeText(ISO),
  createdAt: likeText(ISO),
  timestamp: likeText(ISO),
  p12Password: likeText(/^[0-9a-f]{32}$/),
  adminPassword: likeText(/^[\w-]{22}$/),
  token: likeText(/^[0-9a-f]{64}$/),
  serial: likeText(/^[0-9A-F]{40}$/),
  manualKey: likeText(/^[A-Z2-7]{32}$/),
  uri: likeText(
    /^otpauth:\/\/totp\/Portlama%20Panel:admin\?secret=[A-Z2-7]{32}&issuer=Portlama%20Panel&algorithm=SHA1&digits=6&period=30$/,
  ),
  cert: likeText(PEM),
  caCert: likeText(PEM),
  usage: isFigure,
  cores: isFigure,
  total: isFigure,
  used: isFigure,
  free: isFigure,
};

function likeText(pattern: RegExp): (value: unknown) => void {
  return (value) => expect(value).toMatch(pattern);
}

function isFigure(value: unknown): void {
  expect(value).toBeTypeOf('number');
}

/** Compares what was answered with the recording: every field, its type, and its text. */
export function expectLike(actual: unknown, recorded: unknown, key = ''): void {
  if (recorded === null || typeof recorded !== 'object') {
    // Progress counts are no figures of the machine.
    const check = key === 'uptime' ? isUptime(recorded) : VOLATILE[key];
    if (check !== undefined && recorded !== null) check(actual);
    else expect(actual, key).toEqual(recorded);
    return;
  }
  expect(actual, key).toBeTypeOf('object');
  expect(Object.keys(actual as object).sort(), key).toEqual(Object.keys(recorded).sort());
  const isProgress = key === 'progress';
  for (const [name, value] of Object.entries(recorded)) {
    const got = (actual as Record<string, unknown>)[name];
    if (isProgress) expect(got, name).toBe(value);
    else expectLike(got, value, name);
  }
}

/** Of the machine in seconds, of a service as a text. */
function isUptime(recorded: unknown): (value: unknown) => void {
  return typeof recorded === 'number' ? isFigure : likeText(/^(?:\d+[dhms] ?)+$/);
}

/** Compares a body with one that the recording leaves out: by its size and title, or as a file. */
export function expectBody(body: Buffer, recorded: unknown): void {
  const { _text: text, _binary: binary, title } = (recorded ?? {}) as Record<string, string>;
  if (binary !== undefined) {
    // Keys here are of another kind than the installer's, so files are of another size.
    expect(body.length > 0).toBe(!binary.startsWith('0 '));
  } else if (text === undefined) {
    expectLike(JSON.parse(body.toString('utf8')), recorded);
  } else {
    expect(`${body.length} bytes`).toBe(text);
    expect(/<title>(.*)<\/title>/.exec(body.toString('utf8'))?.[1]).toBe(title);
  }
}

/** A recorded message without the time at which it came. */
export function withoutTime({ at: _at, ...message }: Record<string, unknown>): object {
  return message;
}

export const PANEL_HOST = `panel.${DOMAIN}`;
