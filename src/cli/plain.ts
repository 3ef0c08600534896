import { isCi } from '../core/capabilities.js';
import { PROGRAM } from '../core/product.js';
import { bareCall } from './commands/command.js';
import { command as provision } from './commands/provision.js';
import { converse } from './plain-menu.js';
import { say, sayLegacyPasswords } from './say.js';
import { listServers } from './servers/list.js';
import { hintLines } from '../words/hints.js';
import type { World } from '../main/world.js';

/**
 * The program in plain lines: with a keyboard it asks, without one or in CI the sandbox creates its server and the real
 * thing lists what there is, since creating costs money. Resolves to the exit code.
 */
export async function plainCommand(given: World, problem: string | undefined): Promise<number> {
  const world = { ...given, settings: { ...given.settings, plain: true } };
  say(world, `${PROGRAM} in plain lines. ${problem ?? ''}`.trimEnd());
  await sayLegacyPasswords(world);
  if (process.stdin.isTTY && !isCi(process.env)) return await converse(world);
  if (world.settings.sandbox) {
    say(world, 'Sandbox: an embedded DigitalOcean on this machine; nothing costs money.');
    const code = await provision.run(bareCall(world, 'provision'));
    await listServers(world);
    return code;
  }
  await listServers(world);
  for (const line of hintLines({ command: 'provision' }, world.settings)) say(world, line);
  return 0;
}
