import { operationKey } from '../../keystore/keystore.js';
import { generateSshKeyPair } from '../../ssh/keys.js';
import { operationKeyName, type Step } from '../worker/step.js';
import { keepSecrets, loadSecrets, undoCredential } from '../worker/operation-secrets.js';

declare module '../worker/step.js' {
  interface StepOutputs {
    readonly generate_ssh_key: {
      readonly publicKey: string;
      readonly md5: string;
      readonly hostKey: string;
    };
  }
}

/** One pair to log in with, one to be the droplet's host key, so that the very first connection is verified. */
export const step: Step<'generate_ssh_key'> = {
  async run(context) {
    const { ports, request } = context;
    const login = generateSshKeyPair(operationKeyName(request.id));
    const host = generateSshKeyPair(`${operationKeyName(request.id)}-host`);
    await keepSecrets(context, { privateKey: login.privateKey, hostPrivateKey: host.privateKey });
    // Read back: a store that loses what it was given is found out before a droplet depends on it.
    await loadSecrets(context);
    await context.log(`temporary key ${login.sha256} is in ${ports.keystore.title}`);
    return { publicKey: login.publicKey, md5: login.md5, hostKey: host.publicKey };
  },

  undo({ ports, request }) {
    return [undoCredential(ports.keystore, operationKey(request.id))];
  },
};
