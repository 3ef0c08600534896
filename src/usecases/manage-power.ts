import { dropletPage } from '../core/product.js';
import { POWER_LABELS } from '../words/power.js';
import { requireDropletOf } from './droplet-of.js';
import { powerServer, powerVerbs } from './power-server.js';
import { resizeServer } from './resize-server.js';
import { requireServer } from './servers.js';
import type { Work } from './work.js';

/** Looks at the server's droplet, and lets the person choose an action. */
export async function managePower(wanted: string, work: Work): Promise<void> {
  const server = await requireServer(work, wanted);
  const { droplet } = await requireDropletOf(server, work);
  const { status, id, sizeSlug, locked } = droplet;
  const lines = [
    `Droplet ${id} is ${status === 'active' ? 'on' : status}, ${sizeSlug}.`,
    ...(locked === true ? ['DigitalOcean has locked it: it accepts no actions.'] : []),
    'Take snapshots on its page at DigitalOcean:',
    { url: dropletPage(id, 'snapshots') },
  ];
  const verb = await work.face.choose({
    title: `Power of ${server.label}`,
    lines,
    options: [
      ...powerVerbs({ status }).map((value) => ({ label: POWER_LABELS[value], value })),
      { label: 'Resize', value: 'resize' as const },
    ],
  });
  if (verb === 'resize') await resizeServer(wanted, undefined, work);
  else await powerServer(wanted, verb, work);
}
