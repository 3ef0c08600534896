import { dropletPage, INSTALLER_PACKAGE, PROGRAM, UNIT, UPDATE_UNIT } from '../core/product.js';
import type { FoundVersion } from '../services/installer/find-package.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { Confirmation } from './question.js';
import { isCloudServer } from './servers.js';

/** Ending of an update, seen from outside: the panel reports none. */
export type UpdateEnding =
  /** Another version answers. */
  | 'updated'
  /** After a restart, an unchanged version answers. */
  | 'restarted'
  /** The old process was never stopped. */
  | 'unchanged'
  /** Stopped, and did not come back. */
  | 'down';

/** Tells that this program itself has a newer version. */
export function newerProgramText(newer: string, own: string): string {
  return `${PROGRAM} ${newer} is out, this is ${own}: npm install --global ${PROGRAM}`;
}

export function updateQuestion(
  server: ServerEntry,
  from: string | undefined,
  to: string | undefined,
): Confirmation {
  return {
    title: `Update the panel of ${server.label}?`,
    lines: [
      `It runs ${from ?? 'an unknown version'}${to === undefined ? '' : `; ${to} is the newest`}.`,
      'The panel restarts; tunnels and logins keep working meanwhile.',
      ...(isCloudServer(server)
        ? [
            'To be able to go back, take a snapshot first, on the page of its droplet:',
            { url: dropletPage(server.providerId, 'snapshots') },
          ]
        : []),
    ],
    yes: 'Update',
    danger: false,
    effect: 'update it',
  };
}

export function updateText(
  { label }: Pick<ServerEntry, 'label'>,
  ending: UpdateEnding,
  before: string | undefined,
  after: string | undefined,
): string {
  const was = before ?? 'unknown';
  switch (ending) {
    case 'updated':
      return `The panel of ${label} is updated: ${was} → ${after ?? 'unknown'}.`;
    case 'restarted':
      return `The panel of ${label} was installed again; its version is still ${was}.`;
    case 'unchanged':
      return `Nothing happened on ${label}: its panel still runs ${was} and was not restarted. The panel gives no reason.`;
    case 'down':
      return `The panel of ${label} stopped for the update and did not come back.`;
  }
}

/** Lines to type on the server: the panel itself can neither tell nor help. */
export function updateHelp({ ip }: ServerEntry, ending: UpdateEnding): readonly string[] {
  const look = `journalctl -u '${UPDATE_UNIT}*'`;
  if (ending === 'unchanged') return [`Read its log: ssh root@${ip}`, look];
  if (ending !== 'down') return [];
  return [
    `On the server (ssh root@${ip}), read its log, and start it again:`,
    look,
    `systemctl start ${UNIT.panel}`,
    'If that does not help, install it again:',
    `npx --yes ${INSTALLER_PACKAGE} --yes`,
  ];
}

/** For a server without a domain, whose panel refuses updates. */
export function updateByHand({ ip }: ServerEntry): readonly string[] {
  return [`On the server (ssh root@${ip}): npx --yes ${INSTALLER_PACKAGE} --yes`];
}

/** One that `--all` leaves out. */
export function skippedText({ label }: ServerEntry): string {
  return `Skipped ${label}: its panel accepts updates only after its set-up.`;
}

/** `2 of 3 updated or newest; failed: lab` */
export function updateCountText(total: number, failed: readonly string[]): string {
  const good = `${total - failed.length} of ${total} are up to date`;
  return failed.length === 0 ? `${good}.` : `${good}; failed: ${failed.join(', ')}.`;
}

/** `panel 0.1.30, 0.1.31 is available`; the newest version is what the npm registry says. */
export function panelVersionText(
  version: string,
  newest: FoundVersion | undefined,
): { readonly text: string; readonly isOld: boolean } {
  const isOld = newest?.kind === 'found' && newest.version !== version;
  const what =
    newest === undefined
      ? ''
      : newest.kind === 'missing'
        ? ', no longer published'
        : newest.kind === 'unknown'
          ? ', newest unknown'
          : isOld
            ? `, ${newest.version} is available`
            : ', newest';
  return { text: `panel ${version}${what}`, isOld };
}
