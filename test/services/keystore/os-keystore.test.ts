import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { hintText } from '../../../src/words/hints.js';
import {
  type CredentialKey,
  KeystoreError,
  p12PasswordKey,
  TOKEN_KEY,
} from '../../../src/services/keystore/keystore.js';
import { createOsKeystore, findSecretTool } from '../../../src/services/keystore/os-keystore.js';
import { startKeyringSession } from '../../fixtures/keyring/start.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const PASSWORD = 'keyring-password';
const SERVER = p12PasswordKey('3f1f0c52-3c3f-4e0e-9b59-3c7f1f3f0a11');
/** A busy machine must not look like a store that hangs; a test that expects a hang takes less. */
const PATIENT = { answerTimeoutMs: 20_000 };

const attributesOf = ({ service, account }: CredentialKey): string[] => [
  'service',
  service,
  'account',
  account,
];

async function errorOf(promise: Promise<unknown>): Promise<KeystoreError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof KeystoreError)) throw new Error(`not a KeystoreError: ${String(error)}`);
  return error;
}

describe('the Secret Service of an unlocked keyring', () => {
  async function setUp() {
    const session = await startKeyringSession();
    await session.startDaemon(PASSWORD);
    return { session, keystore: createOsKeystore({ ...session, ...PATIENT }) };
  }

  it('passes the probe, keeps a secret of any text, and forgets it', async () => {
    const { session, keystore } = await setUp();
    await keystore.probe();
    const secret = '-----BEGIN KEY-----\n"ümlaut" \\ $x `y`\n-----END KEY-----\n';
    expect(await keystore.get(TOKEN_KEY)).toBeUndefined();
    await keystore.set(TOKEN_KEY, 'first');
    await keystore.set(TOKEN_KEY, secret);
    expect(await keystore.get(TOKEN_KEY)).toBe(secret);
    expect(await keystore.delete(TOKEN_KEY)).toBe(true);
    expect(await keystore.delete(TOKEN_KEY)).toBe(false);
    expect(await keystore.get(TOKEN_KEY)).toBeUndefined();
    // Neither the probe nor the looks at what was not there leave anything behind.
    const left = await session.secretTool(['search', '--all', 'service', 'com.portlama.probe']);
    expect(left.output).toBe('');
  });

  it('is found by the desktop app’s tool, and finds what that stored', async () => {
    const { session, keystore } = await setUp();
    await keystore.set(TOKEN_KEY, 'ours');
    const seen = await session.secretTool(['lookup', ...attributesOf(TOKEN_KEY)]);
    expect(seen).toEqual({ code: 0, output: 'ours' });
    await session.secretTool(['store', '--label=P12', ...attributesOf(SERVER)], 'theirs');
    expect(await keystore.get(SERVER)).toBe('theirs');
    expect(await keystore.delete(SERVER)).toBe(true);
    expect((await session.secretTool(['lookup', ...attributesOf(SERVER)])).code).toBe(1);
  });

  it('finds, replaces and deletes an item that carries another schema than keytar’s', async () => {
    const { session, keystore } = await setUp();
    const foreign = ['xdg:schema', 'com.example.Other', ...attributesOf(SERVER)];
    await session.secretTool(['store', '--label=P12', ...foreign], 'old');
    expect(await keystore.get(SERVER)).toBe('old');
    await keystore.set(SERVER, 'new');
    expect(await keystore.get(SERVER)).toBe('new');
    const seen = await session.secretTool(['lookup', ...attributesOf(SERVER)]);
    expect(seen.output).toBe('new');
    expect(await keystore.delete(SERVER)).toBe(true);
    expect(await keystore.get(SERVER)).toBeUndefined();
  });

  it('answers many calls at once', async () => {
    const { keystore } = await setUp();
    const keys = Array.from({ length: 25 }, (_, index) => p12PasswordKey(`server-${index}`));
    await Promise.all(keys.map((key) => keystore.set(key, `secret of ${key.account}`)));
    const secrets = await Promise.all(keys.map((key) => keystore.get(key)));
    expect(secrets).toEqual(keys.map((key) => `secret of ${key.account}`));
  });

  it('goes on when the daemon was started anew between two calls', async () => {
    const session = await startKeyringSession();
    const daemon = await session.startDaemon(PASSWORD);
    const keystore = createOsKeystore({ ...session, ...PATIENT });
    await keystore.set(TOKEN_KEY, 'kept');
    const ended = new Promise((resolve) => daemon.on('exit', resolve));
    daemon.kill('SIGTERM');
    await ended;
    await session.startDaemon(PASSWORD);
    expect(await keystore.get(TOKEN_KEY)).toBe('kept');
  });
});

describe('a credential store that cannot be used', () => {
  it('without D-Bus: says how to get a session', async () => {
    const { environment } = await startKeyringSession();
    delete environment['DBUS_SESSION_BUS_ADDRESS'];
    const error = await errorOf(createOsKeystore({ environment, ...PATIENT }).probe());
    expect(error.code).toBe('no-dbus');
    expect(hintText(error.hint, { sandbox: false })).toMatch(
      /dbus-run-session -- |DBUS_SESSION_BUS_ADDRESS=/,
    );
  });

  it('with a D-Bus address that nobody listens on', async () => {
    const { environment } = await startKeyringSession();
    environment['DBUS_SESSION_BUS_ADDRESS'] = 'unix:path=/nonexistent/bus';
    const error = await errorOf(createOsKeystore({ environment, ...PATIENT }).get(TOKEN_KEY));
    expect(error.code).toBe('no-dbus');
  });

  it('without a secret service: says what to install', async () => {
    const session = await startKeyringSession({ withoutServices: true });
    const error = await errorOf(createOsKeystore({ ...session, ...PATIENT }).probe());
    expect(error.code).toBe('no-secret-service');
    expect(hintText(error.hint, { sandbox: false })).toContain('apt-get install gnome-keyring');
  });

  it('locked: every call says so, and none takes it for an empty store', async () => {
    const session = await startKeyringSession();
    await session.startDaemon(PASSWORD);
    const keystore = createOsKeystore({ ...session, ...PATIENT });
    await keystore.set(TOKEN_KEY, 'kept');
    await session.lock();
    const calls = [
      () => keystore.get(TOKEN_KEY),
      () => keystore.set(TOKEN_KEY, 'other'),
      () => keystore.delete(TOKEN_KEY),
      () => keystore.probe(),
    ];
    for (const call of calls) expect((await errorOf(call())).code).toBe('locked');
  });

  it('locked: the command in the hint unlocks it', async () => {
    const session = await startKeyringSession();
    await session.startDaemon(PASSWORD);
    const keystore = createOsKeystore({ ...session, ...PATIENT });
    await keystore.set(TOKEN_KEY, 'kept');
    await session.lock();
    const { hint } = await errorOf(keystore.get(TOKEN_KEY));
    const command = hintText(hint, { sandbox: false }).replace(/^Unlock it, in bash: /, '');
    const script = `{ ${command}; } <<<'${PASSWORD}'`;
    await promisify(execFile)('bash', ['-c', script], { env: session.environment });
    expect(await keystore.get(TOKEN_KEY)).toBe('kept');
  });

  it('never made: like a locked one', async () => {
    const session = await startKeyringSession();
    await session.startDaemon();
    expect((await errorOf(createOsKeystore({ ...session, ...PATIENT }).probe())).code).toBe(
      'locked',
    );
  });

  it('waiting for a prompt: ends the call, and all that wait behind it', async () => {
    const session = await startKeyringSession({ hangingPrompt: true });
    await session.startDaemon(PASSWORD);
    const keystore = createOsKeystore({ ...session });
    await createOsKeystore({ ...session, ...PATIENT }).set(TOKEN_KEY, 'kept');
    await session.lock();
    const calls = Array.from({ length: 20 }, () => errorOf(keystore.get(TOKEN_KEY)));
    const codes = (await Promise.all(calls)).map((error) => error.code);
    expect(new Set(codes)).toEqual(new Set(['prompt-needed']));
  });

  it('killed in the middle of a call: says that it went away, and how to start it', async () => {
    const session = await startKeyringSession({ withoutServices: true });
    const daemon = await session.startDaemon(PASSWORD);
    const keystore = createOsKeystore({ ...session, ...PATIENT });
    await keystore.set(TOKEN_KEY, 'kept');
    daemon.kill('SIGSTOP');
    const failed = errorOf(keystore.get(TOKEN_KEY));
    await new Promise((resolve) => setTimeout(resolve, 300));
    daemon.kill('SIGKILL');
    const error = await failed;
    expect(error.code).toBe('daemon-died');
    expect(hintText(error.hint, { sandbox: false })).toContain('gnome-keyring-daemon');
  });

  it('without libsecret: names the package', async () => {
    const { environment } = await startKeyringSession();
    const keytarPath = join(await temporaryFolder(), 'keytar');
    const installed = dirname(createRequire(import.meta.url).resolve('keytar/package.json'));
    await cp(installed, keytarPath, { recursive: true });
    // The same library, asking for a libsecret that no machine has.
    const addon = join(keytarPath, `prebuilds/${process.platform}-${process.arch}/keytar.node`);
    const binary = (await readFile(addon)).toString('latin1');
    expect(binary).toContain('libsecret-1.so.0');
    await writeFile(addon, binary.replaceAll('libsecret-1.so.0', 'libsecret-1.so.9'), 'latin1');
    const keystore = createOsKeystore({
      environment,
      keytarPath: `${keytarPath}/lib/keytar.js`,
      ...PATIENT,
    });
    const error = await errorOf(keystore.probe());
    expect(error.code).toBe('libsecret-missing');
    expect(hintText(error.hint, { sandbox: false })).toContain('libsecret-1-0');
  });
});

describe('the process that holds keytar', () => {
  it('is not mistaken for the store when it cannot load keytar', async () => {
    const { environment } = await startKeyringSession();
    const keytarPath = join(await temporaryFolder(), 'broken.mjs');
    await writeFile(keytarPath, 'process.exit(3);');
    const error = await errorOf(createOsKeystore({ environment, keytarPath, ...PATIENT }).probe());
    expect(error.code).toBe('store-failed');
  });

  it('gets no secret in arguments or environment', async () => {
    const session = await startKeyringSession();
    await session.startDaemon(PASSWORD);
    const environment = { ...session.environment, PORTLAMA_CLOUD_TOKEN: 'token-of-the-worker' };
    const keystore = createOsKeystore({ environment, ...PATIENT });
    await keystore.set(TOKEN_KEY, 'planted-secret');
    const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
    const seen: string[] = [];
    for (const pid of children.trim().split(/\s+/)) {
      const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
      seen.push(`${await read('cmdline')} ${await read('environ')}`);
    }
    const keytarChild = seen.find((text) => text.includes('keytar-child.js'));
    expect(keytarChild).toBeDefined();
    expect(seen.join()).not.toContain('planted-secret');
    expect(keytarChild).not.toContain('token-of-the-worker');
  });
});

const TIMEOUT_MS = 10_000;
const SERVICE = 'com.portlama.server';
const NO_WORDS = ['--help', '-h', '--label=other', '--', '', 'a b', 'x\n--help', '-x --unlock'];

it('an account that is no plain word is neither looked up, stored nor cleared', async () => {
  const session = await startKeyringSession();
  await session.startDaemon('password of the keyring');
  const tool = findSecretTool(session.environment, TIMEOUT_MS)!;
  const plain = { service: SERVICE, account: '7f9c24e8-3b13-4f2a-9d5e-0a1b2c3d4e5f' };
  expect(await tool.store(plain, 'secret')).toBe(true);
  for (const word of NO_WORDS) {
    for (const key of [
      { ...plain, account: word },
      { ...plain, service: word },
    ]) {
      // With `--help` the tool itself succeeds, and its help would be taken for the secret.
      expect(await tool.lookup(key), word).toBeUndefined();
      expect(await tool.store(key, 'other'), word).toBe(false);
      expect(await tool.clear(key), word).toBe(false);
    }
  }
  expect(await tool.lookup(plain)).toBe('secret');
});
