/** Our bootstrap's steps, before the installer's. */
export const BOOTSTRAP_STEPS = [
  'wait_cloud_init',
  'wait_apt',
  'make_swap',
  'prepare_node',
] as const;

/** create-portlama's own steps on a machine that has no Portlama yet (contract: on the droplet). */
export const FIRST_INSTALLATION_STEPS = [
  'check_environment',
  'harden_system',
  'install_node',
  'generate_certs',
  'configure_nginx',
  'deploy_panel',
  'deploy_gatekeeper',
] as const;

/** … and on one that has. */
export const REPEATED_INSTALLATION_STEPS = ['check_environment', 'redeploy_panel'] as const;

/** Every step there is, in order. */
export const INSTALL_STEPS = [
  ...BOOTSTRAP_STEPS,
  ...FIRST_INSTALLATION_STEPS,
  'redeploy_panel',
] as const;

export type InstallStep = (typeof INSTALL_STEPS)[number];
