import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../src/services/installer/outcome.js';

function failureOf(lines: readonly string[], exitCode = 1): { code: string; message: string } {
  const outcome = new Outcome();
  for (const text of lines) outcome.note({ kind: 'log', text });
  const { code, message } = outcome.failure(exitCode)!;
  return { code, message };
}

const FOOTER =
  'npm error A complete log of this run can be found in: /root/.npm/_logs/2026-11-28T10_00_00_000Z-debug-0.log';

describe('what npm said', () => {
  it.each([
    [
      'a version that is not there',
      [
        'npm error code ETARGET',
        'npm error notarget No matching version found for @lamalibre/create-portlama@9.9.9.',
        'npm error notarget In most cases you or one of your dependencies are requesting',
        "npm error notarget a package version that doesn't exist.",
      ],
      'installer-missing',
      'npm error notarget No matching version found for @lamalibre/create-portlama@9.9.9.',
    ],
    [
      'a package that is not there',
      [
        'npm error code E404',
        'npm error 404 Not Found - GET https://registry.npmjs.org/create-nothing - Not found',
        'npm error 404',
        "npm error 404  'create-nothing@*' is not in this registry.",
      ],
      'installer-missing',
      'npm error 404 Not Found - GET https://registry.npmjs.org/create-nothing - Not found.',
    ],
    [
      'a registry out of reach',
      [
        'npm ERR! code ENOTFOUND',
        'npm ERR! syscall getaddrinfo',
        'npm ERR! errno ENOTFOUND',
        'npm ERR! network request to https://registry.npmjs.org/x failed, reason: getaddrinfo ENOTFOUND',
        'npm ERR! network This is a problem related to network connectivity.',
      ],
      'registry-unreachable',
      'npm ERR! network request to https://registry.npmjs.org/x failed, reason: getaddrinfo ENOTFOUND.',
    ],
  ])('is its reason, not its footer: %s', (_what, lines, code, words) => {
    expect(failureOf([...lines, FOOTER])).toEqual({
      code,
      message: `The installer ended with exit code 1. Its last output: ${words}`,
    });
  });

  it('is the newest reason, when npm ran twice', () => {
    const { message } = failureOf([
      'npm error code EAI_AGAIN',
      'npm error network request failed',
      FOOTER,
      'npm error code ETARGET',
      'npm error notarget No matching version found for x@2.',
      FOOTER,
    ]);
    expect(message).toContain(
      'Its last output: npm error notarget No matching version found for x@2.',
    );
  });

  it('is left out where only the footer is known', () => {
    expect(failureOf([FOOTER]).message).toBe('The installer ended with exit code 1.');
  });
});

describe('what apt said', () => {
  it.each([
    ['E: Unable to locate package nodejs', 'package-missing'],
    ["E: Package 'nginx' has no installation candidate", 'package-missing'],
    [
      'E: Failed to fetch http://deb.debian.org/debian/x.deb  Could not connect',
      'packages-unreachable',
    ],
    ['Temporary failure resolving ‘deb.debian.org’', 'packages-unreachable'],
  ])('%s is %s', (line, code) => {
    expect(failureOf([line]).code).toBe(code);
  });

  it('is found in the message of the installer too', () => {
    const outcome = new Outcome();
    outcome.note({
      kind: 'error',
      message: 'Command failed: apt-get install -y nodejs · E: Unable to locate package nodejs',
    });
    expect(outcome.failure(1)?.code).toBe('package-missing');
  });
});
