import type { OperationSubstep } from '../services/provisioning/operations.js';

/** The installer's own steps and our bootstrap's before them, as a person reads them. */
const TITLES: Readonly<Record<string, string>> = {
  wait_cloud_init: "waiting for the droplet's first boot",
  wait_apt: 'waiting for apt',
  make_swap: 'making swap',
  prepare_node: 'preparing Node.js',
  check_environment: 'checking the environment',
  harden_system: 'hardening the operating system',
  install_node: 'installing Node.js',
  generate_certs: 'generating certificates',
  configure_nginx: 'configuring nginx',
  deploy_panel: 'deploying the panel',
  redeploy_panel: 'deploying the panel again',
  deploy_gatekeeper: 'deploying the gatekeeper',
  check_panel: 'checking the panel',
  repeat_install: 'running it once more, in full',
};

/** Steps of create-portlama in order (contract/portlama.md): what "3/7" counts. */
const INSTALLER_STEPS = [
  'check_environment',
  'harden_system',
  'install_node',
  'generate_certs',
  'configure_nginx',
  'deploy_panel',
  'deploy_gatekeeper',
];

/** Title of a sub-step; an unknown name is shown with spaces. */
export function substepTitle(name: string): string {
  return Object.hasOwn(TITLES, name) ? TITLES[name]! : name.replaceAll('_', ' ');
}

/** `4/7 generating certificates`; without a count for the steps before the installer. Undefined when none runs. */
export function substepProgress(substeps: readonly OperationSubstep[]): string | undefined {
  // Take the running sub-step, otherwise the last failed one, which a second run may be about.
  const running =
    substeps.findLast(({ status }) => status === 'running') ??
    substeps.findLast(({ status }) => status === 'failed');
  if (running === undefined) return undefined;
  const place = INSTALLER_STEPS.indexOf(running.name);
  const title = substepTitle(running.name);
  return place === -1 ? title : `${place + 1}/${INSTALLER_STEPS.length} ${title}`;
}
