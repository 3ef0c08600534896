import type { StepId } from '../journal/records.js';
import type { Step } from '../worker/step.js';
import { cleanUp } from './cleanup.js';
import { createDroplet } from './create-droplet.js';
import { enrollAdmin } from './enroll-admin.js';
import { generateSshKey } from './generate-ssh-key.js';
import { installPortlama } from './install-portlama.js';
import { retrieveCredentials } from './retrieve-credentials.js';
import { saveRegistry } from './save-registry.js';
import { uploadSshKey } from './upload-ssh-key.js';
import { validateToken } from './validate-token.js';
import { waitDroplet } from './wait-droplet.js';
import { waitSsh } from './wait-ssh.js';

/** Provisioning, from top to bottom. */
export const STEPS: readonly { readonly [Id in StepId]: Step<Id> }[StepId][] = [
  validateToken,
  generateSshKey,
  uploadSshKey,
  createDroplet,
  waitDroplet,
  waitSsh,
  installPortlama,
  retrieveCredentials,
  enrollAdmin,
  saveRegistry,
  cleanUp,
];
