import { outputOf, type Step } from '../step.js';

/** The host key was injected, so the very first connection is verified. */
export const waitSsh: Step<'wait_ssh'> = {
  id: 'wait_ssh',

  async run(context, signal) {
    const { ip } = outputOf(context, 'wait_droplet');
    const hostKeySha256 = await context.shell.use(async (connection) => {
      await connection.exec('true', { signal });
      return connection.hostKeySha256;
    }, signal);
    await context.log(`connected to ${ip}, host key verified (${hostKeySha256})`);
    return { hostKeySha256 };
  },
};
