import type { CommandHint, Hint } from '../core/hint.js';
import type { Droplet, Size } from '../services/digitalocean/api.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { monthly } from './formats.js';
import type { Choice, Confirmation, Line } from './question.js';
import { sizeLineText, sizeText } from './regions.js';
import { repeatedName, serverName } from './servers.js';

/** Actions on a server's power. `off` asks its system to end, `cut` pulls the plug. */
export type PowerVerb = 'on' | 'off' | 'reboot' | 'cycle' | 'cut';

export const POWER_LABELS: Readonly<Record<PowerVerb, string>> = {
  on: 'Power on',
  off: 'Shut down',
  reboot: 'Reboot',
  cycle: 'Power cycle',
  cut: 'Cut the power',
};

const UNREACHABLE = 'Its panel, and every site and tunnel that it serves, cannot be reached';

/** Price that continues: DigitalOcean keeps the machine of a droplet that is off. */
export function stillBilledText({
  priceMonthlyUsd: usd,
}: Pick<Droplet, 'priceMonthlyUsd'>): string {
  const price = usd === undefined ? '' : `: ${monthly(usd)}`;
  return `A droplet that is off is still billed${price}. Only destroying it stops that.`;
}

/** Question about everything but powering on, which harms nothing. */
export function powerQuestion(
  server: ServerEntry,
  verb: Exclude<PowerVerb, 'on'>,
  droplet: Droplet,
  wanted: string,
): Confirmation {
  const { label } = server;
  const questions = {
    off: {
      title: `Shut down ${label}?`,
      lines: [
        `Droplet ${droplet.id} is asked to shut down. ${UNREACHABLE} until it is on again.`,
        stillBilledText(droplet),
      ],
      done: 'shut down',
    },
    cut: {
      title: `Cut the power of ${label}?`,
      lines: [
        `Droplet ${droplet.id} stops at once, like pulling the plug: unwritten data is lost. If its system still responds, shut it down instead.`,
        `${UNREACHABLE} until it is on again.`,
        stillBilledText(droplet),
      ],
      done: 'powered off',
    },
    reboot: {
      title: `Reboot ${label}?`,
      lines: [`Droplet ${droplet.id} restarts. ${UNREACHABLE} for about a minute.`],
      done: 'rebooted',
    },
    cycle: {
      title: `Power cycle ${label}?`,
      lines: [
        `Droplet ${droplet.id} is cut off and started again, like pressing reset: unwritten data is lost. If its system still responds, reboot it instead.`,
        `${UNREACHABLE} for about a minute.`,
      ],
      done: 'power cycled',
    },
  } as const;
  const { title, lines, done } = questions[verb];
  return {
    title,
    lines,
    yes: POWER_LABELS[verb],
    danger: verb === 'cut' || verb === 'cycle',
    effect: POWER_LABELS[verb].toLowerCase(),
    advance: repeatedName(server, wanted, done),
  };
}

export function alreadyText({ label }: ServerEntry, status: Droplet['status']): string {
  return `${label} is already ${status === 'off' ? 'off' : 'on'}.`;
}

/** Outcome, and the cost that continues. */
export function poweredLines(
  { label }: ServerEntry,
  verb: PowerVerb,
  droplet: Droplet,
): readonly [string, ...string[]] {
  switch (verb) {
    case 'on':
      return [`${label} is on. Its panel answers in about a minute.`];
    case 'off':
    case 'cut':
      return [`${label} is off.`, stillBilledText(droplet)];
    case 'reboot':
    case 'cycle':
      return [`${label} restarts. Its panel answers again in about a minute.`];
  }
}

/** Text for leaving while an action is under way. */
export function powerInterruptedText({ label }: ServerEntry): Hint {
  return [
    `DigitalOcean may still carry this out on ${label}.`,
    { command: 'servers', lead: 'check' },
  ];
}

/** `s-1vcpu-1gb  1 GB RAM / 1 vCPU / 25 GB SSD  $6/month`, one below the other. */
export function sizeLines(sizes: readonly Size[]): readonly string[] {
  const slugs = Math.max(0, ...sizes.map(({ slug }) => slug.length));
  const texts = Math.max(0, ...sizes.map((size) => sizeText(size).length));
  return sizes.map((size) =>
    [size.slug.padEnd(slugs), sizeText(size).padEnd(texts), monthly(size.priceMonthlyUsd)].join(
      '  ',
    ),
  );
}

/** Asks for another size of a droplet; each with its price afterwards. */
export function sizeQuestion(droplet: Droplet, sizes: readonly Size[]): Choice<Size> {
  const { sizeSlug, priceMonthlyUsd } = droplet;
  const price = priceMonthlyUsd === undefined ? '' : `, ${monthly(priceMonthlyUsd)}`;
  const slugs = Math.max(0, ...sizes.map(({ slug }) => slug.length));
  return {
    title: 'Resize to which size?',
    lines: [`It is ${sizeSlug} now${price}.`],
    help: ['The size decides what the droplet costs a month; its disk keeps its size.'],
    isList: true,
    options: sizes.map((size) => ({
      label: `${size.slug.padEnd(slugs)}  ${sizeLineText(size)}`,
      name: size.slug,
      value: size,
    })),
  };
}

export function resizeQuestion(
  server: ServerEntry,
  droplet: Droplet,
  size: Size,
  wanted: string,
): Confirmation {
  const before = droplet.priceMonthlyUsd;
  const was = before === undefined ? 'unknown' : monthly(before);
  return {
    title: `Resize ${server.label} to ${size.slug}?`,
    lines: [
      `Droplet ${droplet.id} becomes ${sizeText({ ...size, diskGb: droplet.diskGb ?? size.diskGb })}.`,
      { strong: `It costs ${was} now, and ${monthly(size.priceMonthlyUsd)} afterwards.` },
      'Its disk keeps its size, so you can go back to a smaller droplet later.',
      'It stays off until you power it on. It is billed while it is off.',
    ],
    yes: 'Resize',
    danger: false,
    effect: 'resize it',
    advance: repeatedName(server, wanted, 'resized'),
  };
}

export function resizedLines(
  server: ServerEntry,
  droplet: Droplet,
  size: Size,
): readonly [string, ...Line[]] {
  const was =
    droplet.priceMonthlyUsd === undefined ? '' : ` instead of ${monthly(droplet.priceMonthlyUsd)}`;
  return [
    `${server.label} is ${size.slug}: it costs ${monthly(size.priceMonthlyUsd)}${was}. It is still off.`,
    powerOnHint(server),
  ];
}

export function powerOnHint(server: ServerEntry): CommandHint {
  return { lead: 'Power it on', command: 'servers.power', id: serverName(server), action: 'on' };
}
