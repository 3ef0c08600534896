/**
 * Provisioning, from top to bottom. A step is one line here and its file, which declares its output, runs it and undoes
 * it; its id is the desktop app's (contract/portlama.md), its title the guide's (cloud provisioning, step 6). What
 * shows or counts steps reads this list, so no code of a step is loaded for it. A step that is
 * `onlyFor` something is there when that was asked for.
 */
export const STEPS = [
  { id: 'validate_token', title: 'Validating token', load: () => import('./validate-token.js') },
  {
    id: 'generate_ssh_key',
    title: 'Generating SSH key',
    load: () => import('./generate-ssh-key.js'),
  },
  { id: 'upload_ssh_key', title: 'Uploading SSH key', load: () => import('./upload-ssh-key.js') },
  { id: 'create_droplet', title: 'Creating droplet', load: () => import('./create-droplet.js') },
  { id: 'wait_droplet', title: 'Waiting for boot', load: () => import('./wait-droplet.js') },
  {
    id: 'setup_dns',
    title: 'Setting up DNS',
    onlyFor: 'domain',
    load: () => import('./setup-dns.js'),
  },
  { id: 'wait_ssh', title: 'Connecting via SSH', load: () => import('./wait-ssh.js') },
  {
    id: 'install_portlama',
    title: 'Installing Portlama',
    load: () => import('./install-portlama.js'),
  },
  {
    id: 'retrieve_credentials',
    title: 'Retrieving credentials',
    load: () => import('./retrieve-credentials.js'),
  },
  {
    id: 'enroll_admin',
    title: 'Enrolling admin certificate',
    load: () => import('./enroll-admin.js'),
  },
  { id: 'save_registry', title: 'Saving configuration', load: () => import('./save-registry.js') },
  { id: 'cleanup', title: 'Cleaning up', load: () => import('./cleanup.js') },
] as const;

export type StepId = (typeof STEPS)[number]['id'];

/** Steps of a provisioning: one more where a domain was asked for. */
export function stepsOf(request: { readonly domain?: unknown }): readonly (typeof STEPS)[number][] {
  return STEPS.filter((step) => !('onlyFor' in step) || request[step.onlyFor] !== undefined);
}

/** Steps of work on a server that exists (`UpkeepWork`); `src/usecases/perform-upkeep.ts` runs them. */
export const UPKEEP_STEPS = {
  onboard: [
    { id: 'await_dns', title: 'Waiting for DNS' },
    { id: 'install_panel', title: 'Installing certificates and login' },
    { id: 'keep_login', title: 'Storing the login' },
  ],
  update: [
    { id: 'order_update', title: 'Requesting the update' },
    { id: 'follow_update', title: 'Waiting for the new version' },
  ],
  renew: [{ id: 'renew_certificate', title: 'Renewing the certificate' }],
  bind: [
    { id: 'make_key', title: 'Creating a key' },
    { id: 'keep_key', title: 'Putting it into the keychain' },
    { id: 'order_certificate', title: 'Having the panel sign its certificate' },
    { id: 'take_certificate', title: 'Testing and saving it' },
  ],
  recover: [
    { id: 'await_login', title: 'Logging in over SSH' },
    { id: 'reset_certificate', title: 'Creating a new certificate' },
    { id: 'fetch_certificate', title: 'Fetching and testing it' },
    { id: 'end_login', title: 'Removing the key' },
  ],
} as const;

export type UpkeepKind = keyof typeof UPKEEP_STEPS;
export type UpkeepStepId = (typeof UPKEEP_STEPS)[UpkeepKind][number]['id'];
/** Step of any operation. */
export type AnyStepId = StepId | UpkeepStepId;

export interface StepName {
  readonly id: AnyStepId;
  readonly title: string;
}

/** Steps of any operation, to be shown and counted. */
export function shownStepsOf(request: {
  readonly kind?: UpkeepKind | undefined;
  readonly domain?: unknown;
}): readonly StepName[] {
  return request.kind === undefined ? stepsOf(request) : UPKEEP_STEPS[request.kind];
}

const ALL: readonly StepName[] = [...STEPS, ...Object.values(UPKEEP_STEPS).flat()];

/** Title of a step, as a person reads it. */
export function stepTitle(id: AnyStepId): string {
  return ALL.find((step) => step.id === id)?.title ?? id;
}
