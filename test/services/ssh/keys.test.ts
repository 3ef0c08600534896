import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildUserData,
  generateSshKeyPair,
  parsePublicKey,
  sha256Fingerprint,
} from '../../../src/services/ssh/keys.js';
import { RUN_TYPESCRIPT } from '../../fixtures/run-typescript.js';

/** DigitalOcean's limit for user data. */
const USER_DATA_MAX_BYTES = 65_536;

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

  // Node.js 20 stood still for ever when its garbage collection met a key that was being exported. Where collections come
  // is a matter of rhythm: three of these six met the fault.
  it.each([
    [97, 37],
    [97, 101],
    [211, 37],
    [211, 257],
    [401, 37],
    [401, 101],
  ])('makes keys with a collection every %i objects, among up to %i others', (interval, others) => {
    const keys = resolve(import.meta.dirname, '../../../src/services/ssh/keys.ts');
    const program = `const { generateSshKeyPair } = await import(${JSON.stringify(keys)});
      globalThis.kept = [];
      for (let count = 0; count < 3_000; count++) {
        generateSshKeyPair('x');
        for (let at = 0; at < count % ${others}; at++) globalThis.kept[at] = { at: at + 0.5 };
      }`;
    const flags = [`--gc-interval=${interval}`, ...RUN_TYPESCRIPT, '--input-type=module'];
    const { status, signal } = spawnSync(process.execPath, [...flags, '-e', program], {
      timeout: 20_000,
    });
    expect({ status, signal }).toEqual({ status: 0, signal: null });
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

/** Runs cloud-init's own ssh module on our user data, with its paths turned to a folder of ours. */
const RUN_SSH_MODULE = `
import glob, inspect, logging, sys
from unittest import mock
from cloudinit import util
from cloudinit.config import cc_ssh
root, user_data = sys.argv[1], sys.argv[2]
# What an image may have in /etc/cloud/cloud.cfg.d: user data goes before it, key by key.
image = {'ssh_deletekeys': False, 'ssh_genkeytypes': ['rsa', 'ecdsa', 'ed25519'], 'ssh_pwauth': True, 'disable_root': True}
config = {**image, **util.load_yaml(open(user_data).read())}
cc_ssh.CONFIG_KEY_TO_FILE = {k: (root + v[0], v[1]) for k, v in cc_ssh.CONFIG_KEY_TO_FILE.items()}
cc_ssh.KEY_FILE_TPL = root + cc_ssh.KEY_FILE_TPL
here = mock.Mock(glob=lambda pattern: glob.glob(root + pattern))
asked = {}
cc_ssh.apply_credentials = lambda keys, user, disable_root, opts: asked.update(keys=keys, disable_root=disable_root)
cloud = mock.Mock()
cloud.get_public_ssh_keys.return_value = ['ssh-ed25519 AAAA account']
cloud.distro.get_default_user = lambda: {}
with mock.patch.object(cc_ssh, 'glob', here), mock.patch.object(cc_ssh.ug_util, 'normalize_users_groups', return_value=({}, {})):
    # Newer versions have no parameter for the log.
    log = [logging.getLogger()] if 'log' in inspect.signature(cc_ssh.handle).parameters else []
    cc_ssh.handle('ssh', config, cloud, *log, [])
print(asked['keys'], asked['disable_root'], config['ssh_pwauth'])
`;

describe('buildUserData', () => {
  const hostKey = generateSshKeyPair('');
  const authorizedKeys = [generateSshKeyPair('me').publicKey];
  const userData = buildUserData({ hostKey, authorizedKeys });
  let folder = '';
  let file = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'portlama-user-data-'));
    file = join(folder, 'user-data');
    writeFileSync(file, userData, { mode: 0o600 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is ASCII, begins as cloud-config, and is far below the limit', () => {
    expect(userData.startsWith('#cloud-config\n')).toBe(true);
    expect(userData).toMatch(/^[\x20-\x7e\n]+$/);
    expect(Buffer.byteLength(userData)).toBeLessThan(USER_DATA_MAX_BYTES / 32);
  });

  it('is valid by the schema of cloud-init', () => {
    const result = spawnSync('cloud-init', ['schema', '--config-file', file], { encoding: 'utf8' });
    expect(result.stdout + result.stderr).toMatch(/Valid (cloud-config|schema)/);
    expect(result.status).toBe(0);
  });

  it('makes cloud-init install exactly this key, and remove all others, whatever the image is set to', () => {
    const ssh = join(folder, 'etc/ssh');
    mkdirSync(ssh, { recursive: true });
    for (const type of ['rsa', 'ecdsa', 'ed25519', 'dsa']) {
      writeFileSync(join(ssh, `ssh_host_${type}_key`), 'of the image');
      writeFileSync(join(ssh, `ssh_host_${type}_key.pub`), 'of the image');
    }
    const said = execFileSync('/usr/bin/python3', ['-c', RUN_SSH_MODULE, folder, file], {
      encoding: 'utf8',
    });
    expect(readdirSync(ssh).sort()).toEqual(['ssh_host_ed25519_key', 'ssh_host_ed25519_key.pub']);
    const key = join(ssh, 'ssh_host_ed25519_key');
    expect(readFileSync(key, 'utf8')).toBe(hostKey.privateKey);
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(readFileSync(`${key}.pub`, 'utf8').trim()).toBe(hostKey.publicKey);
    // The account's key is installed for root, and root may use it; no password opens the droplet.
    expect(said.trim()).toBe(`['ssh-ed25519 AAAA account', '${authorizedKeys[0]}'] False False`);
  });
});
