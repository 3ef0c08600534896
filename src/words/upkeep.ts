import type { Hint } from '../core/hint.js';
import type { StepData, UpkeepRequest } from '../services/provisioning/journal/records.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { Confirmation } from './question.js';
import { serverName } from './servers.js';
import { type UpdateEnding, updateText } from './updates.js';

/** `Setting up lab`, for sentences about work that continues. */
export function upkeepDoing({ kind, label }: Pick<UpkeepRequest, 'kind' | 'label'>): string {
  switch (kind) {
    case 'onboard':
      return `Setting up ${label}`;
    case 'update':
      return `Updating the panel of ${label}`;
    case 'renew':
      return `Renewing the certificate of ${label}`;
    case 'bind':
      return `Binding the certificate of ${label} to this Mac`;
    case 'recover':
      return `Recovering the certificate of ${label}`;
  }
}

/** Like `upkeepDoing`, with what was asked for. */
export function upkeepTitle(request: UpkeepRequest): string {
  const doing = upkeepDoing(request);
  if (request.kind === 'onboard') return `${doing} for ${request.domainName}`;
  return request.kind === 'update' ? `${doing} with the installer ${request.version}` : doing;
}

/** Word of a row while it continues. */
export function upkeepWord({ kind }: Pick<UpkeepRequest, 'kind'>): string {
  return {
    onboard: 'setting up',
    update: 'updating',
    renew: 'renewing',
    bind: 'binding',
    recover: 'recovering',
  }[kind];
}

/** Breadcrumb of its screen. */
export function upkeepCrumb({ kind }: Pick<UpkeepRequest, 'kind'>): string {
  return {
    onboard: 'Set up',
    update: 'Update',
    renew: 'Certificate',
    bind: 'Bind',
    recover: 'Recover',
  }[kind];
}

/** Outcome of a successful end. */
export function upkeepEnd(
  request: UpkeepRequest,
  server: Pick<ServerEntry, 'id' | 'label'>,
  facts: StepData = {},
): Hint {
  switch (request.kind) {
    case 'onboard':
      return [
        `${server.label} is set up: https://panel.${request.domainName}`,
        { command: 'servers.onboard', id: serverName(server), lead: 'See how to log in' },
      ];
    case 'update': {
      const { ending, before, after } = facts;
      return updateText(server, ending as UpdateEnding, text(before), text(after));
    }
    case 'renew':
      return `Renewed the certificate of ${server.label}.`;
    case 'bind':
      return `The certificate of ${server.label} is bound to the keychain of this Mac. The previous one is revoked.`;
    case 'recover':
      return `Recovered the certificate of ${server.label}. The previous one is revoked.`;
  }
}

function text(value: StepData[string] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Question before work is stopped. Running the command is agreement enough. */
export function stopQuestion(request: UpkeepRequest): Confirmation {
  const lines = {
    onboard: 'The wait for DNS ends. An installation that has started continues on the server.',
    update: 'Only monitoring it stops: an update that was requested continues on the server.',
    renew: 'The certificate on this machine stays in use.',
    bind: 'If the panel has already signed a certificate, it is saved first: nothing else opens the panel.',
    recover: 'If the reset has already run, the certificate on this machine is revoked.',
  };
  return {
    title: `Stop ${upkeepDoing(request).replace(/^./, (first) => first.toLowerCase())}?`,
    lines: [lines[request.kind], 'Nothing is removed.'],
    yes: 'Stop it',
    no: 'Keep going',
    danger: false,
    effect: 'stop it',
  };
}
