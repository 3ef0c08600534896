import type { DigitalOceanApi, Droplet } from '../services/digitalocean/api.js';
import { findUnlistedDroplet } from '../services/provisioning/droplets/unlisted.js';
import {
  dropletDestroyedText,
  dropletGoneText,
  dropletInterruptedText,
  dropletNeverThereText,
  destroyDropletQuestion,
} from '../words/droplets.js';
import { openDroplet } from './open-accounts.js';
import type { KeyWork } from './work.js';

export interface DestroyedDroplet {
  readonly dropletId: number;
  readonly droplet: 'removed' | 'absent';
  /** USD; undefined when unknown. */
  readonly monthlyUsd: number | undefined;
}

/** Deletes an unlisted droplet with the managed tag, and what its operation left. Its name is typed first. */
export async function destroyUnlistedDroplet(
  dropletId: number,
  work: KeyWork,
): Promise<DestroyedDroplet> {
  const { registry, operations, signal, face } = work;
  const { api } = await openDroplet(dropletId, work);
  const shown = await findUnlistedDroplet(dropletId, api, registry, operations, signal);
  if (shown === undefined) {
    sayNeverThere(dropletId, work);
    return { dropletId, droplet: 'absent', monthlyUsd: undefined };
  }
  await face.confirm(destroyDropletQuestion(shown.droplet, work.clock.now()));
  const held = face.hold(dropletInterruptedText(shown.droplet));
  try {
    return await destroyAgreedDroplet(shown.droplet, api, work);
  } finally {
    held.dispose();
  }
}

export function sayNeverThere(dropletId: number, { news, face }: KeyWork): void {
  news({ kind: 'droplet-gone', dropletId });
  face.say(dropletNeverThereText(dropletId), 'ok');
}

/** Deletes the unlisted droplet that was agreed to. Answering takes a while: looks again right before. */
export async function destroyAgreedDroplet(
  shown: Droplet,
  api: DigitalOceanApi,
  work: KeyWork,
): Promise<DestroyedDroplet> {
  const { registry, operations, signal, face, news } = work;
  const { id: dropletId, priceMonthlyUsd: monthlyUsd } = shown;
  const fresh = await findUnlistedDroplet(dropletId, api, registry, operations, signal);
  const droplet =
    fresh === undefined
      ? 'absent'
      : await work.destroyUnlisted(api, fresh, signal, (text) => face.progress(text));
  news({ kind: 'droplet-gone', dropletId });
  face.say((droplet === 'removed' ? dropletDestroyedText : dropletGoneText)(shown), 'ok');
  return { dropletId, droplet, monthlyUsd };
}
