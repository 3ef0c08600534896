import { withPatience } from '../worker/deadline.js';
import { outputOf, type Step } from '../worker/step.js';

declare module '../worker/step.js' {
  interface StepOutputs {
    readonly wait_ssh: { readonly hostKeySha256: string };
  }
}

/** The host key was injected, so the very first connection is verified. */
export const step: Step<'wait_ssh'> = {
  async run(context, signal) {
    const { ip } = outputOf(context, 'wait_droplet');
    const connect = (either: AbortSignal): Promise<string> =>
      context.shell.use(async (connection) => {
        await connection.exec('true', { signal: either });
        return connection.hostKeySha256;
      }, either);
    const hostKeySha256 = await withPatience(context, connect, signal);
    await context.log(`connected to ${ip}, host key verified (${hostKeySha256})`);
    return { hostKeySha256 };
  },
};
