import { InputError } from '../../core/errors.js';
import { ENV, WATCH_UNIT } from '../../core/product.js';
import { unitText, type UserUnit } from '../../services/watching/user-unit.js';
import { enableLines, installQuestion } from '../../words/watch.js';
import type { Work } from '../work.js';

export interface InstallPorts extends Pick<Work, 'face' | 'stores'> {
  /** Command line that starts this program: absolute paths, and its words. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** True when a command gives the passphrase of the vault. */
  readonly hasPassphraseCommand: boolean;
  readonly userName: string;
  /** Absolute path of the unit. */
  readonly path: string;
  readonly read: (path: string) => Promise<string | undefined>;
  readonly write: (path: string, text: string) => Promise<void>;
}

/**
 * Shows the unit of systemd that keeps a watch running, and writes it once agreed. Refuses where the unit could not read
 * secrets: without a desktop session that is the vault, whose passphrase a command gives.
 */
export async function installWatch(ports: InstallPorts): Promise<string> {
  const { face, path, stores, hasPassphraseCommand } = ports;
  if (stores === undefined)
    throw new InputError({
      code: 'watch-install-sandbox',
      message: 'The sandbox ends by itself, and its servers with it: it needs no unit.',
    });
  if (!hasPassphraseCommand || (await stores.choose()).kind !== 'vault') throw withoutVault();
  // Rejects with why the command gives no passphrase that opens it.
  await stores.vault.requireKey();
  const unit: UserUnit = {
    name: WATCH_UNIT,
    description: 'Watch Portlama servers',
    command: ports.command,
    environment: ports.environment,
    endsWith: [130, 143],
  };
  const text = unitText(unit);
  const present = await ports.read(path);
  for (const line of text.trimEnd().split('\n')) face.say(line);
  if (present === text) {
    face.say(`${path} is up to date.`, 'ok');
  } else {
    await face.confirm(installQuestion(path, present !== undefined));
    await ports.write(path, text);
    face.say(`Wrote ${path}.`, 'ok');
  }
  for (const line of enableLines(WATCH_UNIT, ports.userName)) face.say(line, 'advice');
  return path;
}

function withoutVault(): InputError {
  return new InputError({
    code: 'watch-install-vault',
    message: 'A unit runs without a desktop session, and reads its secrets from the vault only.',
    hint: [
      { lead: 'Create a vault', command: 'vault.init' },
      { lead: 'Or move the secrets there', command: 'vault.move-to-vault' },
      `Then set ${ENV.passphraseCommand} to a program that prints its passphrase, and repeat this command.`,
    ],
  });
}
