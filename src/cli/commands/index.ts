import { type Command, withJsonOption } from './command.js';
import { command as certificateBind } from './certificate-bind.js';
import { command as certificateImport } from './certificate-import.js';
import { command as certificateRenew } from './certificate-renew.js';
import { command as certificateTrust } from './certificate-trust.js';
import { command as completion } from './completion.js';
import { command as configCheck } from './config-check.js';
import { command as configPath } from './config-path.js';
import { command as doctor } from './doctor.js';
import { command as domains } from './domains.js';
import { command as droplets } from './droplets.js';
import { command as dropletsAdopt } from './droplets-adopt.js';
import { command as dropletsDestroy } from './droplets-destroy.js';
import { command as exportServers } from './export.js';
import { command as importServers } from './import.js';
import { command as operations } from './operations.js';
import { command as operationsAttach } from './operations-attach.js';
import { command as operationsCancel } from './operations-cancel.js';
import { command as operationsCleanup } from './operations-cleanup.js';
import { command as operationsDismiss } from './operations-dismiss.js';
import { command as operationsResume } from './operations-resume.js';
import { command as provision } from './provision.js';
import { command as regions } from './regions.js';
import { command as sandboxEnv } from './sandbox-env.js';
import { command as servers } from './servers.js';
import { command as serversActivate } from './servers-activate.js';
import { command as serversAdd } from './servers-add.js';
import { command as serversAddress } from './servers-address.js';
import { command as serversAgents } from './servers-agents.js';
import { command as serversAgentsCreate } from './servers-agents-create.js';
import { command as serversAgentsDownload } from './servers-agents-download.js';
import { command as serversAgentsRevoke } from './servers-agents-revoke.js';
import { command as serversAgentsToken } from './servers-agents-token.js';
import { command as serversCertificates } from './servers-certificates.js';
import { command as serversCertificatesRenew } from './servers-certificates-renew.js';
import { command as serversDestroy } from './servers-destroy.js';
import { command as serversDomain } from './servers-domain.js';
import { command as serversLogs } from './servers-logs.js';
import { command as serversNote } from './servers-note.js';
import { command as serversOnboard } from './servers-onboard.js';
import { command as serversPanel } from './servers-panel.js';
import { command as serversPower } from './servers-power.js';
import { command as serversRecover } from './servers-recover.js';
import { command as serversRemove } from './servers-remove.js';
import { command as serversRename } from './servers-rename.js';
import { command as serversResize } from './servers-resize.js';
import { command as serversRestore } from './servers-restore.js';
import { command as serversServices } from './servers-services.js';
import { command as serversServicesRestart } from './servers-services-restart.js';
import { command as serversSsh } from './servers-ssh.js';
import { command as serversStatus } from './servers-status.js';
import { command as serversTunnels } from './servers-tunnels.js';
import { command as serversTunnelsAdd } from './servers-tunnels-add.js';
import { command as serversTunnelsDisable } from './servers-tunnels-disable.js';
import { command as serversTunnelsEnable } from './servers-tunnels-enable.js';
import { command as serversTunnelsRemove } from './servers-tunnels-remove.js';
import { command as serversTwoFactor } from './servers-two-factor.js';
import { command as serversTwoFactorOff } from './servers-two-factor-off.js';
import { command as serversTwoFactorOn } from './servers-two-factor-on.js';
import { command as serversUpdate } from './servers-update.js';
import { command as serversUsers } from './servers-users.js';
import { command as serversUsersAdd } from './servers-users-add.js';
import { command as serversUsersInvite } from './servers-users-invite.js';
import { command as serversUsersRemove } from './servers-users-remove.js';
import { command as serversUsersTwoFactor } from './servers-users-two-factor.js';
import { command as serversUsersWithdraw } from './servers-users-withdraw.js';
import { command as sizes } from './sizes.js';
import { command as sshKeys } from './ssh-keys.js';
import { command as tokenAdd } from './token-add.js';
import { command as tokenCheck } from './token-check.js';
import { command as tokenForget } from './token-forget.js';
import { command as tokenList } from './token-list.js';
import { command as tokenSet } from './token-set.js';
import { command as tokenUse } from './token-use.js';
import { command as vault } from './vault.js';
import { command as vaultInit } from './vault-init.js';
import { command as vaultMoveToOs } from './vault-move-to-os.js';
import { command as vaultMoveToVault } from './vault-move-to-vault.js';
import { command as vaultPassphrase } from './vault-passphrase.js';
import { command as watch } from './watch.js';
import { command as worker } from './worker.js';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  provision,
  regions,
  sizes,
  domains,
  sshKeys,
  servers,
  serversAdd,
  serversActivate,
  serversPanel,
  serversDomain,
  serversOnboard,
  serversStatus,
  serversSsh,
  serversUpdate,
  serversPower,
  serversRecover,
  serversResize,
  serversRename,
  serversAddress,
  serversNote,
  serversTunnels,
  serversTunnelsAdd,
  serversTunnelsEnable,
  serversTunnelsDisable,
  serversTunnelsRemove,
  serversUsers,
  serversUsersAdd,
  serversUsersInvite,
  serversUsersWithdraw,
  serversUsersTwoFactor,
  serversUsersRemove,
  serversAgents,
  serversAgentsToken,
  serversAgentsCreate,
  serversAgentsDownload,
  serversAgentsRevoke,
  serversTwoFactor,
  serversTwoFactorOn,
  serversTwoFactorOff,
  serversCertificates,
  serversCertificatesRenew,
  serversServices,
  serversServicesRestart,
  serversLogs,
  serversDestroy,
  serversRemove,
  serversRestore,
  watch,
  exportServers,
  importServers,
  certificateImport,
  certificateRenew,
  certificateBind,
  certificateTrust,
  droplets,
  dropletsAdopt,
  dropletsDestroy,
  operations,
  operationsAttach,
  operationsCancel,
  operationsCleanup,
  operationsResume,
  operationsDismiss,
  tokenSet,
  tokenAdd,
  tokenList,
  tokenUse,
  tokenCheck,
  tokenForget,
  vault,
  vaultInit,
  vaultPassphrase,
  vaultMoveToOs,
  vaultMoveToVault,
  doctor,
  configCheck,
  configPath,
  completion,
  sandboxEnv,
  worker,
].map(withJsonOption);

/** `servers destroy LABEL... [--yes TEXT]` */
export function usageLine({ usage, options = {} }: Command): string {
  const words = Object.entries(options).map(([name, { value }]) =>
    value === undefined ? `[--${name}]` : `[--${name} ${value}]`,
  );
  return [usage, ...words].join(' ');
}
