import type { Command } from './command.js';
import { version } from './version.js';
import type { World } from './world.js';

/** A command that works on a world and ends. */
export type WorldCommand = Exclude<Command, { name: 'ui' | 'help' | 'version' | 'sandbox-daemon' }>;

export function isWorldCommand(command: Command): command is WorldCommand {
  return !['ui', 'help', 'version', 'sandbox-daemon'].includes(command.name);
}

/** Does what was asked for; each command is loaded by need. Resolves to the exit code. */
export async function perform(world: World, command: WorldCommand): Promise<number> {
  switch (command.name) {
    case 'provision': {
      const { provisionCommand } = await import('./provision.js');
      const { json, foreground, ...wish } = command;
      const format = json ? 'json' : 'plain';
      return await provisionCommand(world, { ...wish, format, ...(foreground && { foreground }) });
    }
    case 'operations':
      return await (await import('./operations.js')).operationsCommand(world, command);
    case 'servers':
      return await (await import('./servers.js')).serversCommand(world, command);
    case 'strays':
      return await (await import('./strays.js')).straysCommand(world, command);
    case 'certificate':
      return await (await import('./certificate.js')).certificateCommand(world, command);
    case 'doctor':
      return await (await import('./doctor.js')).doctorCommand(world, await version());
    case 'sandbox':
      return (await import('./sandbox-env.js')).sandboxEnvCommand(world);
    case 'token':
      return await (await import('./token.js')).tokenCommand(world, command.action);
    case 'vault':
      return await (await import('./vault.js')).vaultCommand(world, command.action);
    case 'worker': {
      const { workerCommand } = await import('./worker.js');
      return await workerCommand(world, command.operationId, command.mode);
    }
  }
}
