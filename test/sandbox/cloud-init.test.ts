import { describe, expect, it } from 'vitest';
import { generateHostKey, injectedHostKey } from '../../src/sandbox/droplet/ssh-daemon.js';
import { buildUserData, generateSshKeyPair } from '../../src/services/ssh/keys.js';

describe('the host key in user data', () => {
  const hostKey = generateSshKeyPair('host');
  const bare = hostKey.publicKey.split(' ').slice(0, 2).join(' ');

  it('is found in what the program writes', () => {
    expect(injectedHostKey(buildUserData({ hostKey }))?.publicKey).toBe(bare);
  });

  it('is found in JSON and in quoted strings', () => {
    const keys = { ed25519_private: hostKey.privateKey, ed25519_public: hostKey.publicKey };
    const json = `#cloud-config\n${JSON.stringify({ ssh_keys: keys })}`;
    expect(injectedHostKey(json)?.publicKey).toBe(bare);
    const quoted = `#cloud-config\nssh_keys:\n  ed25519_private: ${JSON.stringify(hostKey.privateKey)}\n`;
    expect(injectedHostKey(quoted)?.publicKey).toBe(bare);
  });

  it.each([
    ['nothing', ''],
    ['no cloud-config', buildUserData({ hostKey }).replace('#cloud-config', '#!/bin/sh')],
    ['no ssh_keys', buildUserData({ hostKey }).replace('ssh_keys:', 'other_keys:')],
    ['a key that is damaged', buildUserData({ hostKey }).replace('b3BlbnNzaC1rZXk', 'AAAA')],
  ])('is not found in %s', (_what, userData) => {
    expect(injectedHostKey(userData)).toBeUndefined();
  });

  it('is otherwise made, a new one each time', () => {
    expect(generateHostKey('a').publicKey).not.toBe(generateHostKey('a').publicKey);
  });
});
