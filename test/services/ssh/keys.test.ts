import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import {
  generateSshKeyPair,
  parsePublicKey,
  sha256Fingerprint,
} from '../../../src/services/ssh/keys.js';

describe('generateSshKeyPair', () => {
  it('makes 2,000 keys that are all readable and consistent', () => {
    // A generator that drops leading zeros goes wrong about once in 256.
    for (let count = 0; count < 2_000; count++) {
      const pair = generateSshKeyPair('x'.repeat(count % 9));
      const key = ssh2.utils.parseKey(pair.privateKey);
      if (key instanceof Error) throw key;
      const [type, base64] = pair.publicKey.split(' ');
      expect(type).toBe('ssh-ed25519');
      expect(key.getPublicSSH().toString('base64')).toBe(base64);
      const signature = key.sign('signed');
      if (signature instanceof Error) throw signature;
      expect(key.verify('signed', signature)).toBe(true);
    }
  });

  it('agrees with ssh-keygen on both halves and both fingerprints', () => {
    const folder = mkdtempSync(join(tmpdir(), 'portlama-key-'));
    try {
      const pair = generateSshKeyPair('portlama-0123456789abcdef');
      const file = join(folder, 'key');
      writeFileSync(file, pair.privateKey, { mode: 0o600 });
      writeFileSync(`${file}.pub`, pair.publicKey);
      const keygen = (...args: string[]): string =>
        execFileSync('ssh-keygen', args, { encoding: 'utf8' }).trim();
      expect(keygen('-y', '-P', '', '-f', file)).toBe(pair.publicKey);
      expect(keygen('-lf', `${file}.pub`)).toBe(
        `256 ${pair.sha256} portlama-0123456789abcdef (ED25519)`,
      );
      expect(keygen('-lE', 'md5', '-f', `${file}.pub`)).toContain(`MD5:${pair.md5} `);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('never makes the same key twice and takes no line break into a comment', () => {
    expect(generateSshKeyPair('a').publicKey).not.toBe(generateSshKeyPair('a').publicKey);
    expect(() => generateSshKeyPair('a\nssh-ed25519 AAAA')).toThrow(TypeError);
  });
});

describe('parsePublicKey', () => {
  const pair = generateSshKeyPair('me');

  it('reads a line with and without a comment', () => {
    const blob = parsePublicKey(pair.publicKey);
    expect(blob === undefined ? undefined : sha256Fingerprint(blob)).toBe(pair.sha256);
    expect(parsePublicKey(`${pair.publicKey.replace(' me', '')}\n`)).toEqual(blob);
  });

  it.each([
    ['nothing', ''],
    ['another type', 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ=='],
    ['a type that does not fit the bytes', `ssh-ed25519 ${Buffer.alloc(51).toString('base64')}`],
    ['a key cut short', pair.publicKey.split(' ').slice(0, 2).join(' ').slice(0, -8)],
    ['a key with more behind it', `ssh-ed25519 ${pair.publicKey.split(' ')[1]!}AAAA`],
  ])('refuses %s', (_what, line) => {
    expect(parsePublicKey(line)).toBeUndefined();
  });
});
