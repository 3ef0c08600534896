import { execFile } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import {
  parsePassphraseSource,
  PassphraseError,
  passphraseReader,
} from '../../../src/services/keystore/passphrase-source.js';
import {
  passphraseStrength,
  requireGoodPassphrase,
} from '../../../src/services/keystore/passphrase-strength.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

async function script(text: string): Promise<string> {
  const path = join(await temporaryFolder(), 'pass word');
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o700);
  return path;
}

function fromCommand(command: string, timeoutMs?: number): Promise<string> {
  const source = parsePassphraseSource(undefined, command);
  return passphraseReader(source!, process.env, timeoutMs)();
}

describe('a passphrase from a command', () => {
  it('is its first line, once', async () => {
    const path = await script('echo "it is this"; echo second; echo "$@" >> "$0.log"');
    const source = parsePassphraseSource(
      undefined,
      `"${path}" one 'two words' th\\ ree "q\\"q" ''`,
    );
    expect(source).toEqual({
      kind: 'command',
      command: [path, 'one', 'two words', 'th ree', 'q"q', ''],
    });
    const read = passphraseReader(source!, process.env);
    expect(await Promise.all([read(), read()])).toEqual(['it is this', 'it is this']);
    const { stdout } = await promisify(execFile)('/bin/cat', [`${path}.log`]);
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });

  it('is started without a shell, and without our secrets around it', async () => {
    expect(await fromCommand('/bin/echo $HOME;`id` *')).toBe('$HOME;`id` *');
    process.env['PORTLAMA_CLOUD_TOKEN'] = 'planted';
    onTestFinished(() => void delete process.env['PORTLAMA_CLOUD_TOKEN']);
    const path = await script('env | grep -c PORTLAMA');
    expect(await fromCommand(`'${path}' || true`).catch(String)).toContain('exit code 1');
  });

  it.each([
    ['that fails', 'echo planted; exit 3', /failed with exit code 3/],
    ['that says nothing', 'exit 0', /gave no passphrase/],
    ['that begins with an empty line', 'echo; echo x', /gave no passphrase/],
    ['that never ends its line', 'head -c 100000 /dev/zero', /more than 4096 bytes/],
  ])('%s is an error that does not repeat it', async (_, text, says) => {
    const error: unknown = await fromCommand(`"${await script(text)}"`).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(PassphraseError);
    expect((error as Error).message).toMatch(says);
    expect(String(error)).not.toContain('planted');
  });

  it('that hangs is given up', async () => {
    const path = await script('exec sleep 60');
    await expect(fromCommand(`"${path}"`, 300)).rejects.toThrow('gave nothing within 0.3 s');
  });

  it('that is not there is named', async () => {
    await expect(fromCommand('/nonexistent/pass show')).rejects.toThrow('could not be started');
  });
});

describe('a passphrase from a file descriptor', () => {
  it('is the first line of a file', async () => {
    const path = join(await temporaryFolder(), 'passphrase');
    await writeFile(path, 'from a file\nnot this\n');
    const descriptor = openSync(path, 'r');
    const source = parsePassphraseSource(String(descriptor), undefined);
    expect(await passphraseReader(source!, {})()).toBe('from a file');
  });

  it('that is not open, or no file, is named', async () => {
    const reader = (number: number) =>
      passphraseReader({ kind: 'descriptor', descriptor: number }, {})();
    await expect(reader(901)).rejects.toThrow('File descriptor 901');
    const folder = openSync(await temporaryFolder(), 'r');
    onTestFinished(() => closeSync(folder));
    await expect(reader(folder)).rejects.toThrow('neither a file nor a pipe');
  });
});

describe('the settings of the source', () => {
  it.each([
    ['1', undefined],
    ['2', undefined],
    ['-1', undefined],
    ['three', undefined],
    ['3; rm', undefined],
    ['3', '/bin/pass'],
    [undefined, 'pass show portlama'],
    [undefined, './pass'],
    [undefined, '/bin/pass "unfinished'],
    [undefined, "/bin/pass 'unfinished"],
    [undefined, '/bin/pass \\'],
  ])('refuse %s and %s', (descriptor, command) => {
    expect(() => parsePassphraseSource(descriptor, command)).toThrow(InputError);
  });

  it('are none where nothing is set', () => {
    expect(parsePassphraseSource(undefined, undefined)).toBeUndefined();
  });
});

describe('the strength of a passphrase', () => {
  it.each([
    '',
    'a',
    'password',
    'P@ssw0rd1',
    'summer2024!',
    '123456789012',
    'aaaaaaaaaaaaaaaaaaaa',
    'qwertyuiopasdfgh',
    'abcdefghijkl',
    'hellohellohello',
    'portlama-vault',
    'dragon 1',
  ])('refuses %j', (passphrase) => {
    expect(passphraseStrength(passphrase).level).toBe('refused');
    expect(() => requireGoodPassphrase(passphrase)).toThrow(InputError);
  });

  it.each([
    ['orbit candle mustard', 'weak'],
    ['Tr0ub4dor&3', 'weak'],
    ['orbit candle mustard fjord', 'fair'],
    ['xkqzjwvbtr', 'fair'],
    ['orbit candle mustard fjord velvet sixteen', 'strong'],
    ['k8#Vq2!mZp0wR', 'strong'],
  ])('calls %j %s', (passphrase, level) => {
    expect(passphraseStrength(passphrase).level).toBe(level);
    expect(requireGoodPassphrase(passphrase)).toBe(passphrase);
  });

  it('never calls a longer phrase weaker', () => {
    const words = ['orbit', 'candle', 'mustard', 'fjord', 'velvet', 'sixteen'];
    const bits = words.map((_, at) => passphraseStrength(words.slice(0, at + 1).join(' ')).bits);
    expect(bits).toEqual([...bits].sort((one, other) => one - other));
  });

  it('refuses what cannot be typed again elsewhere', () => {
    for (const odd of [' orbit candle mustard fjord', 'orbit candle mustard fjord\t', 'a\u0007b'])
      expect(() => requireGoodPassphrase(odd)).toThrow('begins or ends with a space');
  });

  it('is said in words that do not hold the passphrase', () => {
    const { text } = passphraseStrength('orbit candle mustard fjord');
    expect(text).toMatch(
      /^fair: about \d+ bits; at 10,000 guesses a second it lasts about [\d,]+ /,
    );
    expect(text).not.toContain('orbit');
  });
});
