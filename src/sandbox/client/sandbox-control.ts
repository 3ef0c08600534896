import type { ControlCommand } from '../control/controls.js';
import type { SandboxState } from '../control/state.js';
import { askSandbox } from './sandbox-client.js';
import { SandboxError } from '../folder.js';

/** Steers a sandbox that runs in another process: for tests and demos of the whole program. */
export interface SandboxControl {
  state(): Promise<SandboxState>;
  /** Resolves to what the command gives back. */
  perform(command: ControlCommand): Promise<unknown>;
}

/** `socketPath` is the sandbox's. */
export function createSandboxControl(socketPath: string): SandboxControl {
  return {
    async state() {
      return parse((await askSandbox(socketPath, 'GET', '/sandbox/control')).text) as SandboxState;
    },
    async perform(command) {
      const body = JSON.stringify(command);
      const { status, text } = await askSandbox(socketPath, 'POST', '/sandbox/control', body);
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
