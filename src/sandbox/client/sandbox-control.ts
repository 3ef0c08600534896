import type { ControlCommand } from '../control/commands.js';
import type { SandboxState } from '../control/state.js';
import { askSandbox, type SandboxAccess } from './sandbox-client.js';
import { SandboxError } from './sandbox-error.js';

/** Steers a sandbox that runs in another process: for tests and demos of the whole program. */
export interface SandboxControl {
  state(): Promise<SandboxState>;
  /** Resolves to what the command gives back. */
  perform(command: ControlCommand): Promise<unknown>;
}

export function createSandboxControl(url: string, secret: string): SandboxControl {
  const access: SandboxAccess = { url, secret };
  return {
    async state() {
      return parse((await askSandbox(access, 'GET', '/sandbox/control')).text) as SandboxState;
    },
    async perform(command) {
      const body = JSON.stringify(command);
      const { status, text } = await askSandbox(access, 'POST', '/sandbox/control', body);
      const answer = parse(text) as { result?: unknown; error?: string };
      if (status === 200) return answer.result;
      throw new SandboxError({
        code: 'sandbox-refused',
        message: `The sandbox refused ${command.action}: ${answer.error ?? 'no reason given'}`,
      });
    },
  };
}

function parse(text: string): unknown {
  return JSON.parse(text);
}
